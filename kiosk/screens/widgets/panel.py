"""Painted grounds: cards, bands, chips."""

from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.utils import get_color_from_hex

from kiosk.screens.theme import CARD, EDGE, Metrics
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.flow import Flow

_CLEAR = (0, 0, 0, 0)


class Panel(Flow):
    """A column or row on a painted ground of colour `fill` with corners of `radius` design pixels.

    `edge` draws an outline `border` wide, `shadow` a soft lower edge; `overhang` paints the ground further down than the
    panel reaches, under the next piece.
    """

    fill = CARD
    edge = ""
    border = 3.0
    radius = 32.0
    shadow = ""
    overhang = 0.0

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        with self.canvas.before:
            self._shadow_color = Color(*_CLEAR)
            self._shadow = SmoothRoundedRectangle(size=(0, 0))
            self._edge_color = Color(*_CLEAR)
            self._edge = SmoothRoundedRectangle(size=(0, 0))
            self._fill_color = Color(*_CLEAR)
            shape = SmoothRoundedRectangle if self.radius else Rectangle
            self._fill = shape(size=(0, 0))

    def place(self, box: Box, metrics: Metrics) -> None:
        """Paint the ground, then place what stands on it."""
        super().place(box, metrics)
        self.paint(metrics)

    def paint(self, metrics: Metrics) -> None:
        """Paint the ground anew after a change of colour."""
        whole = Box(self.x, self.y, self.width, self.height)
        border = max(2, metrics.px(self.border)) if self.edge else 0
        self._put(self._shadow, self._shadow_color, self.shadow, whole.inset(0, 8, 0, -max(2, metrics.px(3))))
        self._put(self._edge, self._edge_color, self.edge, whole)
        below = -metrics.px(self.overhang) if self.overhang else border
        self._put(self._fill, self._fill_color, self.fill, whole.inset(border, border, border, below))
        radius = min(metrics.px(self.radius), int(min(self.size) / 2))
        self._shadow.radius = self._edge.radius = [max(1, radius)]
        if isinstance(self._fill, SmoothRoundedRectangle):
            self._fill.radius = [max(1, radius - border)]

    @staticmethod
    def _put(shape: Rectangle, color: Color, value: str, box: Box) -> None:
        color.rgba = get_color_from_hex(value) if value else _CLEAR
        shape.pos, shape.size = (box.x, box.y), (box.w, box.h) if value else (0, 0)


class Card(Panel):
    """A white card with a soft lower edge."""

    pad = (36, 32, 36, 32)
    gap = 16
    shadow = EDGE
