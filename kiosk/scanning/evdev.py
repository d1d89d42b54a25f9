"""A scanner that plays a keyboard, read from the kernel and kept from every other program. The only home of `libevdev`.

Typing into whatever has the focus, such a scanner loses control characters, follows the desktop's layout, and its codes
can be seen by any program. Grabbed here, its keys reach nobody else.
"""

import os
import select
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.code import Code
from kiosk.model.ids import DurationMs
from kiosk.model.source import SourceConfig, usb_id
from kiosk.scanning.keyboard import Keyboard
from kiosk.scanning.scanner import Scanner

if TYPE_CHECKING:
    from libevdev import EventCode, EventType, InputEvent

_GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL
_RIGHTS = (
    "Let this user be in the group input (sudo usermod -aG input USER, then log in again), or give it this one device "
    'alone: a line SUBSYSTEM=="input", {which}GROUP="USER", MODE="0660" in /etc/udev/rules.d/70-opas.rules, then plug '
    "the scanner in again."
)
_KEY_ENTER = "KEY_ENTER"


class KeyDevice(Protocol):
    """What is used of `libevdev.Device`."""

    @property
    def name(self) -> str:
        """What the device calls itself."""
        ...

    @property
    def id(self) -> dict[str, int]:
        """With `vendor` and `product`."""
        ...

    @property
    def fd(self) -> "BinaryIO | None":
        """The open file, not blocking."""
        ...

    def has(self, evcode: "EventType | EventCode") -> bool:
        """Whether the device has this key."""
        ...

    def grab(self) -> None:
        """Keep its events from everybody else. Raises `OSError` when somebody else does so already."""
        ...

    def events(self) -> "Iterator[InputEvent]":
        """What has come. Raises `OSError` when the device is gone, `EventsDroppedException` when some was lost."""
        ...

    def sync(self, force: bool = False) -> "Iterator[InputEvent]":  # noqa: FBT001, FBT002 - libevdev's own
        """After a loss: how the keys are now."""
        ...


class KeyDevices(Protocol):
    """Where keyboards and scanners are plugged in."""

    def paths(self) -> Sequence[Path]:
        """Every input device there is."""
        ...

    def open(self, path: Path) -> KeyDevice:
        """Open one. Raises `OSError`."""
        ...


class KernelInput:
    """The input devices of this machine."""

    def __init__(self, folder: Path = Path("/dev/input")) -> None:
        self._folder = folder

    def paths(self) -> Sequence[Path]:
        """In the order of their numbers."""
        return sorted(self._folder.glob("event*"), key=lambda path: (len(path.name), path.name))

    def open(self, path: Path) -> KeyDevice:
        """Open one. Raises `OSError`; also when the C library is missing."""
        import libevdev  # noqa: PLC0415 - loads a C library, which only this kind of source needs

        handle = path.open("rb", buffering=0)
        try:
            os.set_blocking(handle.fileno(), False)
            device: KeyDevice = libevdev.Device(handle)
        except BaseException:
            handle.close()
            raise
        return device


class HidScanner(Scanner):
    """The scanner that `wanted.device` names: a path, VENDOR:PRODUCT, or a part of its name.

    Raises `SourceError` when it is not there, may not be read, or is gone; opened again, it is looked for anew.
    """

    def __init__(self, wanted: SourceConfig, clock: Clock, devices: KeyDevices | None = None) -> None:
        super().__init__(wanted, clock)
        self._devices = devices or KernelInput()
        self._keyboard = Keyboard(wanted.layout)
        self._device: KeyDevice | None = None
        self._poll = select.poll()

    def open(self) -> None:
        """Find it and keep its keys from everybody else."""
        if self._device is not None:
            return
        try:
            device = self._named() if self._wanted.device.startswith("/") else self._found()
        except PermissionError as error:
            raise self._forbidden() from error
        except OSError as error:
            what = f"{self.name}: it can't be opened ({error.strerror or error})."
            raise SourceError(what, "Plug it in; `ls /dev/input/by-id` names what is there.") from error
        try:
            device.grab()
        except OSError as error:
            _let_go(device)
            what = f"{self.name}: another program keeps its keys from us ({error.strerror})."
            raise SourceError(what, "End the program that reads this scanner.") from error
        self._device, self._poll = device, select.poll()
        if device.fd is not None:
            self._poll.register(device.fd, select.POLLIN)
        self._keyboard.forget()
        self._begin_anew()

    def read(self, timeout: DurationMs) -> tuple[Code, ...]:
        """The codes that its keys make, within `timeout`."""
        device = self._device
        if device is None:
            raise SourceError(f"{self.name}: it is not open.", "Open it before reading.")
        ready = self._poll.poll(self._patience(timeout))
        if not ready:
            return self._took(b"")
        try:
            text = "".join(self._typed(device))
        except OSError as error:
            raise self._gone() from error
        codes = self._took(text.encode("utf-8", "surrogatepass"))
        if not codes and not text and ready[0][1] & _GONE:
            raise self._gone()
        return codes

    def close(self) -> None:
        """Let it go; its keys reach others again."""
        if self._device is not None:
            _let_go(self._device)
            self._device = None

    def _named(self) -> KeyDevice:
        return self._devices.open(Path(self._wanted.device))

    def _found(self) -> KeyDevice:
        forbidden = False
        for path in self._devices.paths():
            try:
                device = self._devices.open(path)
            except PermissionError:
                forbidden = True
                continue
            except OSError:
                # It was unplugged between the listing and now, or is of a kind that can't be opened: another may be meant.
                continue
            if self._is_meant(device):
                return device
            _let_go(device)
        if forbidden:
            raise self._forbidden()
        todo = "Plug it in; `lsusb` shows VENDOR:PRODUCT, `cat /proc/bus/input/devices` the names."
        raise SourceError(f"{self.name}: there is no such scanner.", todo)

    def _is_meant(self, device: KeyDevice) -> bool:
        from libevdev import EV_KEY  # noqa: PLC0415 - loads a C library, which only this kind of source needs

        # A scanner often has a second node, for its buttons or its settings.
        if not device.has(getattr(EV_KEY, _KEY_ENTER)):
            return False
        pair = usb_id(self._wanted.device)
        if pair is not None:
            return (device.id["vendor"], device.id["product"]) == pair
        return self._wanted.device.casefold() in device.name.casefold()

    def _typed(self, device: KeyDevice) -> Iterator[str]:
        from libevdev import EV_KEY, EventsDroppedException  # noqa: PLC0415 - loads a C library

        try:
            for event in device.events():
                if event.type == EV_KEY and event.code is not None:
                    yield self._keyboard.feed(event.code.value, event.value or 0)
        except EventsDroppedException:
            # Keys are missing from the middle of a code: neither its beginning nor its end is a code.
            self._keyboard.forget()
            self._assembly.spoil(self._now())
            for event in device.sync():
                if event.type == EV_KEY and event.code is not None:
                    self._keyboard.feed(event.code.value, event.value or 0)

    def _forbidden(self) -> SourceError:
        pair = usb_id(self._wanted.device)
        which = f'ATTRS{{idVendor}}=="{pair[0]:04x}", ATTRS{{idProduct}}=="{pair[1]:04x}", ' if pair else ""
        return SourceError(f"{self.name}: this user may not read input devices.", _RIGHTS.format(which=which))

    def _gone(self) -> SourceError:
        return SourceError(f"{self.name}: it is gone.", "Plug it in; it is opened again by itself.")


def _let_go(device: KeyDevice) -> None:
    if device.fd is not None:
        device.fd.close()
