"""Buttons: an icon and words, large enough for a thumb on a moving ramp (EN 301 549 5.5.1, 8.3)."""

from collections.abc import Callable

from kivy.input.motionevent import MotionEvent

from kiosk.screens.theme import BLUE, DONE, INK, PRESSED, Metrics
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.flow import Row
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.words import Icon, Words


class Style:
    """The colours of a button: ground, outline and ink."""

    def __init__(self, fill: str, edge: str, ink: str, pressed: str) -> None:
        self.fill, self.edge, self.ink, self.pressed = fill, edge, ink, pressed


OUTLINE = Style("", "#3E4A5E", INK, PRESSED)
SOLID = Style(BLUE, "", "#FFFFFF", "#0D3D99")
GOING = Style(DONE, "", "#FFFFFF", "#04472A")
LIGHT = Style("#FFFFFF", "", INK, PRESSED)
STYLES = {"light": LIGHT, "outline": OUTLINE, "solid": SOLID, "going": GOING}


class Action(Row, Panel):
    """One button. `act` is called when a finger or the mouse is lifted on it; `key` names it for tests and pilots."""

    key = ""
    text = ""
    icon = ""
    style = "outline"
    px = 38.0
    target = 124.0
    centred = False
    pad = (32, 12, 24, 12)
    gap = 24
    radius = 28.0

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.act: Callable[[], None] = lambda: None
        self._icon = Icon(lasting=True)
        self._words = Words(weight="semibold", share=1, lines=2, cap=1.35, lasting=True)
        self._pressed = False
        self._metrics = Metrics(1.0)
        self.add_widget(self._icon)
        self.add_widget(self._words)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """High enough to be hit, and for its words."""
        self._dress()
        return max(metrics.px(self.target), super().wanted(width, metrics))

    def least(self, width: float, metrics: Metrics) -> float:
        """A target never shrinks below 76 design pixels, 18 mm at 1080 wide."""
        return max(min(metrics.px(self.target), metrics.px(84)), super().least(width, metrics))

    def natural(self, metrics: Metrics) -> float:
        """Icon, words and their margins."""
        self._dress()
        return max(metrics.px(self.target), super().natural(metrics))

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the button."""
        self._metrics = metrics
        self._dress()
        super().place(box, metrics)

    def clear(self) -> None:
        """Let go of a press."""
        self._pressed = False

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Take the touch that lands here."""
        if not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        touch.grab(self)
        self._press(down=True)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Act when it is lifted here too; a finger that slid away changed its mind."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._press(down=False)
        if self.collide_point(*touch.pos):
            self.act()
        return True

    def _press(self, *, down: bool) -> None:
        self._pressed = down
        self._dress()
        self.paint(self._metrics)

    def _dress(self) -> None:
        style = STYLES[self.style]
        self.fill = style.pressed if self._pressed else style.fill
        self.edge = style.edge
        self._icon.name, self._icon.shown = self.icon, bool(self.icon)
        self._icon.ink = self._words.ink = style.ink
        self._words.text, self._words.px, self._icon.px = self.text, self.px, self.px * 1.25
        self._words.halign = "center" if self.centred or not self.icon else "left"
