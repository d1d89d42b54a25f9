"""From camera frames to preview pictures."""

import numpy as np

from kiosk.screens.widgets.feed import MOST_PER_SECOND, STILL_S, Feed

_NOISE = np.random.default_rng(0)


def _frame(level: int = 100) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.full((720, 1280, 3), level, np.uint8)


def test_a_picture_is_small_and_a_mirror() -> None:
    """Blue left becomes blue right; the top row first; four bytes a pixel."""
    frame = _frame(0)
    frame[:, :640, 0] = 255
    frame[360:, :, 2] = 99
    feed = Feed()
    assert feed.offer(frame, 0.0)
    picture = feed.take()
    assert picture is not None
    assert (picture.width, picture.height) == (640, 360)
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(360, 640, 4)
    assert pixels[0, -1].tolist() == [0, 0, 255, 255]
    assert pixels[-1, 0].tolist() == [99, 0, 0, 255]


def test_a_gray_frame_is_a_picture_too() -> None:
    """Scanners look at gray frames."""
    feed = Feed()
    assert feed.offer(np.full((480, 640), 7, np.uint8), 0.0)
    picture = feed.take()
    assert picture is not None
    assert picture.pixels[:4] == bytes((7, 7, 7, 255))


def test_each_picture_is_taken_once() -> None:
    """What was drawn need not be drawn again."""
    feed = Feed()
    feed.offer(_frame(), 0.0)
    assert feed.take() is not None
    assert feed.take() is None


def test_pictures_are_few_while_somebody_moves() -> None:
    """Thirty frames a second come in, twelve at most go on."""
    feed = Feed()
    taken = sum(feed.offer(_frame(8 * (index % 30)), index / 30) for index in range(30))
    assert MOST_PER_SECOND / 2 < taken <= MOST_PER_SECOND


def test_a_still_scene_is_shown_once_a_second() -> None:
    """The camera's noise is no movement; a hand in one corner is."""
    feed = Feed()
    noisy = [np.clip(_frame() + _NOISE.integers(-3, 4, (720, 1280, 3)), 0, 255).astype(np.uint8) for _ in range(15)]
    taken = [feed.offer(frame, index / 15) for index, frame in enumerate(noisy)]
    assert taken == [True, *[False] * 14]
    assert feed.offer(noisy[0], STILL_S)
    hand = noisy[0].copy()
    hand[:200, :200] = 220
    assert feed.offer(hand, STILL_S + 0.1)
