"""Texts set in boxes as the screens set them, with their own fonts, at 100, 150 and 200 % of text."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

from kiosk.model.pack import TouchpointKind

GATE = "fit"
SCALES = (1.0, 1.5, 2.0)
_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_FILES = {"regular": "Inter-Medium.otf", "semibold": "Inter-SemiBold.otf", "bold": "Inter-Bold.otf"}
_SHRINK = 0.93
_BESIDE_NUMBER = re.compile(r"(?<!,) (?=\d)|(?<=\d) (?=[^\W\d_]{1,3}\b)")


@dataclass(frozen=True, slots=True)
class Box:
    """Where a text stands, in design pixels: its font, its size, how much that grows at most, its width and lines.

    `held` says that numbers are held to their words there, as the screens do with places.
    """

    screen: TouchpointKind
    slot: str
    weight: str
    px: float
    cap: float
    width: int
    lines: int
    smallest: float = 0.6
    held: bool = False


def complaint(text: str, lang: str, box: Box) -> str:
    """What is wrong with `text` in `box` at the smallest of the text sizes at which it has no room; empty if none is."""
    for scale in SCALES:
        size = round(box.px * min(scale, box.cap))
        if not fits(text, box, size):
            what = f'At {scale:.0%} text "{text}" ({lang}) has no room on the {box.screen} ({box.slot}).'
            return f"{what} {_excess(text, box, size)}"
    return ""


@cache
def fits(text: str, box: Box, size: int) -> bool:
    """Whether `text` can be set in `box` at no less than `smallest` of `size`."""
    now = float(size)
    text = _held(text, box)
    while now >= size * box.smallest:
        if _lines(text, box, round(now)) <= box.lines:
            return True
        now = min(now * _SHRINK, now - 1)
    return _lines(text, box, round(size * box.smallest)) <= box.lines


def _excess(text: str, box: Box, size: int) -> str:
    """By how much it is too long at the smallest that it may be."""
    text, least = _held(text, box), round(size * box.smallest)
    font = _font(box.weight, least)
    widest = max(text.split(" "), key=font.getlength)
    over = font.getlength(widest) - box.width
    if over > 0:
        return f'"{widest}" is {round(over) or 1} pixels wider than its line of {box.width}, in the smallest type.'
    return f"It takes {_lines(text, box, least)} lines instead of {box.lines}, in the smallest type."


def _held(text: str, box: Box) -> str:
    return _BESIDE_NUMBER.sub("\u00a0", text) if box.held else text


def _lines(text: str, box: Box, size: int) -> int:
    """The lines that it takes; more than there can be when a word is wider than a line."""
    font = _font(box.weight, size)
    lines, line = 1, ""
    for word in text.split(" "):
        if font.getlength(word) > box.width:
            return len(text) + box.lines
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > box.width:
            lines, line = lines + 1, word
        else:
            line = longer
    return lines


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / _FILES[weight]), size)
