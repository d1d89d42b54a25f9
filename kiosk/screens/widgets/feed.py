"""From camera frames to preview pictures: small, few, and none while nothing moves."""

import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
MOST_PER_SECOND = 12
STILL_S = 1.0
"""While nothing moves before the camera, one picture in this time is enough."""
_SMALLEST_SIDE = 360
_GRID = 24
_STILL_LEVELS = 3.0


class Picture(NamedTuple):
    """One preview picture as a mirror shows it: RGBA bytes, the top row first."""

    width: int
    height: int
    pixels: bytes


class Feed:
    """Takes frames on the camera's thread and keeps the newest picture for the screen's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: Picture | None = None
        self._shown_at = float("-inf")
        self._coarse: Frame | None = None

    def offer(self, frame: Frame, now_s: float) -> bool:
        """Take `frame` (height × width gray, or × 3 in BGR) at monotonic `now_s`. Whether a new picture is there."""
        since = now_s - self._shown_at
        if since < 1 / MOST_PER_SECOND:
            return False
        coarse = _coarse(frame)
        if since < STILL_S and not self._moved(coarse):
            return False
        self._shown_at, self._coarse = now_s, coarse
        picture = _picture(frame)
        with self._lock:
            self._newest = picture
        return True

    def take(self) -> Picture | None:
        """The newest picture, once."""
        with self._lock:
            picture, self._newest = self._newest, None
        return picture

    def _moved(self, coarse: Frame) -> bool:
        last = self._coarse
        if last is None or last.shape != coarse.shape:
            return True
        apart = np.abs(last.astype(np.int16) - coarse.astype(np.int16))
        return bool(apart.mean() > _STILL_LEVELS or apart.max() > 12 * _STILL_LEVELS)


def _coarse(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    rows, columns = max(1, height // _GRID), max(1, width // _GRID)
    return frame[::rows, ::columns].copy()


def _picture(frame: Frame) -> Picture:
    step = max(1, min(frame.shape[:2]) // _SMALLEST_SIDE)
    small = frame[::step, ::step][:, ::-1]
    height, width = small.shape[:2]
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = small[..., None] if small.ndim == 2 else small[..., ::-1]  # noqa: PLR2004 - gray has two axes
    pixels[..., 3] = 255
    return Picture(width, height, pixels.tobytes())
