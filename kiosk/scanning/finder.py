"""Finds where in a picture something code-like may be: a compact patch full of fine light and dark."""

from dataclasses import dataclass

import numpy as np

from kiosk.scanning.found import Corners
from kiosk.scanning.opencv import MatLike, cv2
from kiosk.scanning.picture import Floats, Gray, Points, shrunk, smooth

_WORK_WIDTH = 640
_CELL = 4
_OPENING = 5
_REGROWTH = 5
_LEAST_STD = 2.5
_ABOVE_NOISE = 1.25
_PART_OF_PEAK = 0.42
_LEAST_CELLS = 6
_LEAST_SIDE = 24.0
_MOST_OBLONG = 6.0
_LEAST_FILL = 0.55
_MOST_PATCHES = 3
_CERTAIN = 255.0


@dataclass(frozen=True, eq=False)
class Patch:
    """One code-like place: its four corners in pixels of the picture (clockwise), and how strong its texture is."""

    corners: Points
    strength: float

    @property
    def side(self) -> float:
        """The mean length of its sides in pixels."""
        steps = np.roll(self.corners, -1, axis=0) - self.corners
        return float(np.hypot(steps[:, 0], steps[:, 1]).mean())


def find_patches(gray: Gray) -> tuple[Patch, ...]:
    """The code-like places, the most likely first; none in a plain picture. Costs less than a decoder's pass."""
    scale = max(1.0, gray.shape[1] / _WORK_WIDTH)
    core = _texture(shrunk(gray, _WORK_WIDTH) if scale > 1 else gray)
    peak = float(core.max())
    floor = _LEAST_STD + _ABOVE_NOISE * float(np.median(core))
    if peak < floor:
        return ()
    mask = (core > max(floor, peak * _PART_OF_PEAK)).astype(np.uint8)
    grown = cv2.dilate(mask, np.ones((_REGROWTH, _REGROWTH)))
    contours, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    patches = [_patch(contour, core, scale) for contour in contours]
    return tuple(sorted((p for p in patches if p), key=lambda p: -p.strength * p.side)[:_MOST_PATCHES])


def patch_at(corners: Corners) -> Patch | None:
    """The patch of a code that a decoder found but could not read; None for corners that no code can have."""
    points = np.array(corners, dtype=np.float32)
    patch = Patch(points, _CERTAIN)
    if len(points) != 4 or not cv2.isContourConvex(points) or patch.side < _LEAST_SIDE:  # noqa: PLR2004 - four corners
        return None
    return patch


def _texture(small: Gray) -> Floats:
    """Local contrast in cells of 4 × 4, eroded: an edge or a line of print is thin and vanishes, a field of modules stays."""
    soft = smooth(small, 0.8).astype(np.float32)
    cells = (max(1, small.shape[1] // _CELL), max(1, small.shape[0] // _CELL))
    mean = cv2.blur(cv2.resize(soft, cells, interpolation=cv2.INTER_AREA), (3, 3))
    square = cv2.blur(cv2.resize(soft * soft, cells, interpolation=cv2.INTER_AREA), (3, 3))
    contrast = np.sqrt(np.maximum(square - mean * mean, 0))
    return np.asarray(cv2.erode(contrast, np.ones((_OPENING, _OPENING))), dtype=np.float32)


def _patch(contour: MatLike, core: Floats, scale: float) -> Patch | None:
    (x, y), (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < _LEAST_CELLS or max(width, height) > _MOST_OBLONG * min(width, height):
        return None
    if cv2.contourArea(contour) < _LEAST_FILL * width * height:
        return None
    # The contour runs through the middles of cells: half a cell more on each side, and the middle half a cell on.
    corners = cv2.boxPoints(((x + 0.5, y + 0.5), (width + 1, height + 1), angle))
    row, column = min(round(y), core.shape[0] - 1), min(round(x), core.shape[1] - 1)
    return Patch(np.asarray(corners * (_CELL * scale), dtype=np.float32), float(core[row, column]))
