"""Where windows stand on a display, and whether there is one."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_S = 5.0
_USUAL = (1920, 1080)
_BARS = 90
"""Room for a title bar and a task bar."""
_GAP = 12
_STRIP_SHARE = 0.22
_MODE = re.compile(r"current (\d+) x (\d+)")


@dataclass(frozen=True, slots=True)
class Window:
    """A window's size and its upper left corner, in pixels."""

    width: int
    height: int
    left: int
    top: int

    @property
    def size(self) -> str:
        """As a device's file has it."""
        return f"{self.width}x{self.height}"

    @property
    def position(self) -> str:
        """As a device's file has it."""
        return f"{self.left},{self.top}"


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether a window can open."""
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def cameras(devices: Path = Path("/dev")) -> tuple[Path, ...]:
    """The V4L2 devices that are here, the first one first."""
    return tuple(sorted(devices.glob("video[0-9]*"), key=lambda path: (len(path.name), path.name)))


def display_size() -> tuple[int, int]:
    """The display in pixels, as far as it can be asked; else the usual one."""
    try:
        said = subprocess.run(
            ["xrandr", "--current"], capture_output=True, text=True, check=True, timeout=_TIMEOUT_S
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return _USUAL
    mode = _MODE.search(said)
    return _USUAL if mode is None else (int(mode[1]), int(mode[2]))


def arrange(display: tuple[int, int], site: str, *, strip: bool) -> dict[str, Window]:
    """The kiosk, with its strip of tickets, at the left; board and desk above each other at its right."""
    width, height = display
    tall = max(480, height - _BARS)
    upright = tall * 9 // 16
    kiosk = round(upright / (1 - _STRIP_SHARE)) if strip else upright
    kiosk = min(kiosk, width * 3 // 5)
    left = kiosk + _GAP
    wide = max(480, min(width - left, (tall - _GAP) // 2 * 16 // 9))
    low = wide * 9 // 16
    return {
        f"{site}-kiosk-1": Window(kiosk, tall, 0, 0),
        f"{site}-board-1": Window(wide, low, left, 0),
        f"{site}-desk-1": Window(wide, low, left, low + _BARS // 2 + _GAP),
    }
