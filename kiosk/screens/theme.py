"""Colours, sizes and fonts. All sizes are pixels of a window whose shorter side is 1080.

Contrasts are WCAG ratios and measured by the tests: 7:1 for what must be read from afar, 4.5:1 for the rest.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kiosk.model.step import Tone

DESIGN_SIDE = 1080

GROUND = "#F2F4F8"
CARD = "#FFFFFF"
EDGE = "#DFE3EA"
INK = "#0F172A"
MUTED = "#414D60"
URGENT = "#8F3606"
BLUE = "#1557D0"
PIN = "#B42318"
FLOOR = "#E9EBEF"
ROOM = "#CFD4DD"
PRESSED = "#D9E2F2"
OFFER = "#E4EAF6"
DONE = "#065F38"

NIGHT = "#0B1220"
NIGHT_CARD = "#18233A"
NIGHT_LINE = "#2B3A57"
NIGHT_INK = "#FFFFFF"
NIGHT_MUTED = "#C3CDDD"
NIGHT_URGENT = "#FFC233"
NIGHT_OFF = "#FF9E94"


class ToneColours(NamedTuple):
    """The ground of a tone, the ink on it, and the tone as ink on white."""

    ground: str
    ink: str
    on_white: str
    icon: str


TONES = {
    Tone.GO: ToneColours("#065F38", "#FFFFFF", "#065F38", "check"),
    Tone.WAIT: ToneColours("#F5B81C", "#1B1502", "#6E4300", "hourglass"),
    Tone.STOP: ToneColours("#A31616", "#FFFFFF", "#A31616", "close"),
    Tone.INFO: ToneColours("#134089", "#FFFFFF", "#134089", "info"),
}


@cache
def rgba(color: str) -> tuple[float, float, float, float]:
    """`#RRGGBB` as shares of red, green, blue and opacity."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, 1.0


@dataclass(frozen=True)
class Metrics:
    """How large things are now: `unit` real pixels for one design pixel; texts are `text` times larger still."""

    unit: float
    text: float = 1.0

    @classmethod
    def of(cls, width: float, height: float, text_scale: float) -> "Metrics":
        """The metrics of a window."""
        return cls(min(width, height) / DESIGN_SIDE, text_scale)

    def px(self, design: float) -> int:
        """Design pixels as real ones."""
        return round(design * self.unit)

    def font(self, design: float, most: float = 2.0) -> int:
        """A text's size in real pixels, at most `most` times larger: what is large already need not grow as much."""
        return max(1, round(design * self.unit * min(self.text, most)))


FONTS = {
    # Medium as the plain weight: thin strokes are the first to go in bad light and for weak eyes.
    "regular": "fonts/Inter-Medium.otf",
    "semibold": "fonts/Inter-SemiBold.otf",
    "bold": "fonts/Inter-Bold.otf",
    "icons": "icons/MaterialIcons-Opas.ttf",
}

ICONS = {
    "accessible": "\ue914",
    "back": "\ue5c4",
    "bag": "\uf1cc",
    "bell": "\ue7f7",
    "boat": "\ue532",
    "brighter": "\ue1ac",
    "camera": "\ue412",
    "check": "\ue5ca",
    "close": "\ue5cd",
    "closer": "\ue8ff",
    "cloud_off": "\ue2c1",
    "code": "\uf206",
    "done": "\ue86c",
    "down": "\ue5cf",
    "farther": "\ue900",
    "glare": "\ue3e4",
    "help": "\ue887",
    "history": "\ue889",
    "hourglass": "\uea5b",
    "info": "\ue88e",
    "language": "\ue8e2",
    "larger": "\ue262",
    "light": "\ue0f0",
    "minus": "\ue644",
    "next": "\ue5c8",
    "no_camera": "\ue04c",
    "person": "\ue7fd",
    "pin": "\ue0c8",
    "play": "\ue037",
    "silent": "\ue04f",
    "speak": "\ue050",
    "still": "\ue925",
    "stop": "\ue14b",
    "sync": "\ue629",
    "time": "\ue8b5",
    "undo": "\ue166",
    "up": "\ue5ce",
    "upright": "\ue1c1",
    "walk": "\ue536",
    "warning": "\ue002",
}


def font_files(assets: Path) -> dict[str, Path]:
    """The font files by the name that widgets use."""
    return {name: assets / path for name, path in FONTS.items()}
