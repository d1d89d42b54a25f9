"""What a code is held up on: a phone that shows it, or a printed sheet; drawn flat, in gray."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kiosk.scanning import picture
from kiosk.scanning.picture import Gray, Points

_INK_BELOW = 128
_WHITE, _TEXT, _HOUSING = 255, 70, 12


class Carrier(StrEnum):
    """A phone's screen or a sheet of paper."""

    PHONE = "phone"
    PAPER = "paper"


@dataclass(frozen=True, eq=False)
class Flat:
    """A flat thing: its gray picture, and a mask (255 where it covers what is behind it)."""

    picture: Gray
    mask: Gray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    def corners(self) -> Points:
        """The four corners, clockwise from the top left."""
        width, height = self.size
        return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)


def carry(code: Gray, carrier: Carrier, code_px: float) -> Flat:
    """`code` (dark on white, with or without its quiet zone) on its carrier, the code itself being `code_px` wide.

    An oblong code is as large in area as a square one of that width. A picture without any ink is carried as it is.
    """
    ink = _ink(code)
    tall, wide = ink.shape
    factor = code_px / float(np.sqrt(tall * wide))
    drawn = picture.resampled(ink, factor)
    return _phone(drawn) if carrier is Carrier.PHONE else _sheet(drawn)


def _ink(code: Gray) -> Gray:
    rows = np.flatnonzero((code < _INK_BELOW).any(axis=1))
    columns = np.flatnonzero((code < _INK_BELOW).any(axis=0))
    if not len(rows):
        return code
    return code[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _phone(drawn: Gray) -> Flat:
    """A dark housing, a white screen, a headline, the code, three lines of words."""
    tall, wide = drawn.shape
    side = max(tall, wide)
    margin, rim = round(side * 0.12), round(side * 0.05)
    screen = np.full((round(tall + side * 0.9), wide + 2 * margin), _WHITE, np.uint8)
    top = round(side * 0.4)
    screen[top : top + tall, margin : margin + wide] = drawn
    _words(screen, round(side * 0.14), (0.1, 0.62), side)
    for line, reach in enumerate((0.8, 0.55, 0.7)):
        _words(screen, top + tall + round(side * (0.14 + 0.1 * line)), (0.1, 0.1 + reach), side)
    flat = np.pad(screen, ((rim * 2, rim * 2), (rim, rim)), constant_values=_HOUSING)
    return Flat(flat, _rounded(flat.shape, round(side * 0.1)))


def _sheet(drawn: Gray) -> Flat:
    """A white sheet with the code in its upper half and words below."""
    tall, wide = drawn.shape
    side = max(tall, wide)
    margin = round(side * 0.3)
    sheet = np.full((round(tall + side * 1.0), wide + 2 * margin), _WHITE - 8, np.uint8)
    sheet[margin : margin + tall, margin : margin + wide] = drawn
    for line, reach in enumerate((0.7, 0.8, 0.45)):
        _words(sheet, margin + tall + round(side * (0.2 + 0.12 * line)), (0.15, 0.1 + reach), side)
    return Flat(sheet, np.full(sheet.shape, 255, np.uint8))


def _words(sheet: Gray, top: int, reach: tuple[float, float], side: int) -> None:
    """Something that looks like a line of print from afar: dark strokes of uneven width."""
    width = sheet.shape[1]
    high = max(2, round(side * 0.045))
    stroke = max(1, round(side * 0.012))
    x, step = int(width * reach[0]), 0
    while x < int(width * reach[1]):
        step += 1
        if step % 6:
            sheet[top : top + high, x : x + stroke] = _TEXT
            sheet[top + (step * 5) % high : top + (step * 5) % high + stroke, x : x + 2 * stroke] = _TEXT
        x += 2 * stroke + step % 3


def _rounded(shape: tuple[int, ...], radius: int) -> Gray:
    mask = np.full(shape[:2], 255, np.uint8)
    yy, xx = np.mgrid[0:radius, 0:radius]
    corner = np.where((radius - yy) ** 2 + (radius - xx) ** 2 <= radius**2, 255, 0).astype(np.uint8)
    mask[:radius, :radius], mask[:radius, -radius:] = corner, corner[:, ::-1]
    mask[-radius:, :radius], mask[-radius:, -radius:] = corner[::-1], corner[::-1, ::-1]
    return mask
