"""Plays taps and keys from a file, as a hand and a scanner would: real touches and keys through the window."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget

from kiosk.screens.stage import Stage
from kiosk.screens.widgets.wrapping import as_typed

log = logging.getLogger(__name__)
_LOOK_S, _REST_S = 0.05, 0.2
_PATIENCE_S = 15.0
_ENTER = 13


class PilotTouch(MotionEvent):
    """A finger at one spot of the window, in pixels."""

    def __init__(self, x: float, y: float) -> None:
        width, height = Window.system_size
        super().__init__("pilot", 1, (x / max(1, width - 1), y / max(1, height - 1)), is_touch=True, type_id="touch")

    def depack(self, args: tuple[float, float]) -> None:
        """Take the spot as shares of the window."""
        self.sx, self.sy = args
        self.profile = ["pos"]
        super().depack(args)


class Pilot:
    """Follows the file at `script`, also while it grows, one line after the other:

    `tap WHAT`: a button's key or its words; `key TEXT`: typed, then Enter; `wait SCREEN`: go on when it is shown.
    A line that can't be done within 15 s is logged and left out.
    """

    def __init__(self, script: Path, stage: Stage) -> None:
        self._script = script
        self._stage = stage
        self._read = 0
        self._lines: list[str] = []
        self._waited = 0.0
        self._next = Clock.create_trigger(self._look, _LOOK_S)

    def start(self) -> None:
        """Begin to look at the file, 20 times a second while there is something to do, else 5 times."""
        self._next()

    def stop(self) -> None:
        """Look no more."""
        self._next.cancel()

    def _look(self, dt: float) -> None:
        self._lines += self._new_lines()
        if self._lines:
            self._go_on(dt)
        self._next.timeout = _LOOK_S if self._lines else _REST_S
        self._next()

    def _go_on(self, dt: float) -> None:
        self._waited += dt
        line = self._lines[0]
        done = self._play(line)
        if not done and self._waited < _PATIENCE_S:
            return
        if not done:
            log.error("the pilot could not do %r on the screen %r", line, self._stage.shown)
        self._lines.pop(0)
        self._waited = 0.0

    def _new_lines(self) -> list[str]:
        """The whole lines that were added since; a half one is left until its end has come."""
        try:
            with self._script.open("rb") as file:
                file.seek(self._read)
                added = file.read()
        except FileNotFoundError:
            return []
        whole = added[: added.rfind(b"\n") + 1]
        self._read += len(whole)
        return [line.strip() for line in whole.decode().splitlines() if line.strip() and not line.startswith("#")]

    def _play(self, line: str) -> bool:
        word, _, rest = line.partition(" ")
        match word:
            case "tap":
                return self._tap(rest.strip())
            case "key":
                type_text(rest)
                return True
            case "wait":
                return self._stage.shown == rest.strip()
            case _:
                log.error("the pilot does not know %r", line)
                return True

    def _tap(self, what: str) -> bool:
        target = find(self._stage, what)
        if target is None:
            return False
        tap(*target.center)
        return True


def find(widget: Widget, what: str) -> Widget | None:
    """The piece whose key or words are `what`, looking at what is shown only; keys come before words."""
    pieces = list(_walk(widget))
    by_key = (piece for piece in pieces if getattr(piece, "key", "") == what)
    by_text = (piece for piece in pieces if as_typed(getattr(piece, "text", "")) == what)
    return next(by_key, None) or next(by_text, None)


def _walk(widget: Widget) -> Iterator[Widget]:
    yield widget
    for child in reversed(widget.children):
        yield from _walk(child)


def tap(x: float, y: float) -> None:
    """Touch and lift at a spot of the window."""
    touch = PilotTouch(x, y)
    EventLoop.post_dispatch_input("begin", touch)
    EventLoop.post_dispatch_input("end", touch)


def type_text(text: str, window: Any = Window) -> None:
    """Type `text` and Enter as a scanner does."""
    for character in text:
        window.dispatch("on_textinput", character)
    window.dispatch("on_key_down", _ENTER, 40, "\r", [])
