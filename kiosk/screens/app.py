"""The app: takes views from any thread, draws them on its own, and says when they are on the glass."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_COLOR_BUFFER_BIT, glClear, glClearColor, glFinish

from kiosk.config import Config
from kiosk.errors import DisplayError
from kiosk.i18n import Texts
from kiosk.model.clock import Clock
from kiosk.model.command import Command
from kiosk.model.ids import ScanId
from kiosk.model.view import AnswerView, DeskView, View
from kiosk.screens import compiler
from kiosk.screens.environment import offscreen
from kiosk.screens.glass import clear_with, load_fonts
from kiosk.screens.keys import Keys
from kiosk.screens.pace import Pace
from kiosk.screens.pilot import Pilot
from kiosk.screens.screen import Tools
from kiosk.screens.shots import Shots
from kiosk.screens.stage import Stage
from kiosk.screens.strip import Strip
from kiosk.screens.widgets.feed import Feed, Frame

_NO_WINDOW = DisplayError(
    "No window can be opened: there is no display, or its graphics driver does not start.",
    "Start it where a display is connected, or set SDL_VIDEODRIVER=offscreen to draw without one. "
    "It needs the system packages libgl1, libgl1-mesa-dri, libegl1 and libgles2.",
)


@dataclass(frozen=True)
class WindowHandlers:
    """Who is told what happens at the window. All are called on its thread and must not block it.

    `send` takes commands and `on_key` what a scanner types, character by character with a line feed at its end;
    `on_shown` is told of each answer once it is on the glass, `on_hold` of each sample picture that is tapped.
    """

    send: Callable[[Command], None]
    on_shown: Callable[[ScanId], None]
    on_key: Callable[[str], None]
    on_hold: Callable[[Path], None] | None = None


class OpasApp(App):
    """One window. All parts arrive here; `run` blocks until `stop`."""

    title = "Opas"

    def __init__(self, config: Config, texts: Texts, handlers: WindowHandlers, *, assets: Path, clock: Clock) -> None:
        """`assets` is the folder of fonts and icons."""
        super().__init__()
        load_fonts(assets)
        self._config = config
        self._handlers = handlers
        self._refit = KivyClock.create_trigger(self._fit)
        self._tools = Tools(texts, clock, handlers.send, self._refit, clear_with)
        self._keys = Keys(handlers.on_key)
        self.pace = Pace(KivyClock, compiler.let_go)
        self._feed = Feed()
        self._lock = threading.Lock()
        self._posted: View | None = None
        self._scan: ScanId | None = None
        self._after_flip: list[Callable[[], None]] = []
        self._first_frame: list[Callable[[], None]] = []
        self._stopped = False
        self._take = KivyClock.create_trigger(self._take_posted)
        self._take_picture = KivyClock.create_trigger(self._draw_picture)
        self._tick = KivyClock.create_trigger(self._on_tick, 1.0)
        self._stage: Stage | None = None
        self._shots: Shots | None = None
        self._pilot: Pilot | None = None

    def post(self, view: View) -> None:
        """Show `view` as soon as possible, from any thread. The newest wins."""
        with self._lock:
            self._posted = view
        self._take()

    def post_preview(self, frame: Frame) -> None:
        """Show what the camera sees (height × width gray, or × 3 in BGR), from any thread. Most frames are skipped."""
        if self._feed.offer(frame, time.monotonic()):
            self._take_picture()

    def on_first_frame(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the first frame is on the glass. Ask before `run`."""
        self._first_frame.append(callback)

    def run(self) -> None:
        """Open the window and draw until `stop`. Raises `DisplayError` when there is no window to be had."""
        if Window is None:
            raise _NO_WINDOW
        if not self._stopped:
            super().run()

    def stop(self, *_: object) -> None:
        """End `run`, from any thread."""
        self._stopped = True
        KivyClock.schedule_once(lambda _dt: super(OpasApp, self).stop())

    def open_settings(self, *_: object) -> bool:
        """Kivy's settings panel stays shut, whatever is typed."""
        return False

    def build(self) -> Stage:
        """Make the window's content."""
        demo = self._config.demo
        strip = Strip(Path(demo.strip), self._tools.texts, self._config.screen.language) if demo.strip else None
        if strip is not None and self._handlers.on_hold is not None:
            strip.on_hold = self._handlers.on_hold
        self._stage = Stage(self._config.device.role, self._tools, strip)
        self._shots = Shots(Path(demo.shots), self._tools.clock) if demo.shots else None
        # Keys are heard first and kept from Kivy by what is bound last.
        self._keys.bind(Window)
        self.pace.bind(Window)
        Window.bind(on_draw=_draw, on_flip=self._flip)
        self._stage.bind(size=self._resized, pos=self._resized)
        return self._stage

    def on_start(self) -> None:
        """Lay out the first picture, then what the rest of the time needs."""
        if self._stage is None:
            return
        self._stage.fit()
        self._after_flip += [*self._first_frame, lambda: KivyClock.schedule_once(self._settle_in)]
        if self._posted is not None:
            self._take()

    def on_stop(self) -> None:
        """Undo what `build` and `on_start` did."""
        Window.unbind(on_draw=_draw, on_flip=self._flip)
        self.pace.unbind(Window)
        self._keys.unbind(Window)
        for event in (self._take, self._take_picture, self._refit, self._tick):
            event.cancel()
        if self._pilot is not None:
            self._pilot.stop()
        if self._shots is not None:
            self._shots.close()

    def _settle_in(self, _dt: float) -> None:
        if self._stage is None:
            return
        self._stage.build()
        if self._config.demo.pilot:
            self._pilot = Pilot(Path(self._config.demo.pilot), self._stage)
            self._pilot.start()

    def _take_posted(self, _dt: float) -> None:
        with self._lock:
            view, self._posted = self._posted, None
        if view is None or self._stage is None:
            return
        self._stage.show(view)
        self._after_flip += self._reports(view)
        Window.canvas.ask_update()
        self._tick_in(self._stage.ticks)

    def _reports(self, view: View) -> list[Callable[[], None]]:
        """What is to be done once `view` is on the glass."""
        reports: list[Callable[[], None]] = []
        scan = _scan_of(view)
        if scan is not None and scan != self._scan:
            reports.append(lambda: self._handlers.on_shown(scan))
        self._scan = scan
        shots, stage = self._shots, self._stage
        if shots is not None and stage is not None:
            reports.append(lambda: shots.take(Window, stage.shown, view))
        return reports

    def _flip(self, window: object) -> bool:
        """Flip, then report. Takes the place of Kivy's own flip, so that `on_shown` never comes before the glass."""
        Window.flip()
        if offscreen():
            # Without a display nothing else makes Mesa let go of what it has drawn.
            glFinish()
        callbacks, self._after_flip = self._after_flip, []
        for callback in callbacks:
            callback()
        return True

    def _draw_picture(self, _dt: float) -> None:
        picture = self._feed.take()
        if picture is not None and self._stage is not None:
            self._stage.picture(picture)

    def _on_tick(self, _dt: float) -> None:
        if self._stage is not None:
            self._tick_in(self._stage.tick())

    def _tick_in(self, seconds: float) -> None:
        self._tick.cancel()
        if seconds:
            self._tick.timeout = seconds
            self._tick()

    def _fit(self, _dt: float) -> None:
        if self._stage is not None:
            self._stage.fit()

    def _resized(self, *_: object) -> None:
        self._refit()


def _draw(window: Any) -> bool:
    """Draw as Kivy does, but leave out depth and stencil, which nothing here uses: in software they cost as any pixel."""
    glClearColor(*window.clearcolor)
    glClear(GL_COLOR_BUFFER_BIT)
    window.render_context.draw()
    return True


def _scan_of(view: View) -> ScanId | None:
    if isinstance(view, AnswerView):
        return view.scan
    if isinstance(view, DeskView) and view.notice is not None:
        return view.notice.scan
    return None
