"""The base of all pieces: a box that says how much room it wants and takes the room it is given."""

from typing import NamedTuple

from kivy.uix.widget import Widget

from kiosk.screens.theme import Metrics


class Box(NamedTuple):
    """A rectangle in window pixels, its origin at the lower left."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """The box without its margins."""
        return Box(self.x + left, self.y + bottom, max(0, self.w - left - right), max(0, self.h - top - bottom))


class Cell(Widget):
    """A piece of a screen. Layout runs once, from the top: `wanted` measures, `place` settles.

    `grow` is the share of spare room that it takes, `share` its part of a row's width (0: only what it needs), and
    `shown` whether it is there at all.
    """

    grow = 0.0
    share = 0.0
    shown = True

    def __init__(self, **settings: object) -> None:
        """`settings` are values of the class's attributes. Names with two underscores are Kivy's own."""
        own = {name: value for name, value in settings.items() if not name.startswith("__")}
        super().__init__(**{name: value for name, value in settings.items() if name not in own})
        for name, value in own.items():
            setattr(self, name, value)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """The height that it would like, `width` wide."""
        return 0.0

    def least(self, width: float, metrics: Metrics) -> float:
        """The height below which it is no use."""
        return self.wanted(width, metrics)

    def natural(self, metrics: Metrics) -> float:
        """The width that it would like."""
        return 0.0

    def place(self, box: Box, metrics: Metrics) -> None:
        """Take this room and draw in it."""
        self.pos = round(box.x), round(box.y)
        self.size = round(box.x + box.w) - round(box.x), round(box.y + box.h) - round(box.y)

    def turned(self, *, across: bool) -> None:
        """Be told whether it stands beside or below its neighbour."""

    def clear(self) -> None:
        """Forget what was shown: texts, pictures, lines."""


def wipe(widget: Widget) -> None:
    """Clear a piece and everything in it, shown or not."""
    if isinstance(widget, Cell):
        widget.clear()
    for child in parts_of(widget):
        wipe(child)


def parts_of(widget: Widget) -> list[Widget]:
    """The pieces that a piece is made of, also those that are not shown now."""
    held: list[Widget] = getattr(widget, "cells", None) or list(reversed(widget.children))
    return held
