"""Cameras that play what they are given: behind the camera's own protocol, and behind OpenCV's."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from kiosk.model.source import SourceConfig
from kiosk.scanning.opencv import cv2

_PATIENCE_S = 60


class FakeDevice:
    """Gives the pictures it was made with, None standing for a frame that did not come."""

    def __init__(self, *pictures: Any, fourcc: str = "", said: tuple[str, ...] = ()) -> None:
        self.pictures = list(pictures)
        self.fourcc = fourcc
        self.said = said
        self.taken: Any = None
        self.grabbed = self.retrieved = 0
        self.released = False

    def grab(self) -> bool:
        self.grabbed += 1
        self.taken = self.pictures.pop(0) if self.pictures else None
        return self.taken is not None

    def retrieve(self) -> tuple[bool, Any]:
        self.retrieved += 1
        return self.taken is not None, self.taken

    def release(self) -> None:
        self.released = True


class FakeUsb:
    """Where cameras are plugged in: each opening takes the next of those it was made with, None for an empty plug."""

    def __init__(self, *devices: FakeDevice | None) -> None:
        self.waiting = list(devices)
        self.asked: list[SourceConfig] = []

    def __call__(self, wanted: SourceConfig) -> FakeDevice | None:
        self.asked.append(wanted)
        return self.waiting.pop(0)


class Webcam:
    """A camera that lives: it shows `scene` with a sensor's noise until it is spoiled.

    `spoil` makes each of its openings do something else, until it is opened for the `heals_at`-th time. Who opens it
    waits for `may_open`; who reads it, until then, for `returns`, and is counted in `held_up` meanwhile.
    """

    def __init__(self, scene: Any, fourcc: str = "MJPG", heals_at: int = 2) -> None:
        self.scene = scene
        self.fourcc = fourcc
        self.heals_at = heals_at
        self.opened = self.released = 0
        self.spoil: Callable[[Any], Any] | None = None
        self.held_up = 0
        self.may_open, self.returns = threading.Event(), threading.Event()
        self.may_open.set()
        self.returns.set()
        self._noise = np.random.default_rng(1)

    def __call__(self, wanted: SourceConfig) -> "Opening":
        self.may_open.wait(_PATIENCE_S)
        self.opened += 1
        return Opening(self, self.opened)

    def picture(self, number: int) -> Any:
        """What the opening with this number sends now; None if nothing comes."""
        spoil = self.spoil if number < self.heals_at else None
        noisy = np.clip(self.scene + self._noise.integers(-2, 3, self.scene.shape), 0, 255).astype(np.uint8)
        return as_sent(noisy, self.fourcc) if spoil is None else spoil(noisy)


class Opening:
    """The camera's own protocol on a `Webcam`."""

    said = ()

    def __init__(self, webcam: Webcam, number: int) -> None:
        self.fourcc = webcam.fourcc
        self._webcam = webcam
        self._number = number

    def grab(self) -> bool:
        webcam = self._webcam
        if self._number < webcam.heals_at and not webcam.returns.is_set():
            webcam.held_up += 1
            webcam.returns.wait(_PATIENCE_S)
            webcam.held_up -= 1
        return True

    def retrieve(self) -> tuple[bool, Any]:
        sent = self._webcam.picture(self._number)
        return sent is not None, sent

    def release(self) -> None:
        self._webcam.released += 1


class FakeCapture:
    """`cv2.VideoCapture` on V4L2: takes the formats it has and the nearest size, and converts unless told not to."""

    def __init__(self, formats: tuple[str, ...], size: tuple[int, int], bgr: Any) -> None:
        self.formats = formats
        self.size = size
        self.bgr = bgr
        self.properties: dict[int, float] = {
            cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*formats[0]),
            cv2.CAP_PROP_CONVERT_RGB: 1,
            cv2.CAP_PROP_FRAME_WIDTH: size[0],
            cv2.CAP_PROP_FRAME_HEIGHT: size[1],
            cv2.CAP_PROP_FPS: 30,
        }
        self.released = False

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803 - OpenCV's own name
        if propId == cv2.CAP_PROP_FOURCC:
            if value not in [cv2.VideoWriter.fourcc(*name) for name in self.formats]:
                return False
        elif propId in {cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT}:
            return True
        self.properties[propId] = value
        return True

    def get(self, propId: int, /) -> float:  # noqa: N803 - OpenCV's own name
        return self.properties.get(propId, -1.0)

    def grab(self) -> bool:
        return True

    def retrieve(self) -> tuple[bool, Any]:
        if self.properties[cv2.CAP_PROP_CONVERT_RGB]:
            return True, self.bgr
        number = int(self.properties[cv2.CAP_PROP_FOURCC])
        return True, as_sent(self.bgr, number.to_bytes(4, "little").decode("ascii"))

    def release(self) -> None:
        self.released = True


def as_sent(bgr: Any, fourcc: str) -> Any:
    """The picture as a camera sends it in this format."""
    if fourcc == "MJPG":
        return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].reshape(1, -1)
    yuv = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV)
    if fourcc == "GREY":
        return yuv[:, :, 0].copy()
    sent = np.zeros((*bgr.shape[:2], 2), np.uint8)
    luma = 0 if fourcc == "YUYV" else 1
    sent[:, :, luma] = yuv[:, :, 0]
    sent[:, 0::2, 1 - luma] = yuv[:, 0::2, 1]
    sent[:, 1::2, 1 - luma] = yuv[:, 0::2, 2]
    return sent
