"""A camera that repeats itself or gives black is noticed, and no other."""

import numpy as np
import pytest

from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning.picture import Gray
from kiosk.scanning.watchdog import Watchdog, WatchdogRules

RULES = WatchdogRules(after_ms=DurationMs(1000), again_ms=DurationMs(5000))
EVERY = 100
RNG = np.random.default_rng(1)
HALL = RNG.integers(40, 200, (96, 128)).astype(np.uint8)
BLACK = np.full((96, 128), 16, np.uint8)


def lively() -> Gray:
    """The hall with a sensor's noise: one pixel differs by one."""
    frame = HALL.copy()
    frame[int(RNG.integers(96)), int(RNG.integers(128))] ^= 1
    return frame


def restarts(watchdog: Watchdog, frames: list[Gray], start: int = 0) -> list[int]:
    return [
        start + EVERY * number
        for number, frame in enumerate(frames)
        if watchdog.see(frame, MonotonicMs(start + EVERY * number))
    ]


def test_a_camera_that_sees_an_empty_hall_is_well() -> None:
    watchdog = Watchdog(RULES)
    assert restarts(watchdog, [lively() for _ in range(100)]) == []
    assert watchdog.trouble(MonotonicMs(10_000)) is None


@pytest.mark.parametrize(("picture", "trouble"), [(HALL, Trouble.CAMERA_FROZEN), (BLACK, Trouble.CAMERA_BLIND)])
def test_the_same_or_black_for_long_enough_means_start_anew_and_again_later(picture: Gray, trouble: Trouble) -> None:
    watchdog = Watchdog(RULES)
    first, second = restarts(watchdog, [picture.copy() for _ in range(80)])
    assert first in {1000, 1100}
    assert second - first == 5000
    assert watchdog.trouble(MonotonicMs(8000)) is trouble


def test_when_the_picture_lives_again_all_is_well_at_once() -> None:
    watchdog = Watchdog(RULES)
    restarts(watchdog, [BLACK] * 20)
    assert restarts(watchdog, [lively()], 2000) == []
    assert watchdog.trouble(MonotonicMs(2000)) is None
    assert watchdog.trouble(MonotonicMs(9000)) is None
    assert len(restarts(watchdog, [BLACK] * 20, 9000)) == 1


def test_a_hand_before_the_lens_for_a_moment_is_no_trouble() -> None:
    watchdog = Watchdog(RULES)
    assert restarts(watchdog, [*[BLACK] * 8, lively(), *[BLACK] * 8, lively()]) == []


def test_a_dark_hall_with_noise_is_not_black() -> None:
    watchdog = Watchdog(RULES)
    dark = [RNG.integers(10, 40, (96, 128)).astype(np.uint8) for _ in range(40)]
    assert restarts(watchdog, dark) == []


def test_another_size_is_another_picture() -> None:
    watchdog = Watchdog(RULES)
    frames = [np.full((96, 128 - number % 2), 90, np.uint8) for number in range(40)]
    assert restarts(watchdog, frames) == []
