"""The grid of a matrix code in a picture: where its modules lie, and how dark each is behind blur, noise and glare.

A `Homography` takes module coordinates (0 at the code's upper left corner, one module a unit) to pixels of a `Scene`.
Soft values are (side, side), above 0 for dark.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.scanning.finder import Patch
from kiosk.scanning.matrix.qrplan import Known
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Floats, Gray, mapped, perspective

Homography = npt.NDArray[np.float64]
_SIDE = 300.0
_MARGIN = 0.08
_WINDOW = 75
_LEAST_SPREAD = 4.0
_QUIET = 4
_FINE = 2
_NEAR = range(-2, 4)
_SLOPE = 3.0
_KNOWN_WEIGHT = 1.5
_RIDGE = 0.3
_LINEAR_ROUNDS, _FEEDBACK_ROUNDS = 3, 6
_REACH = 2
_PER_MODULE = 4
_NOTHING = np.zeros((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class Scene:
    """A patch brought upright, its light evened out: `even` for measuring, `sharp` for finding; `back` leads to the frame."""

    even: Floats
    sharp: Floats
    back: Homography


def scene_of(gray: Gray, patch: Patch) -> Scene:
    """The patch at about 300 pixels a side, each place brought to the same mean and spread."""
    corners = patch.corners
    wide = float(np.hypot(*(corners[1] - corners[0])))
    tall = float(np.hypot(*(corners[2] - corners[1])))
    factor = _SIDE / float(np.sqrt(wide * tall))
    margin = _MARGIN * _SIDE
    width, height = wide * factor, tall * factor
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32) + np.float32(margin)
    matrix = perspective(corners, target)
    source = gray if factor > 1 else cv2.GaussianBlur(gray, (0, 0), 0.4 / factor)
    size = (round(width + 2 * margin), round(height + 2 * margin))
    crop = cv2.warpPerspective(source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    even, soft = _evened(crop, 0.8), _evened(crop, 1.2)
    sharp = soft + 1.5 * (soft - cv2.GaussianBlur(soft, (0, 0), 3))
    return Scene(even, np.asarray(sharp, np.float32), np.asarray(np.linalg.inv(matrix), dtype=np.float64))


def _evened(crop: npt.NDArray[np.generic], sigma: float) -> Floats:
    soft = cv2.GaussianBlur(crop.astype(np.float32), (0, 0), sigma)
    box = (_WINDOW, _WINDOW)
    mean = cv2.blur(soft, box)
    spread = np.sqrt(np.maximum(cv2.blur(soft * soft, box) - mean * mean, _LEAST_SPREAD**2))
    return np.asarray((soft - mean) / spread, dtype=np.float32)


def sampled(picture: Floats, place: Homography, side: int, fine: int = 1, quiet: int = 0) -> Floats:
    """The picture at the middle of each module, or of each of `fine` × `fine` parts of it, with `quiet` modules around."""
    steps = (np.arange((side + 2 * quiet) * fine) + 0.5) / fine - quiet
    across, down = np.meshgrid(steps, steps)
    flat = np.stack([across, down, np.ones_like(across)], -1) @ place.T
    at = (flat[..., :2] / flat[..., 2:]).astype(np.float32)
    seen = cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.float32)


def soft_modules(picture: Floats, place: Homography, known: Known) -> Floats:
    """How dark each module is, by an equaliser that learns the blur from what is known, then from what it decided itself.

    First a linear one from the light around a module; then the decisions on its neighbours are taken into account too,
    which takes the shadow that they throw off it.
    """
    side = len(known)
    fine = sampled(picture, place, side, _FINE, _QUIET)
    first = _QUIET * _FINE
    last = side * _FINE
    around = [
        fine[first + y : first + y + last : _FINE, first + x : first + x + last : _FINE] for y in _NEAR for x in _NEAR
    ]
    light = np.stack([*(one.ravel() for one in around), np.ones(side * side, np.float32)], 1)
    middle = -cv2.resize(fine[first : first + last, first : first + last], (side, side), interpolation=cv2.INTER_AREA)
    soft = 2 * middle - cv2.GaussianBlur(middle, (0, 0), 1)
    for _ in range(_LINEAR_ROUNDS):
        soft = _learned(light, _belief(soft, known), known)
    for _ in range(_FEEDBACK_ROUNDS):
        belief = _belief(soft, known)
        again = _learned(np.concatenate([light, _neighbours(belief)], 1), belief, known)
        soft = (soft + again) / 2
    return soft


def _belief(soft: Floats, known: Known) -> Floats:
    guess = np.tanh(_SLOPE * soft / (float(np.abs(soft).mean()) + 1e-6))
    return np.asarray(np.where(known != 0, known, guess), dtype=np.float32)


def _learned(light: Floats, belief: Floats, known: Known) -> Floats:
    """The values that a linear mixture of `light`, fitted to `belief`, gives; their mean size is 1."""
    weight = np.where(known.ravel() != 0, _KNOWN_WEIGHT, 1).astype(np.float32)[:, None]
    weighted = np.asarray(light * weight, np.float32)
    # OpenCV's product stays on this thread (kiosk.scanning.opencv); NumPy's takes every core, and waits for busy ones.
    square = np.asarray(cv2.gemm(weighted, light, 1, _NOTHING, 0, flags=cv2.GEMM_1_T), np.float32)
    square[np.diag_indices_from(square)] += _RIDGE * len(light) / light.shape[1]
    wanted = cv2.gemm(weighted, belief.reshape(-1, 1), 1, _NOTHING, 0, flags=cv2.GEMM_1_T)
    mixture = cv2.solve(square, wanted, flags=cv2.DECOMP_CHOLESKY)[1]
    seen = cv2.gemm(light, mixture, 1, _NOTHING, 0)
    return np.asarray((seen / (np.abs(seen).mean() + 1e-6)).reshape(belief.shape), dtype=np.float32)


def _neighbours(belief: Floats) -> Floats:
    side = len(belief)
    wide = np.pad(belief, _REACH, constant_values=-1)
    steps = range(2 * _REACH + 1)
    middle = (_REACH, _REACH)
    shifted = [wide[y : y + side, x : x + side].ravel() for y in steps for x in steps if (y, x) != middle]
    return np.stack(shifted, 1)


def refined(
    picture: Floats, place: Homography, dark: Floats | Known, *, flat: bool = False, part: bool = False
) -> Homography:
    """`place` moved to where a drawing of `dark` fits the picture best; as it was if nothing fits."""
    return fit(picture, place, dark, flat=flat, part=part)[1]


def fit(
    picture: Floats, place: Homography, dark: Floats | Known, *, flat: bool = False, part: bool = False
) -> tuple[float, Homography]:
    """How well a drawing of `dark` (above 0 for dark) fits the picture at best (1 is wholly), and where that is.

    `flat` leaves the perspective alone, which a few modules can't tell. Around a `part` of a code more modules follow,
    nobody knows which; around a whole one it is light.
    """
    drawn = np.pad(-np.tanh(2 * dark.astype(np.float32)), 1, constant_values=0 if part else 1)
    large = np.repeat(np.repeat(drawn, _PER_MODULE, 0), _PER_MODULE, 1)
    large = np.asarray(cv2.GaussianBlur(large, (0, 0), 0.45 * _PER_MODULE), dtype=np.float32)
    half = 0.5 / _PER_MODULE - 1
    to_modules = np.array([[1 / _PER_MODULE, 0, half], [0, 1 / _PER_MODULE, half], [0, 0, 1]])
    start = place @ to_modules
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 1e-4)
    first = (start / start[2, 2]).astype(np.float32)
    everywhere = np.ones(picture.shape, np.uint8)
    kind = cv2.MOTION_AFFINE if flat else cv2.MOTION_HOMOGRAPHY
    try:
        likeness, moved = cv2.findTransformECC(large, picture, first[:2] if flat else first, kind, stop, everywhere, 1)
    except cv2.error:
        return -1.0, place
    if flat:
        moved = np.vstack([moved, [0, 0, 1]])
    return likeness, np.asarray(moved.astype(np.float64) @ np.linalg.inv(to_modules), dtype=np.float64)


def moved_by(place: Homography, across: float, down: float) -> Homography:
    """`place` for coordinates that count from another module."""
    return np.asarray(place @ np.array([[1.0, 0, across], [0, 1, down], [0, 0, 1]]))


def turned(place: Homography, side: int, quarters: int) -> Homography:
    """`place` for a code of `side` modules that is seen turned by so many quarters."""
    for _ in range(quarters % 4):
        place = place @ np.array([[0.0, -1, side], [1, 0, 0], [0, 0, 1]])
    return place


def outline(scene: Scene, place: Homography, side: int) -> tuple[tuple[float, float], ...]:
    """The code's four corners in pixels of the frame."""
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    return tuple((float(x), float(y)) for x, y in mapped(corners, scene.back @ place))
