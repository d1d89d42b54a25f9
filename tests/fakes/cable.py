"""A serial cable: a real pseudo-terminal that can be plugged in, unplugged, and written to as a scanner does."""

import os
import tty
from pathlib import Path


class Cable:
    """A pseudo-terminal behind a path that stays the same, as udev's /dev/serial/by-id does."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "scanner"
        self._master = -1

    def plug_in(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path.symlink_to(os.ttyname(slave))
        self._slave = slave

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self._slave)
        os.close(self._master)
        self._master = -1

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def end(self) -> None:
        if self._master >= 0:
            self.unplug()
