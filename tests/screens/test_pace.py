"""The window looks round seldom while nobody touches it, and shows what is posted at once all the same."""

import time

from kivy.base import EventLoop
from kivy.core.window import Window

from kiosk.config import Role
from kiosk.screens.environment import MAX_FPS
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import Theatre


def _turns_in(seconds: float) -> int:
    turns, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        EventLoop.idle()
        turns += 1
    return turns


def _resting(theatre: Theatre) -> None:
    theatre.until(lambda: theatre.app.pace.turns_per_second < MAX_FPS)


def test_a_window_that_nobody_touches_looks_round_seldom(open_theatre: Opener) -> None:
    """Some seconds after the last touch it does less than half of what it does at first."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.attract())
    theatre.touch("larger")
    awake = theatre.app.pace.turns_per_second
    _resting(theatre)
    assert awake == MAX_FPS
    assert _turns_in(1.0) < MAX_FPS / 2


def test_touches_and_keys_wake_it(open_theatre: Opener) -> None:
    """Whoever stands here is not made to wait."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.attract())
    _resting(theatre)
    theatre.touch("larger")
    assert theatre.app.pace.turns_per_second == MAX_FPS
    _resting(theatre)
    Window.dispatch("on_key_down", ord("a"), 4, "a", [])
    assert theatre.app.pace.turns_per_second == MAX_FPS


def test_what_is_posted_is_shown_in_the_next_turn_while_it_rests(open_theatre: Opener) -> None:
    """A posted view does not wait for the seldom look round."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.attract())
    _resting(theatre)
    theatre.app.post(scenes.answer(scenes.go(), scan="s1"))
    EventLoop.idle()
    assert theatre.reported == ["s1"]
