"""Cameras that hang, go black, send broken pictures or change their size, behind the camera's own protocol and threads.

Each is told as trouble, started anew, and read again.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from kiosk.model.clock import Instant
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, EpochMs, MonotonicMs
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.model.view import Trouble
from kiosk.scanning.camera import CameraSource
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.chain import Chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picture import Bgr, bgr_of
from kiosk.scanning.presentation import PresentationRules
from kiosk.scanning.reader import ScanHandlers, ScanReader, ScanRules
from kiosk.scanning.zxing import ZxingDecoder
from tests.fakes.camera import Webcam, as_sent

PATIENCE_S = 20.0
RULES = ScanRules(
    capture=CaptureRules(
        frozen_ms=DurationMs(300),
        read_ms=DurationMs(20),
        retry_ms=DurationMs(10),
        most_retry_ms=DurationMs(20),
        held_up_ms=DurationMs(500),
        same_ms=DurationMs(400),
        same_again_ms=DurationMs(60_000),
    ),
    presentation=PresentationRules(absent_ms=DurationMs(100), absent_frames=2),
    still_decode_ms=DurationMs(50),
)


class RealClock:
    def now(self) -> Instant:
        return Instant(EpochMs(0), MonotonicMs(time.monotonic_ns() // 1_000_000), "0badb007")


CLOCK = RealClock()


class Told:
    def __init__(self) -> None:
        self.codes: queue.Queue[Code] = queue.Queue()
        self.troubles: queue.Queue[Trouble | None] = queue.Queue()

    def code(self) -> bytes:
        return self.codes.get(timeout=PATIENCE_S).payload

    def trouble(self) -> Trouble | None:
        return self.troubles.get(timeout=PATIENCE_S)


def holding(payload: bytes) -> Bgr:
    """A code before a gray wall, 160 × 160."""
    code = draw_code(payload, module_px=4)
    frame = np.full((160, 160), 120, np.uint8)
    frame[20 : 20 + code.shape[0], 20 : 20 + code.shape[1]] = code
    return bgr_of(frame)


@contextmanager
def reading(*webcams: Webcam) -> Iterator[tuple[ScanReader, Told]]:
    told = Told()
    sources = [
        CameraSource(SourceConfig(SourceKind.CAMERA, str(number)), CLOCK, webcam)
        for number, webcam in enumerate(webcams)
    ]
    handlers = ScanHandlers(told.codes.put, lambda _: None, told.troubles.put, lambda: None)
    reader = ScanReader(sources, handlers, CLOCK, lambda: Chain(ZxingDecoder([Symbology.QR]), ()), RULES)
    reader.start()
    try:
        yield reader, told
    finally:
        reader.stop()


def broken(picture: Bgr) -> Any:
    whole = as_sent(picture, "MJPG")
    return whole[:, : whole.shape[1] // 3]


FROZEN = as_sent(holding(b"FROZEN"), "MJPG")
BLACK = as_sent(np.zeros((160, 160, 3), np.uint8), "MJPG")


@pytest.mark.parametrize(
    ("spoil", "openings", "trouble", "logged"),
    [
        (lambda _: FROZEN, 2, Trouble.CAMERA_FROZEN, "the same picture again and again"),
        (lambda _: BLACK, 2, Trouble.CAMERA_BLIND, "only black pictures"),
        (broken, 6, Trouble.NO_CAMERA, "pictures were broken"),
        (lambda _: None, 6, Trouble.NO_CAMERA, "no picture any more"),
    ],
    ids=["frozen", "black", "broken", "silent"],
)
def test_a_camera_that_fails_is_told_started_anew_and_read_again(
    spoil: Callable[[Bgr], Any], openings: int, trouble: Trouble, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The last opening finds it well again; a fault that is gone within a moment is logged and not told."""
    webcam = Webcam(holding(b"BEFORE"), heals_at=openings)
    with reading(webcam) as (_, told):
        assert told.code() == b"BEFORE"
        webcam.spoil = spoil
        assert told.trouble() is trouble
        webcam.scene = holding(b"AFTER")
        assert told.trouble() is None
        while (code := told.code()) != b"AFTER":
            assert code == b"FROZEN"
    assert (webcam.opened, webcam.released) == (openings, openings)
    assert logged in caplog.text


def test_a_camera_that_does_not_return_from_its_driver_is_opened_by_another_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The thread that is held up can't be ended; when it comes back it gives nothing more and goes."""
    webcam = Webcam(holding(b"BEFORE"))
    before = threading.active_count()
    with reading(webcam) as (_, told):
        assert told.code() == b"BEFORE"
        webcam.held_up.clear()
        assert told.trouble() is Trouble.CAMERA_FROZEN
        webcam.scene = holding(b"AFTER")
        assert told.trouble() is None
        assert told.code() == b"AFTER"
        webcam.held_up.set()
        until(lambda: webcam.released == 1)
    assert (webcam.opened, webcam.released) == (2, 2)
    assert threading.active_count() == before
    assert "does not return from its driver" in caplog.text


def test_a_driver_that_holds_every_thread_gets_only_so_many() -> None:
    webcam = Webcam(holding(b"NEVER"), heals_at=1000)
    webcam.held_up.clear()
    before = threading.active_count()
    with reading(webcam) as (_, told):
        try:
            assert told.trouble() is Trouble.CAMERA_FROZEN
            until(lambda: webcam.opened == 4)
            time.sleep(2 * RULES.capture.held_up_ms / 1000)
            assert webcam.opened == 4
        finally:
            webcam.held_up.set()
    until(lambda: threading.active_count() == before)


def test_a_camera_that_stays_black_is_started_anew_once_and_not_for_ever() -> None:
    """A lens may be covered for a whole night."""
    webcam = Webcam(holding(b"NIGHT"), heals_at=1000)
    webcam.spoil = lambda _: BLACK
    with reading(webcam) as (_, told):
        assert told.trouble() is Trouble.CAMERA_BLIND
        until(lambda: webcam.opened == 2)
        time.sleep(3 * RULES.capture.same_ms / 1000)
        assert webcam.opened == 2
        assert told.troubles.empty()
        webcam.spoil = None
        assert told.trouble() is None
        assert told.code() == b"NIGHT"


def test_a_camera_may_change_the_size_of_its_pictures_while_it_runs() -> None:
    webcam = Webcam(holding(b"SMALL"))
    with reading(webcam) as (_, told):
        assert told.code() == b"SMALL"
        larger = np.repeat(np.repeat(holding(b"LARGE"), 3, axis=0), 2, axis=1)
        webcam.scene = larger
        assert told.code() == b"LARGE"
        webcam.scene = holding(b"AGAIN")
        assert told.code() == b"AGAIN"
    assert webcam.opened == 1
    assert told.troubles.empty()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
