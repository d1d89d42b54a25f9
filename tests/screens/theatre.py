"""The app on a window without a display, driven frame by frame by a test."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from PIL import Image

from kiosk.config import Config
from kiosk.i18n import Texts
from kiosk.model.command import Command
from kiosk.model.ids import ScanId
from kiosk.model.view import View
from kiosk.screens.app import OpasApp, WindowHandlers
from kiosk.screens.pilot import PilotTouch, find, tap
from kiosk.screens.stage import Stage
from kiosk.screens.widgets.cell import Cell, parts_of
from kiosk.screens.widgets.words import Words
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
PICTURES = ROOT / "build" / "screens"
PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
_MOST_FRAMES = 60
_PATIENCE_S = 60.0

Pixels = npt.NDArray[np.uint8]


class Theatre:
    """One app. What it sends, reports and hears stands in `sent`, `reported` and `typed`."""

    def __init__(self, config: Config, texts: Texts) -> None:
        self.clock = FakeClock()
        self.sent: list[Command] = []
        self.reported: list[ScanId] = []
        self.held: list[Path] = []
        self.typed = ""
        self.draws = self.draws_before_show = self.draws_at_report = 0
        self.on_report: Callable[[], None] = lambda: None
        self.app = OpasApp(
            config,
            texts,
            WindowHandlers(self.sent.append, self._report, self._hear, self.held.append),
            assets=ASSETS,
            clock=self.clock,
        )
        self._size = config.size

    def open(self) -> None:
        """Raise the curtain."""
        stage = self.app.build()
        stage.size_hint = (None, None)
        stage.size = self._size
        Window.add_widget(stage)
        Window.bind(on_draw=self._count)
        self.stage: Stage = stage
        EventLoop.start()
        self.app.on_start()
        self.settle()

    def close(self) -> None:
        """Take everything down again."""
        self.app.on_stop()
        Window.unbind(on_draw=self._count)
        Window.remove_widget(self.stage)

    def show(self, view: View) -> None:
        """Post a view and draw until all is still."""
        self.draws_before_show = self.draws
        self.app.post(view)
        self.settle()

    def settle(self) -> None:
        """Draw until nothing is left to be drawn."""
        quiet = 0
        for _ in range(_MOST_FRAMES):
            before = self.draws
            EventLoop.idle()
            quiet = quiet + 1 if self.draws == before else 0
            if quiet == 3:
                return
        msg = "the screen never comes to rest"
        raise AssertionError(msg)

    def idle(self, frames: int) -> int:
        """Let `frames` pass without any news. How many of them were drawn."""
        before = self.draws
        for _ in range(frames):
            EventLoop.idle()
        return self.draws - before

    def until(self, done: Callable[[], bool]) -> None:
        """Let frames pass until `done`, for what goes by Kivy's own clock."""
        deadline = time.monotonic() + _PATIENCE_S
        while not done():
            assert time.monotonic() < deadline, "it never happened"
            EventLoop.idle()

    def resize(self, size: tuple[int, int]) -> None:
        """Another window size."""
        self.stage.size = size
        self.settle()

    def tap(self, what: str) -> None:
        """Tap what has this key or these words, and draw until all is still."""
        self.touch(what)
        self.settle()

    def touch(self, what: str) -> None:
        """Tap it, and draw nothing yet."""
        target = find(self.stage, what)
        assert target is not None, f"nothing here is called {what!r}"
        tap(*target.center)

    def slide(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Touch at `start`, slide, and lift at `end`."""
        width, height = Window.system_size
        touch = PilotTouch(*start)
        EventLoop.post_dispatch_input("begin", touch)
        touch.move((end[0] / max(1, width - 1), end[1] / max(1, height - 1)))
        EventLoop.post_dispatch_input("update", touch)
        EventLoop.post_dispatch_input("end", touch)
        self.settle()

    def pixels(self) -> Pixels:
        """What is on the glass: rows from the top, RGB."""
        Window.dispatch("on_draw")
        width, height = (int(side) for side in Window.size)
        data = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        whole = np.frombuffer(data, np.uint8).reshape(height, width, 3)
        across, up = (int(side) for side in self.stage.size)
        return whole[:up, :across][::-1]

    def picture(self, name: str) -> Pixels:
        """Save what is on the glass as build/screens/NAME.png, to be looked at."""
        pixels = self.pixels()
        PICTURES.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(pixels)).save(PICTURES / f"{name}.png", compress_level=1)
        return pixels

    def texts(self) -> list[str]:
        """All words that are on the glass."""
        return [words.text for words in self.words() if words.text and min(words.drawn) > 0]

    def words(self) -> Iterator[Words]:
        """All pieces of text that are in the window now."""
        return (piece for piece in _shown(self.stage) if isinstance(piece, Words))

    def cells(self) -> Iterator[Cell]:
        """All pieces that are in the window now."""
        return (piece for piece in _shown(self.stage) if isinstance(piece, Cell))

    def everything(self) -> Iterator[Cell]:
        """All pieces there are, on every screen that was built, shown or not."""
        for screen in self.stage.screens:
            yield from _all(screen)

    def _report(self, scan: ScanId) -> None:
        self.reported.append(scan)
        self.draws_at_report = self.draws
        self.on_report()

    def _hear(self, typed: str) -> None:
        self.typed += typed

    def _count(self, *_: object) -> None:
        self.draws += 1


def _shown(piece: Any) -> Iterator[Any]:
    yield piece
    for child in reversed(piece.children):
        yield from _shown(child)


def _all(piece: Any) -> Iterator[Cell]:
    if isinstance(piece, Cell):
        yield piece
    for part in parts_of(piece):
        yield from _all(part)
