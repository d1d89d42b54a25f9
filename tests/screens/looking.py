"""What can be wrong with a laid out screen."""

from kiosk.screens.theme import DESIGN_SIDE
from kiosk.screens.widgets.action import Action
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.flow import Flow
from kiosk.screens.widgets.words import Icon
from tests.screens.theatre import Theatre

_SLACK = 2.0
TARGET = 76


def clipped(theatre: Theatre) -> list[str]:
    """Texts that are larger than their room, or not drawn although they have words."""
    wrong = []
    for words in theatre.words():
        width, height = words.drawn
        if isinstance(words, Icon) or not words.text:
            continue
        if min(width, height) <= 0 or width > words.width + _SLACK or height > words.height + _SLACK:
            wrong.append(f"{words.text!r} is {width}×{height} in {words.width}×{words.height}")
    return wrong


def outside(theatre: Theatre) -> list[str]:
    """Pieces that stick out of the window."""
    stage = theatre.stage
    return [
        f"{type(cell).__name__} {_box(cell)}"
        for cell in theatre.cells()
        if cell.x < -_SLACK or cell.y < -_SLACK or cell.right > stage.width + _SLACK or cell.top > stage.height + _SLACK
    ]


def overlapping(theatre: Theatre) -> list[str]:
    """Neighbours that lie over each other, save the card that is meant to lie over the band."""
    wrong = []
    for cell in theatre.cells():
        if not isinstance(cell, Flow):
            continue
        shown = [part for part in cell.cells if part.parent is not None and min(part.size) > 0]
        for index, one in enumerate(shown):
            wrong += [
                f"{type(one).__name__} {_box(one)} and {type(other).__name__} {_box(other)}"
                for other in shown[index + 1 :]
                if _meet(one, other)
            ]
    return wrong


def _meet(one: Cell, other: Cell) -> bool:
    return bool(
        min(one.right, other.right) - max(one.x, other.x) > _SLACK
        and min(one.top, other.top) - max(one.y, other.y) > _SLACK
    )


def _box(cell: Cell) -> Box:
    return Box(cell.x, cell.y, cell.width, cell.height)


def too_small(theatre: Theatre) -> list[str]:
    """Buttons that a thumb misses: lower than 76 design pixels, 18 mm at 1080 pixels' width (EN 301 549 8.3.3)."""
    unit = min(theatre.stage.size) / DESIGN_SIDE
    return [
        f"{cell.text!r} is {cell.width}×{cell.height}"
        for cell in theatre.cells()
        if isinstance(cell, Action) and min(cell.size) < TARGET * unit - 1
    ]


def unreadable(theatre: Theatre, least: float) -> list[str]:
    """Texts that were shrunk below `least` design pixels."""
    unit = min(theatre.stage.size) / DESIGN_SIDE
    return [
        f"{words.text!r} is set in {words.drawn_size}"
        for words in theatre.words()
        if not isinstance(words, Icon) and words.text and words.drawn_size < least * unit
    ]
