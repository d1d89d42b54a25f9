"""The pixels that a camera sends: their brightness for the decoders at once, their colours only when somebody looks.

`raw` is what the driver gave, `fourcc` the name of its format as V4L2 writes it: MJPG (one JPEG file), YUYV and UYVY
(height, width, 2), GREY (height, width), YU12 and NV12 (height · 3/2, width); anything else is BGR or gray already.
"""

import numpy as np
import numpy.typing as npt

from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Bgr, Gray, bgr_of, gray_of, u8

Raw = npt.NDArray[np.uint8]
_JPEG = frozenset({"MJPG", "JPEG"})
_START = b"\xff\xd8"
_LUMA_AT = {"YUYV": 0, "YUY2": 0, "UYVY": 1}
_PLANAR = frozenset({"YU12", "YV12", "I420", "NV12", "NV21"})
_TO_BGR = {
    "YUYV": cv2.COLOR_YUV2BGR_YUY2,
    "YUY2": cv2.COLOR_YUV2BGR_YUY2,
    "UYVY": cv2.COLOR_YUV2BGR_UYVY,
    "YU12": cv2.COLOR_YUV2BGR_I420,
    "I420": cv2.COLOR_YUV2BGR_I420,
    "YV12": cv2.COLOR_YUV2BGR_YV12,
    "NV12": cv2.COLOR_YUV2BGR_NV12,
    "NV21": cv2.COLOR_YUV2BGR_NV21,
}


def brightness(raw: Raw, fourcc: str) -> Gray | None:
    """The Y plane, taken out and not computed, or the JPEG decoded to gray; None for what is no whole picture."""
    if not raw.size:
        return None
    if fourcc in _JPEG:
        return _jpeg(raw, cv2.IMREAD_GRAYSCALE)
    if fourcc in _LUMA_AT:
        return u8(cv2.extractChannel(raw, _LUMA_AT[fourcc])) if raw.ndim == 3 and raw.shape[2] == 2 else None  # noqa: PLR2004 - shape
    if fourcc in _PLANAR:
        return raw[: raw.shape[0] * 2 // 3] if raw.ndim == 2 else None  # noqa: PLR2004 - dimensions
    return gray_of(raw)


def colours(raw: Raw, fourcc: str) -> Bgr | None:
    """The picture in colour, a JPEG at half its size; None where there is no colour or no whole picture."""
    if fourcc in _JPEG:
        return _jpeg(raw, cv2.IMREAD_REDUCED_COLOR_2)
    if fourcc in _TO_BGR:
        return u8(cv2.cvtColor(raw, _TO_BGR[fourcc]))
    return raw if raw.ndim == 3 else bgr_of(raw)  # noqa: PLR2004 - dimensions


def _jpeg(raw: Raw, how: int) -> npt.NDArray[np.uint8] | None:
    data = raw.reshape(-1)
    if data[:2].tobytes() != _START:
        return None
    try:
        picture = cv2.imdecode(data, how)
    except cv2.error:
        return None
    return None if picture is None else u8(np.asarray(picture))
