"""Text that always fits its room, and icons. Markup is never read: what comes from outside is only ever text."""

import re
from collections.abc import Iterator

from kivy.core.text import Label
from kivy.graphics import Color, Rectangle
from kivy.utils import get_color_from_hex

from kiosk.screens.theme import ICONS, INK, Metrics
from kiosk.screens.widgets.cell import Box, Cell

_SHRINK = 0.93
_WORD = re.compile(r"[^ \n]+")


class Words(Cell):
    """Text of `px` design pixels that wraps to its width, and shrinks where it would not fit otherwise.

    It takes at most `lines` lines (0: as many as it needs) and gives way to `smallest` of its size when room is short;
    only a box too small even for that makes it smaller still, because a clipped word is worse than a small one.
    """

    text = ""
    px = 40.0
    weight = "regular"
    ink = INK
    halign = "left"
    valign = "middle"
    lines = 0
    smallest = 0.6
    cap = 1.6
    """How much larger it becomes at most when larger text is asked for; 1 is not at all."""

    def __init__(self, **settings: object) -> None:
        self._made: tuple[object, ...] = ()
        super().__init__(**settings)
        with self.canvas:
            self._color = Color()
            self._picture = Rectangle(size=(0, 0))

    @property
    def drawn(self) -> tuple[float, float]:
        """Width and height of the drawn text in pixels, to be checked against the room it has."""
        width, height = self._picture.size
        return float(width), float(height)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """The height of the text at its full size, wrapped."""
        return self._measure(self._fit(width, 0, metrics), width)[1] if self.text else 0.0

    def least(self, width: float, metrics: Metrics) -> float:
        """The height of the text at its smallest size, wrapped."""
        if not self.text:
            return 0.0
        size = min(self._fit(width, 0, metrics), round(self._font(metrics) * self.smallest))
        return self._measure(size, width)[1]

    def natural(self, metrics: Metrics) -> float:
        """The width of the text in one line."""
        return self._label(self._font(metrics), None).get_extents(self.text)[0] + 1.0 if self.text else 0.0

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the text as large as fits."""
        super().place(box, metrics)
        self._color.rgba = get_color_from_hex(self.ink)
        width, height = self.size
        made = (self.text, self.weight, self.halign, self._font(metrics), width, height, self.lines)
        if made != self._made:
            self._made = made
            self._draw(metrics)
        self._settle()

    def clear(self) -> None:
        """Forget the text, also as a picture."""
        self.text = ""
        self._made = ()
        self._show(None)

    def _draw(self, metrics: Metrics) -> None:
        width, height = self.size
        if not self.text or width <= 0 or height <= 0:
            self._show(None)
            return
        label = self._label(self._fit(width, height, metrics), width)
        label.refresh()
        self._show(label.texture)

    def _show(self, texture: object) -> None:
        self._picture.texture = texture
        self._picture.size = (0, 0) if texture is None else texture.size  # type: ignore[attr-defined]

    def _settle(self) -> None:
        left, bottom = self.pos
        spare = self.height - self._picture.size[1]
        offset = {"top": spare, "middle": spare / 2, "bottom": 0}[self.valign]
        self._picture.pos = left, round(bottom + offset)

    def _font(self, metrics: Metrics) -> int:
        return metrics.font(self.px, self.cap)

    def _fit(self, width: float, height: float, metrics: Metrics) -> int:
        """The largest size at which no word, no line and no height is too much; `height` 0 is endless."""
        for size in _sizes(self._font(metrics)):
            if self._fits(size, width, height):
                return size
        return 1

    def _fits(self, size: int, width: float, height: float) -> bool:
        label = self._label(size, width)
        if any(label.get_extents(word)[0] > width for word in _WORD.findall(self.text)):
            return False
        if not self.lines and not height:
            return True
        needed = self._measure(size, width)[1]
        line = label.get_extents(" ")[1]
        return (not self.lines or needed <= line * self.lines + 1) and (not height or needed <= height)

    def _measure(self, size: int, width: float) -> tuple[int, int]:
        measured: tuple[int, int] = self._label(size, width).render()
        return measured

    def _label(self, size: int, width: float | None) -> Label:
        label = Label(
            text=self.text,
            font_size=size,
            font_name=self.weight,
            halign=self.halign,
            text_size=(None if width is None else max(1, int(width)), None),
        )
        label.resolve_font_name()
        return label


def _sizes(largest: int) -> Iterator[int]:
    size = float(largest)
    while size > 1:
        yield round(size)
        size = min(size * _SHRINK, size - 1)


class Icon(Words):
    """One icon, `px` design pixels wide and high, named as in `theme.ICONS`."""

    weight = "icons"
    halign = "center"
    px = 48.0
    lines = 1
    cap = 1.3
    name = ""

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as wide."""
        self.text = ICONS.get(self.name, "")
        return float(self._font(metrics))

    def least(self, width: float, metrics: Metrics) -> float:
        """An icon gives way to three quarters."""
        return self.wanted(width, metrics) * 0.75

    def natural(self, metrics: Metrics) -> float:
        """As wide as high."""
        return self.wanted(0, metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the icon."""
        self.text = ICONS.get(self.name, "")
        super().place(box, metrics)
