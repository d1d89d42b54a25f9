"""Painted grounds: cards, bands, chips."""

from kivy.graphics import Color, SmoothLine

from kiosk.screens.theme import CARD, EDGE, Metrics, rgba
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.flow import Flow
from kiosk.screens.widgets.slab import Slab

_CLEAR = (0, 0, 0, 0)


class Panel(Flow):
    """A column or row on a painted ground of colour `fill` with corners of `radius` design pixels.

    `edge` draws an outline `border` wide, `shadow` a soft lower edge.
    """

    fill = CARD
    """Empty where the window's own ground shows."""
    edge = ""
    border = 3.0
    radius = 32.0
    shadow = ""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._shadow, self._ground = Slab(), Slab()
        self.canvas.before.add(self._shadow)
        self.canvas.before.add(self._ground)
        with self.canvas.before:
            self._edge_color = Color(*_CLEAR)
            self._edge = SmoothLine(width=1)
        self._edged: tuple[object, ...] = ()

    def place(self, box: Box, metrics: Metrics) -> None:
        """Paint the ground, then place what stands on it."""
        super().place(box, metrics)
        self.paint(metrics)

    def paint(self, metrics: Metrics) -> None:
        """Paint the ground anew after a change of colour.

        The shadow is no more than the strip that shows, and an outline is a line.
        """
        radius = min(metrics.px(self.radius), int(min(self.size) / 2))
        depth = max(2, metrics.px(3))
        self._shadow.paint(Box(self.x, self.y - depth, self.width, 2 * radius + depth), self.shadow, radius)
        self._ground.paint(Box(self.x, self.y, self.width, self.height), self.fill, radius)
        self._paint_edge(radius, max(2, metrics.px(self.border)))

    def _paint_edge(self, radius: int, border: int) -> None:
        edged = (self.edge, radius, border, *(self.pos + self.size if self.edge else ()))
        if edged == self._edged:
            return
        self._edged = edged
        self._edge_color.rgba = rgba(self.edge) if self.edge else _CLEAR
        self._edge.width = border / 2
        if self.edge:
            half = border / 2
            box = (self.x + half, self.y + half, self.width - border, self.height - border)
            self._edge.rounded_rectangle = (*box, max(1, radius - half))
        else:
            self._edge.points = []


class Card(Panel):
    """A white card with a soft lower edge."""

    pad = (36, 32, 36, 32)
    gap = 16
    shadow = EDGE
