"""Keyboards and scanners that are plugged in, as the kernel would show them: everything but the opening of its files."""

import errno
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import libevdev
from libevdev import EV_KEY, EV_MSC, EV_SYN, EventCode, EventType, InputEvent

from tests.fakes.typing import Stroke

LOST: Stroke = (-1, 0)
"""In the place of a key: the kernel's buffer ran over here."""


class FakeKeyDevice:
    """`libevdev.Device` over a pipe, which is readable whenever events wait, and hangs up when it is unplugged."""

    def __init__(
        self, name: str = "ACME Scanner", usb: tuple[int, int] = (0x0C2E, 0x0B61), *, keys: bool = True
    ) -> None:
        self.name = name
        self.id = {"bustype": 3, "vendor": usb[0], "product": usb[1], "version": 1}
        self.grabbed = self.busy = False
        self._keys = keys
        self._waiting: deque[InputEvent] = deque()
        self._held_now: list[InputEvent] = []
        self._reading: BinaryIO | None = None
        self._writing = -1

    @property
    def fd(self) -> BinaryIO | None:
        return self._reading

    def plug_in(self) -> None:
        """What an opening gets: a new file each time."""
        self.unplug()
        reading, self._writing = os.pipe()
        self._reading = os.fdopen(reading, "rb", buffering=0)
        self.grabbed = False

    def press(self, strokes: Iterable[Stroke], *, held: Iterable[int] = ()) -> None:
        """The scanner's keys; `held` are those that are down after a loss."""
        self._held_now = [InputEvent(libevdev.evbit(EV_KEY.value, key), 1) for key in held]
        for key, value in strokes:
            if (key, value) == LOST:
                self._waiting.append(InputEvent(EV_SYN.SYN_DROPPED, 0))
                continue
            self._waiting += [
                InputEvent(EV_MSC.MSC_SCAN, key),
                InputEvent(libevdev.evbit(EV_KEY.value, key), value),
                InputEvent(EV_SYN.SYN_REPORT, 0),
            ]
        os.write(self._writing, b"x")

    def unplug(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
        self._writing = -1

    def has(self, evcode: EventType | EventCode) -> bool:
        return self._keys

    def grab(self) -> None:
        if self.busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self.grabbed = True

    def events(self) -> Iterator[InputEvent]:
        if self._reading is None or not os.read(self._reading.fileno(), 1):
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        while self._waiting:
            event = self._waiting.popleft()
            yield event
            if event.matches(EV_SYN.SYN_DROPPED):
                raise libevdev.EventsDroppedException

    def sync(self, force: bool = False) -> Iterator[InputEvent]:
        yield from self._held_now


class FakeInput:
    """What is plugged in, by path; None for a device that this user may not read."""

    def __init__(self, devices: dict[str, FakeKeyDevice | None]) -> None:
        self.devices = devices

    def paths(self) -> list[Path]:
        return [Path(path) for path in self.devices]

    def open(self, path: Path) -> FakeKeyDevice:
        if str(path) not in self.devices:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        device = self.devices[str(path)]
        if device is None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if device.fd is None or device.fd.closed:
            device.plug_in()
        return device
