"""Cameras that hang, go black, send broken pictures or change their size, behind the camera's own protocol and threads.

Each is told as trouble, started anew, and read again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kiosk.model.ids import DurationMs
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.model.view import Trouble
from kiosk.scanning.camera import CameraSource
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picture import Bgr, bgr_of
from tests.fakes.camera import Webcam, as_sent
from tests.integration.scanning.booth import QUICK, Booth, Paced, qr_chain
from tests.integration.scanning.patience import until

FRAME_MS = 10
RULES = replace(
    QUICK,
    capture=replace(
        QUICK.capture,
        held_up_ms=DurationMs(500),
        same_ms=DurationMs(400),
        same_again_ms=DurationMs(60_000),
    ),
)
CAPTURE = RULES.capture


def holding(payload: bytes) -> Bgr:
    """A code before a gray wall, 160 × 160."""
    code = draw_code(payload, module_px=4)
    frame = np.full((160, 160), 120, np.uint8)
    frame[20 : 20 + code.shape[0], 20 : 20 + code.shape[1]] = code
    return bgr_of(frame)


@contextmanager
def reading(webcam: Webcam) -> Iterator[Booth]:
    booth = Booth(RULES, qr_chain)
    camera = CameraSource(SourceConfig(SourceKind.CAMERA, "0"), booth.clock, webcam)
    with booth.reading(Paced(camera, booth, FRAME_MS)):
        yield booth


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
    with reading(webcam) as booth:
        told = booth.told
        assert told.payload() == b"BEFORE"
        webcam.may_open.clear()
        webcam.spoil = spoil
        assert told.trouble() is trouble
        webcam.scene = holding(b"AFTER")
        webcam.may_open.set()
        assert told.trouble() is None
        while (code := told.payload()) != b"AFTER":
            assert code == b"FROZEN"
    assert (webcam.opened, webcam.released) == (openings, openings)
    assert logged in caplog.text


def test_a_camera_that_does_not_return_from_its_driver_is_opened_by_another_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The thread that is held up can't be ended; when it comes back it gives nothing more and goes."""
    webcam = Webcam(holding(b"BEFORE"))
    before = threading.active_count()
    with reading(webcam) as booth:
        told = booth.told
        assert told.payload() == b"BEFORE"
        webcam.returns.clear()
        until(lambda: webcam.held_up == 1)
        booth.clock.advance(CAPTURE.frozen_ms + 1)
        assert told.trouble() is Trouble.CAMERA_FROZEN
        webcam.scene = holding(b"AFTER")
        booth.clock.advance(CAPTURE.held_up_ms - CAPTURE.frozen_ms)
        assert told.trouble() is None
        assert told.payload() == b"AFTER"
        webcam.returns.set()
        until(lambda: webcam.released == 1)
    assert (webcam.opened, webcam.released) == (2, 2)
    assert threading.active_count() == before
    assert "does not return from its driver" in caplog.text


def test_a_driver_that_holds_every_thread_gets_only_so_many() -> None:
    webcam = Webcam(holding(b"NEVER"), heals_at=1000)
    webcam.returns.clear()
    before = threading.active_count()
    with reading(webcam) as booth:
        try:
            until(lambda: webcam.held_up == 1)
            booth.clock.advance(CAPTURE.frozen_ms + 1)
            assert booth.told.trouble() is Trouble.CAMERA_FROZEN
            for held in (2, 3, 4):
                booth.clock.advance(CAPTURE.held_up_ms + 1)
                until(lambda held=held: webcam.held_up == held)  # type: ignore[misc]  # mypy knows no lambda's defaults
            booth.clock.advance(2 * CAPTURE.held_up_ms)
            booth.go_round()
            assert webcam.opened == 4
        finally:
            webcam.returns.set()
    until(lambda: threading.active_count() == before)


def test_a_camera_that_stays_black_is_started_anew_once_and_not_for_ever() -> None:
    """A lens may be covered for a whole night."""
    webcam = Webcam(holding(b"NIGHT"), heals_at=1000)
    webcam.spoil = lambda _: BLACK
    with reading(webcam) as booth:
        assert booth.told.trouble() is Trouble.CAMERA_BLIND
        until(lambda: webcam.opened == 2)
        late = booth.now() + 3 * CAPTURE.same_ms
        until(lambda: booth.now() >= late)
        assert webcam.opened == 2
        assert booth.told.troubles.empty()
        webcam.spoil = None
        assert booth.told.trouble() is None
        assert booth.told.payload() == b"NIGHT"


def test_a_camera_may_change_the_size_of_its_pictures_while_it_runs() -> None:
    webcam = Webcam(holding(b"SMALL"))
    with reading(webcam) as booth:
        told = booth.told
        assert told.payload() == b"SMALL"
        webcam.scene = np.repeat(np.repeat(holding(b"LARGE"), 3, axis=0), 2, axis=1)
        assert told.payload() == b"LARGE"
        webcam.scene = holding(b"AGAIN")
        assert told.payload() == b"AGAIN"
    assert webcam.opened == 1
    assert told.troubles.empty()
