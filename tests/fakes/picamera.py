"""A Raspberry Pi camera as picamera2 documents it: the same calls in the same order, the same errors."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.uint8]
LENS = {"AfMode": (0, 2, 0), "LensPosition": (0.0, 32.0, 1.0)}
ALWAYS = {
    "AeEnable": (False, True, True),
    "ExposureTime": (0, 66_666, 20_000),
    "FrameDurationLimits": (33_333, 120_000, 0),
}


class FakePicamera:
    """Gives the pictures it was made with (gray), None for one that did not come, an error to raise it."""

    def __init__(
        self, *pictures: Array | Exception | None, controls: Mapping[str, Any] | None = None, stride: int = 64
    ) -> None:
        self.pictures = list(pictures)
        self.camera_controls: dict[str, Any] = {**ALWAYS, **(controls or {})}
        self.set: dict[str, Any] = {}
        self.stride = stride
        self.configured: dict[str, Any] = {}
        self.started = self.closed = False

    def create_video_configuration(self, main: Mapping[str, Any], controls: Mapping[str, Any]) -> dict[str, Any]:
        if any(side % 2 for side in main["size"]):
            raise RuntimeError("width and height should be even")
        return {"main": dict(main), "controls": dict(controls)}

    def configure(self, camera_config: Any) -> None:
        if self.started:
            raise RuntimeError("Camera must be stopped before configuring")
        self.configured = camera_config

    def camera_configuration(self) -> dict[str, Any]:
        return self.configured

    def set_controls(self, controls: Mapping[str, Any]) -> None:
        for name in controls:
            if name not in self.camera_controls:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
        self.set.update(controls)

    def start(self) -> None:
        if not self.configured:
            raise RuntimeError("Camera has not been configured")
        self.started = True

    def capture_array(self, name: str = "main", wait: float | None = None) -> Array:
        if not self.started or name not in self.configured:
            raise RuntimeError(f"Stream {name!r} is not defined")
        picture = self.pictures.pop(0) if self.pictures else None
        if isinstance(picture, Exception):
            raise picture
        if picture is None:
            raise TimeoutError
        return self._in_memory(picture)

    def stop(self) -> None:
        self.started = False

    def close(self) -> None:
        self.closed = True

    def _in_memory(self, picture: Array) -> Array:
        """Rows padded to the stride, the colours gray, below the brightness."""
        height, width = picture.shape
        padded = -(-width // self.stride) * self.stride
        memory = np.full((height * 3 // 2, padded), 128, np.uint8)
        memory[:height, :width] = picture
        return memory
