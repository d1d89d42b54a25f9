"""A broker of a site under test: the central one, or the site's own between it and the devices."""

import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.broker.accounts import Account
from deploy.broker.bridge import Bridge
from deploy.broker.files import write_broker
from deploy.demo.ports import listens


class OneBroker:
    """One mosquitto, started and ended at will, always on the same port."""

    def __init__(self, folder: Path, port: int, accounts: Sequence[Account], bridge: Bridge | None = None) -> None:
        self._folder = folder
        self._accounts = tuple(accounts)
        self._bridge = bridge
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._write()

    def heal(self) -> None:
        """Start it if it does not run."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not listens(self.port):
            assert time.monotonic() < deadline, "mosquitto does not come up"
            time.sleep(0.02)

    def kill(self, *, wipe: bool = False) -> None:
        """End it by kill -9; with `wipe` all that lay on its disk is gone, too."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if wipe:
            shutil.rmtree(self._folder)
            self._write()

    def _write(self) -> None:
        self._command = write_broker(self._folder, self.port, self._accounts, bridge=self._bridge).command
