"""`opas scan --camera` says each code once, and in words what else is seen."""

from collections import deque

import numpy as np

from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning import picture
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.live import MonotonicClock, Watch
from kiosk.scanning.picture import Gray
from kiosk.scanning.source import Frame, SourceBase
from kiosk.scanning.staging import Pose, empty_scene, stage

HALL = picture.gray_of(empty_scene())
HELD = picture.gray_of(stage(draw_code(b"OPAS", Symbology.QR), Pose()))
HALF = HELD.copy()
HALF[:, 640:] = 128


class FakeSource(SourceBase):
    """Gives the frames it was made with, None standing for one that did not come."""

    name = "fake"

    def __init__(self, *frames: Gray | None) -> None:
        self.frames = deque(frames)
        self.at = 0
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.opened -= 1

    def read(self, timeout: DurationMs) -> Frame | None:
        gray = self.frames.popleft()
        self.ended = not self.frames
        self.at += 100
        return None if gray is None else Frame(gray, MonotonicMs(self.at))


def test_a_code_is_given_once_and_each_change_is_told_once() -> None:
    told: list[str] = []
    source = FakeSource(None, HALL, HALL, HALF, HELD, HELD, HALL)
    watch = Watch(source, standard_chain(), told.append)
    assert [(found.payload, took > 0) for found, _, took in watch.codes()] == [(b"OPAS", True)]
    assert told == [
        "the camera gives no picture",
        "1280 × 720: nothing like a code",
        "1280 × 720: something like a code is there, and not read yet",
        "1280 × 720: a code is read",
        "1280 × 720: nothing like a code",
    ]
    assert source.opened == 0


def test_several_codes_are_counted() -> None:
    told: list[str] = []
    code = draw_code(b"ONE", module_px=4, quiet=8)
    both = np.hstack([code, draw_code(b"TWO", module_px=4, quiet=8)])
    assert len(list(Watch(FakeSource(both), standard_chain(), told.append).codes())) <= 1
    assert told[0].endswith("2 codes are read")


def test_what_the_camera_took_is_told_first() -> None:
    told: list[str] = []
    source = FakeSource(HALL)
    source.said = ("torch 50 %: this camera has none",)
    assert list(Watch(source, standard_chain(), told.append).codes()) == []
    assert told[0] == "torch 50 %: this camera has none"


def test_the_clock_of_a_camera_goes_on() -> None:
    clock = MonotonicClock()
    assert clock.now().mono_ms <= clock.now().mono_ms
