"""For the demo: a strip of sample codes beside the kiosk; tapping one holds it before the (file) camera."""

from collections.abc import Callable
from pathlib import Path

from kivy.core.image import Image
from kivy.graphics import Color, Rectangle
from kivy.input.motionevent import MotionEvent

from kiosk.i18n import N_, Texts
from kiosk.model.ids import Lang
from kiosk.screens.environment import STRIP_SHARE
from kiosk.screens.theme import EDGE, MUTED, Metrics
from kiosk.screens.widgets.action import Action
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.flow import Column, Row
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.sharing import pages
from kiosk.screens.widgets.words import Words

_TITLE = N_("Sample codes: tap one to hold it before the camera")
_PICTURES = (".png", ".jpg", ".jpeg")
_EACH = 300.0


class Sample(Panel):
    """One picture with its name."""

    pad = (10, 10, 10, 6)
    gap = 4
    radius = 16.0
    edge = EDGE
    key = ""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.key = path.stem
        self.act: Callable[[Path], None] = lambda _path: None
        self.add_widget(_Picture(path))
        self.add_widget(Words(text=path.stem.replace("-", " "), px=26, halign="center", lines=2, ink=MUTED))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Hold this one."""
        if not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        self.act(self.path)
        return True


class _Picture(Cell):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path
        self._loaded = False
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))

    def wanted(self, width: float, metrics: Metrics) -> float:
        """Nearly square."""
        return width * 0.9

    def least(self, width: float, metrics: Metrics) -> float:
        """Half of that."""
        return width * 0.45

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw it whole, in the middle."""
        super().place(box, metrics)
        if not self._loaded:
            # Until then Kivy has a white one of its own there.
            self._loaded = True
            self._picture.texture = Image.load(str(self._file)).texture
        width, height = self._picture.texture.size
        scale = min(self.width / width, self.height / height)
        self._picture.size = width * scale, height * scale
        self._picture.pos = self.center_x - width * scale / 2, self.center_y - height * scale / 2


class Strip(Panel):
    """The strip, as many samples a page as fit."""

    fill = "#E3E7EF"
    radius = 0.0
    pad = (18, 24, 18, 18)
    gap = 14

    def __init__(self, folder: Path, texts: Texts, lang: Lang) -> None:
        super().__init__()
        self.on_hold: Callable[[Path], None] = lambda _path: None
        self._page = 0
        self._samples = [Sample(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES]
        self._list = Column(gap=14, grow=1)
        self._title = Words(text=texts.get(lang, _TITLE), px=30, weight="semibold", lines=4)
        self._up, self._down = Action(icon="up", target=84), Action(icon="down", target=84)
        self._up.share = self._down.share = 1
        self._up.act, self._down.act = lambda: self._turn(-1), lambda: self._turn(1)
        self._buttons = Row(gap=14)
        self._box = Box(0, 0, 0, 0)
        self._fill_up()

    def take(self, window: Box) -> float:
        """Stand at the right of the window. How wide that is."""
        width = round(window.w * STRIP_SHARE)
        self._box = Box(window.x + window.w - width, window.y, width, window.h)
        metrics = Metrics(width / 300)
        room = max(1, int((window.h / metrics.unit - 260) // _EACH))
        self._page %= pages(len(self._samples), room)
        for index, sample in enumerate(self._samples):
            sample.shown = index // room == self._page
            sample.act = self.on_hold
        self._buttons.shown = len(self._samples) > room
        self.place(self._box, metrics)
        return float(width)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Nothing behind the strip is touched through it."""
        return bool(super().on_touch_down(touch)) or bool(self.collide_point(*touch.pos))

    def _fill_up(self) -> None:
        self.add_widget(self._title)
        self.add_widget(self._list)
        for sample in self._samples:
            self._list.add_widget(sample)
        self._buttons.add_widget(self._up)
        self._buttons.add_widget(self._down)
        self.add_widget(self._buttons)

    def _turn(self, step: int) -> None:
        self._page += step
        self.parent.fit()
