"""A scanner on a serial line, as most USB scanners can be (CDC-ACM): its bytes come exactly as they stand in the code.

The only home of `serial` (pyserial).
"""

import errno
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import serial
from serial.tools import list_ports

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.code import Code
from kiosk.model.ids import DurationMs
from kiosk.model.source import SourceConfig, usb_id
from kiosk.scanning.scanner import Scanner

_MOST_AT_ONCE = 65_536
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})


class PortInfo(Protocol):
    """What is used of what pyserial tells of a port."""

    @property
    def device(self) -> str:
        """Its path."""
        ...

    @property
    def vid(self) -> int | None:
        """The vendor of what is plugged in, if it is on USB."""
        ...

    @property
    def pid(self) -> int | None:
        """Its product."""
        ...


def ports() -> Sequence[PortInfo]:
    """The serial ports of this machine."""
    return list_ports.comports()


class SerialScanner(Scanner):
    """The scanner at the path or with the VENDOR:PRODUCT that `wanted.device` names.

    Raises `SourceError` when it is not there, may not be opened, or is gone; opened again, it is looked for anew.
    """

    def __init__(self, wanted: SourceConfig, clock: Clock, list_all: Callable[[], Sequence[PortInfo]] = ports) -> None:
        super().__init__(wanted, clock)
        self._list_all = list_all
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open the port for this program alone."""
        if self._port is not None:
            return
        path = self._path()
        try:
            self._port = serial.Serial(path, self._wanted.baud, timeout=0, exclusive=True)
        except (OSError, ValueError) as error:
            raise self._cannot(path, error) from error
        self._begin_anew()

    def read(self, timeout: DurationMs) -> tuple[Code, ...]:
        """The codes that came within `timeout`."""
        port = self._port
        if port is None:
            raise SourceError(f"{self.name}: it is not open.", "Open it before reading.")
        patience = self._patience(timeout) / 1000
        try:
            if port.timeout != patience:
                port.timeout = patience
            data = port.read(1)
            if data:
                data += port.read(min(port.in_waiting, _MOST_AT_ONCE))
        except OSError as error:
            # pyserial's own errors are OSErrors as well.
            raise SourceError(f"{self.name}: it is gone.", "Plug it in; it is opened again by itself.") from error
        return self._took(data)

    def close(self) -> None:
        """Let the port go."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _path(self) -> str:
        pair = usb_id(self._wanted.device)
        if pair is None:
            return self._wanted.device
        path = next((port.device for port in self._list_all() if (port.vid, port.pid) == pair), None)
        if path is None:
            todo = (
                "Plug it in, and set it to USB serial (CDC) with the code in its manual; `lsusb` shows VENDOR:PRODUCT."
            )
            raise SourceError(f"{self.name}: there is no serial port of such a scanner.", todo)
        return path

    def _cannot(self, path: str, error: OSError | ValueError) -> SourceError:
        number = getattr(error, "errno", None)
        if number in _FORBIDDEN:
            todo = "Let this user be in the group dialout (sudo usermod -aG dialout USER), then log in again."
            return SourceError(f"{self.name}: this user may not open {path}.", todo)
        if not Path(path).exists():
            todo = "Plug it in, and set it to USB serial (CDC) with the code in its manual; `ls /dev/serial/by-id` shows it."
            return SourceError(f"{self.name}: there is no {path}.", todo)
        todo = "End the program that uses this port, or correct the source's device and baud."
        return SourceError(f"{self.name}: {path} can't be opened as a serial port.", todo)
