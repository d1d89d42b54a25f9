"""Finds the bull's eye of an Aztec code in an upright scene and reads the mode message around it."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kiosk.scanning.matrix.aztecplan import AztecPlan, aztec_plan, core_of, mode_messages, mode_of, modes_of_size
from kiosk.scanning.matrix.grid import Homography, Scene, moved_by, refined, soft_modules, turned
from kiosk.scanning.matrix.qrplan import Known
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Floats

_MODULES = (3.9, 4.4, 4.9, 5.4, 6.0, 6.7, 7.5, 8.4, 9.5, 11.0, 13.0)
_ANGLES = (-10, 0, 10)
_NEAR_MODULES = (0.88, 1.0, 1.12)
_NEAR_ANGLES = (-12, -4, 4, 12)
_NEAR_SHEARS = (-0.2, -0.08, 0.08, 0.2)
_NEAR = 3
"""How many modules off the coarse search may be."""
_COARSE, _FINE = 0.6, 0.8
_LEAST_LIKENESS = 0.3
Spot = npt.NDArray[np.float64]
_AROUND = (1, 3, 5, 7)
"""Modules around the core that are looked at in turn: each ring tells better where the next one lies."""
_LEAST_AGREEMENT = 0.6
_COMPACT_CORE = 11
_PART = (180.0, 320.0)
"""The side of a code in a scene, in pixels."""


@dataclass(frozen=True, eq=False)
class Eye:
    """A bull's eye: what kind of code it is of, and where that code's core lies."""

    compact: bool
    place: Homography


@dataclass(frozen=True, eq=False)
class Mode:
    """What the mode message says: the plan, what is known by now, the number of data words, and where the code should lie."""

    plan: AztecPlan
    known: Known
    words: int
    place: Homography


def find_eyes(scene: Scene) -> Iterator[Eye]:
    """Where a full code's bull's eye seems to be, then a compact one's; nothing for what looks like neither."""
    for compact in (False, True):
        likeness, place = _found(scene.even, compact=compact)
        if likeness > _LEAST_LIKENESS:
            core = core_of(compact=compact)[1:-1, 1:-1]
            yield Eye(compact, moved_by(refined(scene.even, place, core, flat=True), -1, -1))


def read_mode(scene: Scene, eye: Eye) -> Mode | None:
    """The mode message that fits best in any of four turns; None if none fits well."""
    core = core_of(compact=eye.compact)
    place, soft, reach = eye.place, np.zeros(0, np.float32), 0
    for around in _AROUND:
        known = np.pad(core[1:-1, 1:-1], around + 1)
        place, reach = moved_by(place, reach - around, reach - around), around
        soft = soft_modules(scene.even, place, known)
        place = refined(scene.even, place, np.where(known != 0, known, soft), flat=True)
    known = np.pad(core[1:-1, 1:-1], reach + 1)
    soft = np.tanh(soft_modules(scene.even, place, known))
    # The patch is a little larger than its code, so the modules' size tells about how many there are.
    module = float(np.sqrt(max(np.linalg.det(place[:2, :2]), 1.0)))
    numbers = modes_of_size(round(_PART[0] / module), round(_PART[1] / module), compact=eye.compact)
    if not len(numbers):
        return None
    best = max(_mode_when_turned(soft, core, quarters, numbers) for quarters in range(4))
    if best[0] < _LEAST_AGREEMENT:
        return None
    layers, words = mode_of(best[1], compact=eye.compact)
    plan = aztec_plan(layers, compact=eye.compact)
    upright = turned(place, len(known), best[2])
    shift = (len(known) - plan.side) / 2
    whole = plan.known.copy()
    whole[plan.mode_at[:, 0], plan.mode_at[:, 1]] = mode_messages(compact=eye.compact)[best[1]]
    return Mode(plan, whole, words, moved_by(upright, shift, shift))


def _mode_when_turned(
    soft: Floats, core: Known, quarters: int, numbers: npt.NDArray[np.intp]
) -> tuple[float, int, int]:
    """How well the best mode message and the marks of orientation agree with what is seen (1 is wholly), and its number."""
    edge, compact = _AROUND[-1], len(core) == _COMPACT_CORE
    seen = np.rot90(soft, quarters)[edge:-edge, edge:-edge]
    marks = core.copy()
    marks[1:-1, 1:-1] = 0
    places = aztec_plan(1 if compact else 4, compact=compact).mode_at
    shift = aztec_plan(1 if compact else 4, compact=compact).side // 2 - len(core) // 2
    bits = seen[places[:, 0] - shift, places[:, 1] - shift]
    scores = mode_messages(compact=compact)[numbers] @ bits
    best = int(scores.argmax())
    size = float(np.abs(bits).sum() + np.abs(seen[marks != 0]).sum()) + 1e-6
    return (float(scores[best]) + float((seen * marks).sum())) / size, int(numbers[best]), quarters


def _found(even: Floats, *, compact: bool) -> tuple[float, Homography]:
    """First coarsely and everywhere, then finely and leaning too, near the best."""
    small = np.asarray(cv2.resize(even, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA), np.float32)
    turns = [_turn(module, angle, 0) for module in _MODULES for angle in _ANGLES]
    _, turn, middle = _best_match(small, _COARSE, turns, compact=compact)
    module = float(np.sqrt(np.linalg.det(turn)))
    reach = module * ((9 if compact else 13) / 2 + _NEAR)
    left, top = (max(0, int(at - reach)) for at in middle)
    right, bottom = (int(at + reach) + 1 for at in middle)
    part = cv2.resize(even[top:bottom, left:right], None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_AREA)
    near = itertools.product(_NEAR_MODULES, _NEAR_ANGLES, _NEAR_SHEARS)
    turns = [_turn(round(module * factor, 1), angle, shear) for factor, angle, shear in near]
    likeness, turn, middle = _best_match(np.asarray(part, np.float32), _FINE, turns, compact=compact)
    place = np.eye(3)
    place[:2, :2] = turn
    place[:2, 2] = middle + np.array([left, top]) - turn @ np.full(2, (9 if compact else 13) / 2)
    return likeness, place


def _best_match(part: Floats, scale: float, turns: Sequence[Spot], *, compact: bool) -> tuple[float, Spot, Spot]:
    """How alike the likeliest place is, how the eye is turned there, and its middle in pixels before scaling."""
    best = (-1.0, turns[0], np.zeros(2))
    for turn in turns:
        module = float(np.sqrt(np.linalg.det(turn))) * scale
        template = _template((turn * scale).tobytes(), compact=compact)
        side = len(template)
        if side >= min(part.shape):
            continue
        # Without what is slower than a ring: the dark code on its light ground is like an eye too, from afar.
        rings = part - cv2.GaussianBlur(part, (0, 0), module)
        _, likeness, _, at = cv2.minMaxLoc(cv2.matchTemplate(rings, template, cv2.TM_CCOEFF_NORMED))
        if likeness > best[0]:
            best = (likeness, turn, (np.array(at) + side / 2) / scale - 0.5)
    return best


def _turn(module: float, angle: float, shear: float) -> Spot:
    """From modules to pixels: turned, and leaning as a square does that is tilted about its diagonal."""
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.asarray(module * np.array([[cosine, sine], [-sine, cosine]]) @ np.array([[1, shear], [shear, 1]]))


@lru_cache(maxsize=256)
def _template(turn: bytes, *, compact: bool) -> Floats:
    rings = core_of(compact=compact)[1:-1, 1:-1]
    fine = 8
    large = np.repeat(np.repeat(-rings.astype(np.float32), fine, 0), fine, 1)
    to_pixels = np.frombuffer(turn).reshape(2, 2)
    side = int(len(rings) * np.sqrt(np.linalg.det(to_pixels)))
    matrix = np.zeros((2, 3))
    matrix[:, :2] = to_pixels / fine
    matrix[:, 2] = side / 2 - 0.5 - matrix[:, :2] @ np.full(2, len(large) / 2 - 0.5)
    soft = cv2.GaussianBlur(large, (0, 0), 0.6 * fine)
    soft = soft - cv2.GaussianBlur(soft, (0, 0), fine)
    seen = cv2.warpAffine(soft, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)
