"""Typed operations on pictures: what we use of OpenCV.

`Gray` is (height, width) uint8, `Bgr` (height, width, 3) uint8; `Points` are (n, 2) float32 as x, y in pixels. Like
`kiosk.scanning.opencv`, it is imported on the workers' threads only.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kiosk.scanning.opencv import cv2

Gray = npt.NDArray[np.uint8]
Bgr = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float32]
_AROUND = 128
_MARK = (60, 200, 0)


def u8(values: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """The same picture, typed; floats are clipped to 0–255 and cut to whole numbers."""
    array = np.asarray(values)
    return (array if array.dtype == np.uint8 else np.clip(array, 0, 255)).astype(np.uint8, copy=False)


def gray_of(bgr: Bgr) -> Gray:
    """The brightness of a colour picture; a gray one comes back as it is."""
    return bgr if bgr.ndim == 2 else u8(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))  # noqa: PLR2004 - dimensions


def bgr_of(gray: Gray) -> Bgr:
    """A gray picture as a colour one."""
    return u8(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR))


def shrunk(picture: Gray, width: int) -> Gray:
    """The picture at `width` pixels (height in proportion), each pixel the mean of those it stands for."""
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return u8(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))


def smooth(picture: Gray, sigma: float) -> Gray:
    """Gaussian blur; `sigma` in pixels, 0 for none."""
    return picture if sigma <= 0 else u8(cv2.GaussianBlur(picture, (0, 0), sigma))


def box_blur(picture: Gray, side: int) -> Gray:
    """Mean of a square of `side` pixels."""
    return u8(cv2.blur(picture, (side, side)))


def perspective(source: Points, target: Points) -> npt.NDArray[np.float64]:
    """The 3 × 3 matrix that takes four points to four points."""
    return np.asarray(
        cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32)), dtype=np.float64
    )


def warped(picture: Gray, matrix: npt.NDArray[np.float64], size: tuple[int, int]) -> Gray:
    """`picture` seen through `matrix` in a picture of `size` (width, height); outside it is the nearest edge."""
    return u8(cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def mapped(points: Points, matrix: npt.NDArray[np.float64]) -> Points:
    """`points` taken through `matrix`."""
    moved = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float32), matrix)
    return np.asarray(moved, dtype=np.float32).reshape(-1, 2)


def decoded_picture(data: bytes) -> Bgr | None:
    """A picture file's bytes as BGR (transparent parts on white), or None for what is no picture."""
    if not data:
        return None
    try:
        array = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    return None if array is None else _on_white(np.asarray(array))


def _on_white(array: npt.NDArray[np.generic]) -> Bgr:
    if array.dtype == np.uint16:
        array = array.astype(np.float32) / 257
    picture = u8(array)
    if picture.ndim == 2 or picture.shape[2] == 1:  # noqa: PLR2004 - dimensions
        return bgr_of(picture)
    if picture.shape[2] == 3:  # noqa: PLR2004 - channels
        return picture
    alpha = picture[:, :, 3:].astype(np.float32) / 255
    return u8(picture[:, :, :3] * alpha + 255 * (1 - alpha))


def encoded_png(picture: Bgr) -> bytes:
    """The picture as a PNG file's bytes."""
    return cv2.imencode(".png", picture)[1].tobytes()


def as_jpeg(picture: Bgr, quality: int) -> Bgr:
    """The picture after it went through a JPEG of `quality` (0–100), as a webcam's stream does."""
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return u8(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)))


def read_picture(path: Path) -> Bgr | None:
    """The picture in the file, or None if it is none. Raises `OSError` if the file can't be read."""
    return decoded_picture(path.read_bytes())


def fitted(picture: Bgr, size: tuple[int, int]) -> Bgr:
    """The picture, gray or in colour, as large as it fits a frame of `size` (width, height), on gray in its middle."""
    height, width = picture.shape[:2]
    factor = min(size[0] / width, size[1] / height)
    inner = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    frame = np.full((size[1], size[0], *picture.shape[2:]), _AROUND, np.uint8)
    frame[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner, interpolation=way)
    return frame


def outlined(picture: Bgr, corners: Sequence[tuple[float, float]]) -> Bgr:
    """A copy of the picture with a line drawn through the corners, and a dot at the first."""
    drawn = picture.copy()
    if corners:
        points = np.rint(np.array(corners)).astype(np.int32)
        thick = max(2, picture.shape[1] // 400)
        cv2.polylines(drawn, [points], isClosed=True, color=_MARK, thickness=thick, lineType=cv2.LINE_AA)
        first = (int(points[0, 0]), int(points[0, 1]))
        cv2.circle(drawn, first, 3 * thick, _MARK, cv2.FILLED, cv2.LINE_AA)
    return drawn


def write_picture(path: Path, picture: Bgr) -> None:
    """Save the picture as the kind that the file's ending says. Raises `OSError`, or `ValueError` for an unknown ending."""
    try:
        data = cv2.imencode(path.suffix or ".png", picture)[1].tobytes()
    except cv2.error as error:
        msg = f"pictures can't be saved as {path.suffix!r}: end the name in .png or .jpg"
        raise ValueError(msg) from error
    path.write_bytes(data)


def warped_mask(mask: Gray, matrix: npt.NDArray[np.float64], size: tuple[int, int]) -> Gray:
    """`mask` seen through `matrix`; outside it is 0."""
    return u8(cv2.warpPerspective(mask, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def resampled(picture: Gray, factor: float) -> Gray:
    """The picture `factor` times as large with its edges kept sharp."""
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST
    return u8(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=way))


def added(frame: Bgr, levels: Floats) -> Bgr:
    """`frame` with `levels` (height, width) added to each channel, kept within 0–255."""
    whole = np.rint(levels).astype(np.int16)
    return u8(cv2.add(frame, cv2.merge([whole, whole, whole]), dtype=cv2.CV_8U))


def moved(frame: Bgr, length: float, angle: float) -> Bgr:
    """The blur of a hand that moves by `length` pixels at `angle` degrees while the shutter is open."""
    if length < 1:
        return frame
    side = int(np.ceil(length)) // 2 * 2 + 3
    middle = side // 2
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    kernel = np.zeros((side, side), np.float32)
    for at in np.linspace(-length / 2, length / 2, 4 * side):
        x, y = np.rint(along * at).astype(int) + middle
        kernel[y, x] += 1
    return u8(cv2.filter2D(frame, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))
