"""The reader tells what to do about a code that it can't read, while it can't, and nothing beside one that it reads."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from kiosk.model.code import Code, Symbology
from kiosk.model.hint import Hint
from kiosk.model.ids import DurationMs
from kiosk.scanning import picture
from kiosk.scanning.draw import draw_code
from kiosk.scanning.livehelp import HelpRules
from kiosk.scanning.picture import Gray
from kiosk.scanning.reader import ScanHandlers, ScanReader
from kiosk.scanning.source import Frame, SourceBase
from kiosk.scanning.staging import Level, empty_scene, noisy, pose_for, stage
from tests.integration.scanning.test_reader import CLOCK, PATIENCE_S, QUICK
from tests.unit.kiosk.scanning.heldup import PAYLOAD, unreadable

_LONG = DurationMs(60_000)
PATIENT = replace(QUICK, help=HelpRules(span_ms=DurationMs(0), after_ms=_LONG, keep_ms=_LONG, share=0.5, fast=0.02))
"""However slow the machine that runs this: agreement is by the number of frames."""


class Round(SourceBase):
    """Gives an empty hall first, then `shown` in turns, some twenty frames a second."""

    name = "round"

    def __init__(self) -> None:
        hall = empty_scene(seed=1)
        self._halls = [picture.gray_of(noisy(hall, 2.0, seed)) for seed in range(2)]
        self.shown: list[Gray] = self._halls
        self._count = 0

    def open(self) -> None:
        self._count = 0

    def read(self, timeout: DurationMs) -> Frame | None:
        time.sleep(min(timeout, 50) / 1000)
        self._count += 1
        shown = self.shown if self._count > 5 else self._halls
        return Frame(shown[self._count % len(shown)], CLOCK.now().mono_ms)

    def close(self) -> None:
        self.shown = self._halls


class Heard:
    """What the reader told, the newest hint in `hint`."""

    def __init__(self) -> None:
        self.hints: list[Hint | None] = []
        self.codes: queue.Queue[Code] = queue.Queue()
        self._news = threading.Condition()

    def hear(self, hint: Hint | None) -> None:
        with self._news:
            self.hints.append(hint)
            self._news.notify_all()

    def wait_for(self, hint: Hint | None) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.hints[-1:] == [hint], PATIENCE_S), f"heard {self.hints}"


@contextmanager
def helped(source: Round) -> Iterator[Heard]:
    heard = Heard()
    handlers = ScanHandlers(heard.codes.put, lambda _: None, lambda _: None, lambda: None, on_hint=heard.hear)
    reader = ScanReader([source], handlers, CLOCK, rules=PATIENT)
    reader.start()
    try:
        yield heard
    finally:
        reader.stop()


def held(symbology: Symbology) -> list[Gray]:
    code = draw_code(PAYLOAD, symbology, module_px=4)
    return [picture.gray_of(stage(code, pose_for(Level.EASY, seed))) for seed in range(3)]


@pytest.mark.parametrize("hint", [Hint.TOO_FAR, Hint.TOO_NEAR, Hint.TURN_UP])
def test_whoever_holds_up_what_can_not_be_read_is_told_what_to_do_until_it_is_read(hint: Hint) -> None:
    source = Round()
    with helped(source) as heard:
        source.shown = [unreadable(hint, seed) for seed in (3, 4)]
        heard.wait_for(hint)
        source.shown = held(Symbology.QR)
        assert heard.codes.get(timeout=PATIENCE_S).payload == PAYLOAD
        heard.wait_for(None)
    assert heard.hints == [hint, None]


def test_a_hand_that_waves_is_asked_to_hold_still() -> None:
    source = Round()
    with helped(source) as heard:
        source.shown = [unreadable(Hint.MOVING, 1, shift=shift) for shift in (-0.08, 0.0, 0.08, 0.0)]
        heard.wait_for(Hint.MOVING)


def test_beside_codes_that_are_read_one_after_the_other_nothing_is_said() -> None:
    source = Round()
    with helped(source) as heard:
        source.shown = held(Symbology.QR)
        heard.codes.get(timeout=PATIENCE_S)
        source.shown = held(Symbology.AZTEC) + held(Symbology.QR)
        time.sleep(0.5)
    assert heard.hints == []
