"""A camera through OpenCV (V4L2 on Linux)."""

import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import PixelFormat, SourceConfig
from kiosk.scanning.source import Frame, Source, SourceBase

if TYPE_CHECKING:
    from kiosk.scanning.pixels import Raw

log = logging.getLogger(__name__)
_MOST_MISSES = 3
_MOST_BROKEN = 15
_IDLE_EVERY = 3
_MISS_PAUSE_S = 0.05
_FIRST_CAMERA = "0"
_WANTED = {
    PixelFormat.AUTO: ("MJPG", "YUYV"),
    PixelFormat.MJPG: ("MJPG",),
    PixelFormat.YUYV: ("YUYV",),
}
# What `kiosk.scanning.pixels` takes as it comes from the driver. Everything else OpenCV turns into BGR.
_AS_THEY_COME = frozenset({"MJPG", "YUYV", "UYVY", "GREY"})


class Capturing(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803 - OpenCV's own name
        """Ask for a property; whether it was taken."""
        ...

    def get(self, propId: int, /) -> float:  # noqa: N803 - OpenCV's own name
        """How a property is."""
        ...

    def grab(self) -> bool:
        """Take the next frame without decoding it; False if there is none."""
        ...

    def retrieve(self) -> "tuple[bool, Any]":
        """Give the frame taken last: whether it worked, and its pixels."""
        ...

    def release(self) -> None:
        """Let the device go."""
        ...


class Device(Protocol):
    """A camera that is open: gives its pixels as they come, and says what they are."""

    @property
    def fourcc(self) -> str:
        """The pixels' format as `kiosk.scanning.pixels` names it, empty for BGR."""
        ...

    @property
    def said(self) -> tuple[str, ...]:
        """What the camera took of what it was asked for, in sentences."""
        ...

    def grab(self) -> bool:
        """Take the next frame without decoding it; False if there is none."""
        ...

    def retrieve(self) -> "tuple[bool, Raw | None]":
        """Give the frame taken last: whether it worked, and its pixels."""
        ...

    def release(self) -> None:
        """Let the device go."""
        ...


Opener = Callable[[SourceConfig], Device | None]


class OpenCvDevice:
    """A camera that OpenCV has opened, told what is wanted of it."""

    def __init__(self, capture: Capturing, wanted: SourceConfig, *, raw: bool) -> None:
        """With `raw` the pixels are left as the camera sends them where we can take them."""
        from kiosk.scanning.opencv import cv2  # noqa: PLC0415 - OpenCV loads on this thread

        self._capture = capture
        took = next((name for name in _WANTED[wanted.format] if self._ask_for(cv2.VideoWriter.fourcc(*name))), "")
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, wanted.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wanted.height)
        capture.set(cv2.CAP_PROP_FPS, wanted.fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        sent = _letters(int(capture.get(cv2.CAP_PROP_FOURCC))) or took
        as_it_comes = raw and sent in _AS_THEY_COME and capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        self.fourcc = sent if as_it_comes else ""
        size = f"{capture.get(cv2.CAP_PROP_FRAME_WIDTH):.0f} × {capture.get(cv2.CAP_PROP_FRAME_HEIGHT):.0f}"
        rate = f"{capture.get(cv2.CAP_PROP_FPS):.0f} frames a second"
        self.said: tuple[str, ...] = (f"the camera sends {sent or 'its own format'}, {size}, {rate}",)

    def grab(self) -> bool:
        """Take the next frame without decoding it."""
        return self._capture.grab()

    def retrieve(self) -> "tuple[bool, Raw | None]":
        """Give the frame taken last."""
        return self._capture.retrieve()

    def release(self) -> None:
        """Let the device go."""
        self._capture.release()

    def _ask_for(self, fourcc: int) -> bool:
        from kiosk.scanning.opencv import cv2  # noqa: PLC0415 - OpenCV loads on this thread

        taken = self._capture.set(cv2.CAP_PROP_FOURCC, fourcc)
        return taken and int(self._capture.get(cv2.CAP_PROP_FOURCC)) == fourcc


def _letters(fourcc: int) -> str:
    text = (fourcc & 0xFFFFFFFF).to_bytes(4, "little").decode("ascii", "replace").strip()
    return text if text.isalnum() else ""


def open_device(wanted: SourceConfig) -> Device | None:
    """Open the V4L2 path or camera number with OpenCV, as nearly as wanted; None if there is no such camera.

    By itself, it sends MJPG where it can, because uncompressed 720p fills a USB 2 bus at 10 frames a second.
    """
    from kiosk.scanning import v4l2  # noqa: PLC0415 - only on Linux
    from kiosk.scanning.opencv import cv2  # noqa: PLC0415 - OpenCV loads on this thread

    name = wanted.device or _FIRST_CAMERA
    linux = sys.platform.startswith("linux")
    target: int | str = int(name) if name.isdecimal() else name
    capture = cv2.VideoCapture(target, cv2.CAP_V4L2 if linux else cv2.CAP_ANY)
    if not capture.isOpened():
        capture.release()
        return None
    device = OpenCvDevice(capture, wanted, raw=linux)
    if linux:
        device.said += v4l2.set_lens_of(name, wanted.lens)
    return device


class CameraSource(SourceBase):
    """A USB or built-in camera, as `wanted` describes it.

    While nothing moves, only every third frame is decoded. Raises `SourceError` when there is no such camera, when it
    gives nothing any more or only broken pictures; open it again to go on.
    """

    lifelike = True

    def __init__(self, wanted: SourceConfig, clock: Clock, opener: Opener = open_device) -> None:
        self._path = wanted.device or _FIRST_CAMERA
        self.name = f"camera {self._path}"
        self.said = ()
        self._wanted = wanted
        self._clock = clock
        self._opener = opener
        self._device: Device | None = None
        self._misses = self._broken = 0
        self._every = 1

    def twin(self) -> Source:
        """The same camera, to be opened anew."""
        return CameraSource(self._wanted, self._clock, self._opener)

    def open(self) -> None:
        """Open the device. Raises `SourceError` when there is none."""
        if self._device is not None:
            return
        self._device = self._opener(self._wanted)
        self._misses = self._broken = 0
        if self._device is None:
            raise SourceError(
                f"camera {self._path}: there is none, or another program or a missing permission keeps it from us.",
                "Plug it in, name its /dev/video path in the configuration, and let this user be in the group video.",
            )
        if self._device.said != self.said:
            self.said = self._device.said
            for sentence in self.said:
                log.info("source %r: %s", self.name, sentence)

    def pace(self, *, idle: bool) -> None:
        """While nothing moves, leave two of three frames undecoded."""
        self._every = _IDLE_EVERY if idle else 1

    def read(self, timeout: DurationMs) -> Frame | None:
        """The next frame; None if the camera gave none. `timeout` is the driver's own (1 s at most)."""
        device = self._device
        if device is None:
            raise SourceError(f"camera {self._path}: it is not open.", "Open it before reading.")
        for _ in range(self._every - 1):
            device.grab()
        taken = device.grab()
        captured_at = self._clock.now().mono_ms
        worked, raw = device.retrieve() if taken else (False, None)
        if not worked or raw is None or not raw.size:
            self._missed(timeout)
            return None
        self._misses = 0
        return self._frame(raw, device.fourcc, captured_at)

    def close(self) -> None:
        """Let the device go."""
        if self._device is not None:
            self._device.release()
            self._device = None

    def _frame(self, raw: "Raw", fourcc: str, captured_at: MonotonicMs) -> Frame | None:
        from kiosk.scanning import pixels  # noqa: PLC0415 - OpenCV loads on this thread

        gray = pixels.brightness(raw, fourcc)
        if gray is None:
            self._was_broken()
            return None
        self._broken = 0
        return Frame(gray, captured_at, develop=partial(pixels.colours, raw, fourcc))

    def _missed(self, timeout: DurationMs) -> None:
        self._misses += 1
        if self._misses >= _MOST_MISSES:
            raise SourceError(
                f"camera {self._path}: it gives no picture any more.",
                "Check its cable and plug; it is opened again by itself.",
            )
        time.sleep(min(_MISS_PAUSE_S, timeout / 1000))

    def _was_broken(self) -> None:
        self._broken += 1
        if self._broken >= _MOST_BROKEN:
            raise SourceError(
                f"camera {self._path}: its last {self._broken} pictures were broken.",
                "Try a shorter cable or another USB port; it is opened again by itself.",
            )
