"""Finds where in a picture something code-like may be: a compact patch whose brightness changes in every direction."""

from dataclasses import dataclass, replace

import numpy as np

from kiosk.scanning.found import Corners
from kiosk.scanning.opencv import MatLike, cv2
from kiosk.scanning.picture import Floats, Gray, Points, shrunk, smooth

_WORK_WIDTH = 640
_CELL = 4
_OPENING = 5
_WINDOW = 3
_ABOVE_NOISE = 2.5
_LEAST_SLOPE, _MOST_SLOPE = 14.0, 60.0
_LEAST_TEXTURE, _LEAST_BARS = 0.075, 0.22
_LEAST_CELLS = 3.0
_LEAST_SIDE = 24.0
_MOST_OBLONG = 6.0
_STACKED, _WITH_ENDS = 1.3, 1.35
_MOST_PATCHES = 3
_STRENGTH = 100.0
_CERTAIN = 255.0


@dataclass(frozen=True, eq=False)
class Patch:
    """One code-like place: its four corners in pixels of the picture (clockwise), and how strong its texture is.

    `textured` is false for a place that was not found by its texture, but by bars or by a decoder.
    """

    corners: Points
    strength: float
    textured: bool = True

    @property
    def side(self) -> float:
        """The mean length of its sides in pixels."""
        steps = np.roll(self.corners, -1, axis=0) - self.corners
        return float(np.hypot(steps[:, 0], steps[:, 1]).mean())

    @property
    def oblongness(self) -> float:
        """The longer two of its sides by the shorter two."""
        steps = np.hypot(*(np.roll(self.corners, -1, axis=0) - self.corners).T)
        one, other = float(steps[0] + steps[2]), float(steps[1] + steps[3])
        return max(one, other) / max(min(one, other), 1.0)


def find_patches(gray: Gray) -> tuple[Patch, ...]:
    """The code-like places, the most likely first; none in a plain picture. Costs about as much as a decoder's pass."""
    scale, small = _work_picture(gray)
    return _patches(_texture(small)[0], _LEAST_TEXTURE, scale)


def find_bars(gray: Gray) -> tuple[Patch, ...]:
    """The places that change in one direction only and often, as bars do, the most likely first."""
    scale, small = _work_picture(gray)
    found = _patches(_texture(small)[1], _LEAST_BARS, scale)
    return tuple(replace(patch, textured=False) for patch in found)


def _work_picture(gray: Gray) -> tuple[float, Gray]:
    scale = max(1.0, gray.shape[1] / _WORK_WIDTH)
    return scale, shrunk(gray, _WORK_WIDTH) if scale > 1 else gray


def _patches(texture: Floats, least: float, scale: float) -> tuple[Patch, ...]:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_OPENING, _OPENING))
    mask = cv2.morphologyEx((texture > least).astype(np.uint8), cv2.MORPH_OPEN, disc)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    patches = [_patch(contour, texture, scale) for contour in contours]
    return tuple(sorted((p for p in patches if p), key=lambda p: -p.strength * p.side**2)[:_MOST_PATCHES])


def patch_at(corners: Corners) -> Patch | None:
    """The patch of a code that a decoder found but could not read; None for corners that no code can have."""
    points = np.array(corners, dtype=np.float32)
    patch = Patch(points, _CERTAIN, textured=False)
    if len(points) != 4 or not cv2.isContourConvex(points) or patch.side < _LEAST_SIDE:  # noqa: PLR2004 - four corners
        return None
    return patch


def _texture(small: Gray) -> tuple[Floats, Floats]:
    """How much the brightness changes across the direction of its greatest change, in cells of 4 × 4, from 0 to 0.5, and
    how much more it does along that direction.

    An edge, however steep, changes in one direction only; a field of modules in all. Steepness counts only up to a bound
    a little above the noise, so a dim code beside a bright lamp is as good as any.
    """
    soft = smooth(small, 1.0)
    across, down = (one.astype(np.float32) for one in cv2.spatialGradient(soft))
    steep = cv2.magnitude(across, down)
    bound = min(max(_ABOVE_NOISE * float(np.median(steep[::4, ::4])), _LEAST_SLOPE), _MOST_SLOPE)
    share = 1 / (steep + np.float32(bound))
    across *= share
    down *= share
    cells = (max(1, small.shape[1] // _CELL), max(1, small.shape[0] // _CELL))
    window = (_WINDOW, _WINDOW)
    products = (across * across, down * down, across * down)
    xx, yy, xy = (cv2.blur(cv2.resize(one, cells, interpolation=cv2.INTER_AREA), window) for one in products)
    apart = cv2.magnitude((xx - yy) / 2, xy)
    return np.asarray((xx + yy) / 2 - apart, dtype=np.float32), np.asarray(apart, dtype=np.float32)


def _patch(contour: MatLike, texture: Floats, scale: float) -> Patch | None:
    (x, y), (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < _LEAST_CELLS or max(width, height) > _MOST_OBLONG * min(width, height):
        return None
    # Both ends of a stacked code are bars only, which change in one direction.
    if width > _STACKED * height:
        width *= _WITH_ENDS
    elif height > _STACKED * width:
        height *= _WITH_ENDS
    # The contour runs through the middles of cells: half a cell more on each side, and the middle half a cell on.
    corners = cv2.boxPoints(((x + 0.5, y + 0.5), (width + 1, height + 1), angle))
    left, top, wide, tall = cv2.boundingRect(contour)
    inside = np.zeros((tall, wide), np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    mean = float(texture[top : top + tall, left : left + wide][inside > 0].mean())
    return Patch(np.asarray(corners * (_CELL * scale), dtype=np.float32), _STRENGTH * mean)
