"""A camera through OpenCV (V4L2 on Linux)."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning.source import Frame, SourceBase

if TYPE_CHECKING:
    from kiosk.scanning.picture import Bgr

_MOST_MISSES = 3
_IDLE_EVERY = 3
_MISS_PAUSE_S = 0.05
_COLOUR = 3


class Device(Protocol):
    """What is used of an opened `cv2.VideoCapture`."""

    def grab(self) -> bool:
        """Take the next frame without decoding it; False if there is none."""
        ...

    def retrieve(self) -> "tuple[bool, Any]":
        """Decode the frame taken last: whether it worked, and BGR or gray."""
        ...

    def release(self) -> None:
        """Let the device go."""
        ...


Opener = Callable[[str, tuple[int, int], int], Device | None]


def open_device(device: str, size: tuple[int, int], fps: int) -> Device | None:
    """Open a V4L2 path or camera number with OpenCV at about `size` (width, height); None if there is no such camera."""
    from kiosk.scanning.opencv import cv2  # noqa: PLC0415 - OpenCV loads on this thread

    linux = sys.platform.startswith("linux")
    target: int | str = int(device) if device.isdecimal() else device
    capture = cv2.VideoCapture(target, cv2.CAP_V4L2 if linux else cv2.CAP_ANY)
    if not capture.isOpened():
        capture.release()
        return None
    # MJPG, because uncompressed 720p fills a USB 2 bus at 10 frames a second.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    capture.set(cv2.CAP_PROP_FPS, fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


class CameraSource(SourceBase):
    """A USB or built-in camera. `device` is a path or a number as text, `size` width and height, `fps` its frame rate.

    While nothing moves, only every third frame is decoded. Raises `SourceError` when there is no such camera, or when
    it gives nothing any more; open it again to go on.
    """

    def __init__(
        self,
        device: str,
        clock: Clock,
        size: tuple[int, int] = (1280, 720),
        fps: int = 15,
        opener: Opener = open_device,
    ) -> None:
        self.name = f"camera {device}"
        self._device = device
        self._clock = clock
        self._size = size
        self._fps = fps
        self._opener = opener
        self._capture: Device | None = None
        self._misses = 0
        self._every = 1

    def open(self) -> None:
        """Open the device. Raises `SourceError` when there is none."""
        if self._capture is not None:
            return
        self._capture = self._opener(self._device, self._size, self._fps)
        self._misses = 0
        if self._capture is None:
            raise SourceError(
                f"camera {self._device}: there is none, or another program or a missing permission keeps it from us.",
                "Plug it in, name its /dev/video path in the configuration, and let this user be in the group video.",
            )

    def pace(self, *, idle: bool) -> None:
        """While nothing moves, leave two of three frames undecoded."""
        self._every = _IDLE_EVERY if idle else 1

    def read(self, timeout: DurationMs) -> Frame | None:
        """The next frame; None if the camera gave none. `timeout` is the driver's own (1 s at most)."""
        capture = self._capture
        if capture is None:
            raise SourceError(f"camera {self._device}: it is not open.", "Open it before reading.")
        for _ in range(self._every - 1):
            capture.grab()
        taken = capture.grab()
        captured_at = self._clock.now().mono_ms
        worked, picture = capture.retrieve() if taken else (False, None)
        if not worked or picture is None or picture.size == 0:
            self._missed(timeout)
            return None
        self._misses = 0
        return _frame(picture, captured_at)

    def close(self) -> None:
        """Let the device go."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _missed(self, timeout: DurationMs) -> None:
        self._misses += 1
        if self._misses >= _MOST_MISSES:
            raise SourceError(
                f"camera {self._device}: it gives no picture any more.",
                "Check its cable and plug; it is opened again by itself.",
            )
        time.sleep(min(_MISS_PAUSE_S, timeout / 1000))


def _frame(picture: "Bgr", captured_at: MonotonicMs) -> Frame:
    from kiosk.scanning.picture import gray_of  # noqa: PLC0415 - OpenCV loads on this thread

    return Frame(gray_of(picture), captured_at, picture if picture.ndim == _COLOUR else None)
