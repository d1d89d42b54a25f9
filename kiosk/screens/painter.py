"""Draws single pictures of screens on a window without a display: the same screens, fonts and layout as on a device."""

import io
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glFinish, glReadPixels
from PIL import Image

from kiosk.config import Role
from kiosk.errors import DisplayError
from kiosk.i18n import Texts
from kiosk.model.clock import Instant
from kiosk.model.ids import EpochMs, MonotonicMs
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Scene
from kiosk.screens.glass import clear_with, load_fonts
from kiosk.screens.screen import Tools
from kiosk.screens.stage import Stage
from kiosk.session.rooms import room_view

_FRAMES = 4
"""Turns of Kivy's clock after which everything that a view puts off is laid out."""
_NO_WINDOW = DisplayError(
    "No window can be opened to draw in.",
    "It needs the system packages libgl1, libgl1-mesa-dri, libegl1 and libgles2; `opas doctor` looks for them.",
)


class StillClock:
    """Stands at the moment of the picture; its monotonic time is 0."""

    def __init__(self) -> None:
        self.wall_ms = EpochMs(0)

    def now(self) -> Instant:
        """That moment."""
        return Instant(self.wall_ms, MonotonicMs(0), "00000000")


class Painter:
    """One window that is never flipped to any glass; each role's screens are built when they are first asked for."""

    def __init__(self, texts: Texts, assets: Path) -> None:
        """`assets` is the folder of fonts and icons. Raises `DisplayError` when nothing can be drawn here."""
        if Window is None:
            raise _NO_WINDOW
        load_fonts(assets)
        self._clock = StillClock()
        self._shown: Stage | None = None
        # As in the app: a screen that asks to be laid out anew is, before the next frame.
        self._refit = KivyClock.create_trigger(self._fit)
        self._tools = Tools(texts, self._clock, _nobody_hears, self._refit, clear_with)
        self._stages: dict[TouchpointKind, Stage] = {}
        EventLoop.start()

    def paint(self, scene: Scene) -> bytes:
        """The picture as PNG. Raises `ValueError` for a scene that this window has no room for, or without a view."""
        view = scene.view if scene.room is None else room_view(scene.room, scene.now, self._tools.texts)
        wide, high = (int(side) for side in Window.size)
        if not (0 < scene.width <= wide and 0 < scene.height <= high):
            msg = f"a picture has at most {wide} × {high} pixels"
            raise ValueError(msg)
        self._clock.wall_ms = scene.now
        stage = self._stages.get(scene.kind)
        if stage is None:
            stage = self._stages[scene.kind] = Stage(Role(scene.kind), self._tools, None)
            stage.size_hint = (None, None)
        stage.size = (scene.width, scene.height)
        Window.add_widget(stage)
        self._shown = stage
        try:
            stage.show(view)
            for _ in range(_FRAMES):
                EventLoop.idle()
            return _picture(scene.width, scene.height)
        finally:
            self._shown = None
            if stage.current is not None:
                stage.current.leave()
            Window.remove_widget(stage)

    def _fit(self, _dt: float) -> None:
        if self._shown is not None:
            self._shown.fit()


def _picture(width: int, height: int) -> bytes:
    Window.dispatch("on_draw")
    glFinish()
    # The window's origin is below, as the stage's.
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    picture = Image.frombytes("RGB", (width, height), bytes(pixels)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    file = io.BytesIO()
    picture.save(file, format="PNG", compress_level=3)
    return file.getvalue()


def _nobody_hears(_command: Any) -> None:
    """Nothing is tapped in a picture."""
