"""Small marks: an icon and a few words on a coloured ground, or an icon on a disc."""

from kiosk.screens.theme import Metrics
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.flow import Row
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.slab import Slab
from kiosk.screens.widgets.words import Icon, Words


class Mark(Row, Panel):
    """An icon and words; not there while the words are empty."""

    text = ""
    icon = "history"
    ink = "#1B1502"
    fill = "#FFDD85"
    px = 30.0
    pad = (20, 8, 24, 8)
    gap = 12
    radius = 26.0
    weight = "semibold"
    shown = False

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._icon = Icon()
        self._words = Words(share=1, lines=2, cap=1.3, smallest=0.94)
        self.add_widget(self._icon)
        self.add_widget(self._words)

    def tell(self, text: str) -> bool:
        """Show `text`, or nothing. Whether that changed anything."""
        changed = text != self.text
        self.text, self.shown = text, bool(text)
        self._words.text = text
        return changed

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as icon and words."""
        self._dress()
        return super().wanted(width, metrics)

    def natural(self, metrics: Metrics) -> float:
        """As wide as icon and words."""
        self._dress()
        return super().natural(metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the mark."""
        self._dress()
        super().place(box, metrics)

    def clear(self) -> None:
        """Forget the words."""
        self.tell("")

    def _dress(self) -> None:
        self._icon.name, self._icon.shown = self.icon, bool(self.icon)
        self._words.text, self._words.weight = self.text, self.weight
        self._words.px, self._icon.px = self.px, self.px * 1.2
        self._words.ink = self._icon.ink = self.ink


class Disc(Cell):
    """An icon in the ground's colour on a disc in the ink's."""

    name = ""
    ink = "#FFFFFF"
    ground = "#000000"
    px = 208.0
    aside = False
    """At the left of its room instead of in the middle."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._disc = Slab()
        self.canvas.add(self._disc)
        self._icon = Icon(cap=1.0)
        self.add_widget(self._icon)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as wide."""
        return float(metrics.px(self.px))

    def least(self, width: float, metrics: Metrics) -> float:
        """Half of that."""
        return self.wanted(width, metrics) / 2

    def natural(self, metrics: Metrics) -> float:
        """As wide as high."""
        return float(metrics.px(self.px))

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the disc in the middle of its room."""
        super().place(box, metrics)
        side = min(self.size)
        left = self.x if self.aside else self.x + (self.width - side) / 2
        low = self.y + (self.height - side) / 2
        self._disc.paint(Box(left, low, side, side), self.ink, side / 2)
        self._icon.name, self._icon.ink = self.name, self.ground
        self._icon.px = side * 0.72 / max(metrics.unit, 1e-6)
        self._icon.place(Box(left, low, side, side), metrics)

    def clear(self) -> None:
        """Forget which answer it stood for."""
        self.name = ""
        self._disc.paint(Box(0, 0, 0, 0), "")
