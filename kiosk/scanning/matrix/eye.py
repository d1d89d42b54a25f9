"""Finds the bull's eye of an Aztec code in an upright scene and reads the mode message around it."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kiosk.scanning.matrix.aztecplan import (
    AztecPlan,
    aztec_plan,
    core_of,
    mode_messages,
    mode_of,
    modes_of_size,
    put_reference_grid,
)
from kiosk.scanning.matrix.grid import Homography, Scene, fit, moved_by, refined, soft_modules, turned
from kiosk.scanning.matrix.qrplan import Known
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Floats

_MODULES = (4.1, 4.7, 5.4, 6.2, 7.1, 8.2, 9.5, 11.0, 13.0)
_ANGLES = (-10, 0, 10)
_STRETCHES = (0.82, 1.0, 1.22)
_NEAR_MODULES = (0.92, 1.0, 1.08)
_NEAR_ANGLES = (-8, 0, 8)
_NEAR_SHEARS = (-0.14, 0.0, 0.14)
_NEAR_STRETCHES = (0.85, 0.92, 1.0, 1.08, 1.18)
_RING_PX = 8
_NEAR = 3
"""How many modules off the coarse search may be."""
_COARSE, _FINE = 0.6, 0.8
_MOST_GUESSES = 6
_ASIDE = 0.4
"""How much less an eye at the edge is believed than one in the middle of the patch."""
_LEAST_LIKENESS = 0.3
_ASIDE_LARGER, _SURELY = 1.08, 0.02
"""How much larger the modules are then than they seemed one ring aside, and by how much it must fit better to count."""
Spot = npt.NDArray[np.float64]
_AROUND = (1, 3, 5, 7)
"""Modules around the core that are looked at in turn: each ring tells better where the next one lies."""
_LEAST_AGREEMENT = 0.6
_COMPACT_CORE = 11
_PART = (140.0, 330.0)
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


@dataclass(frozen=True, eq=False)
class _Match:
    likeness: float
    turn: Spot
    middle: Spot


def find_eyes(scene: Scene) -> Iterator[Eye]:
    """Where a full code's bull's eye seems to be, then a compact one's; nothing for what looks like neither."""
    found: list[tuple[float, Homography]] = []
    for compact in (True, False):
        core = core_of(compact=compact)[1:-1, 1:-1]
        # The smaller one, which has been looked for first, is part of the larger one.
        guesses = _guesses(scene.even, compact=compact) + [moved_by(place, -2, -2) for _, place in found]
        fits = [fit(scene.even, place, core, flat=True, part=True) for place in guesses]
        best = max(fits, key=lambda one: one[0], default=(-1.0, np.eye(3)))
        found.append(_not_aside(scene.even, best, core))
    for compact, (likeness, place) in zip((False, True), reversed(found), strict=True):
        if likeness > _LEAST_LIKENESS:
            yield Eye(compact, moved_by(place, -1, -1))


def _not_aside(even: Floats, found: tuple[float, Homography], core: Known) -> tuple[float, Homography]:
    """The same, or what surely fits better a module further: light and dark rings also fit each other one ring aside."""
    likeness, place = found
    if likeness < _LEAST_LIKENESS:
        return found
    half = len(core) / 2
    larger = moved_by(place, half, half) @ np.diag([_ASIDE_LARGER, _ASIDE_LARGER, 1.0])
    steps = [step for step in itertools.product((-1, 0, 1), repeat=2) if any(step)]
    around = [moved_by(larger, across - half, down - half) for across, down in steps]
    best = max((fit(even, one, core, flat=True, part=True) for one in around), key=lambda one: one[0])
    return best if best[0] > likeness + _SURELY else found


def read_mode(scene: Scene, eye: Eye) -> Mode | None:
    """The mode message that fits best in any of four turns; None if none fits well."""
    core = core_of(compact=eye.compact)
    place, soft, reach = eye.place, np.zeros(0, np.float32), 0
    for around in _AROUND:
        known = _known_around(core, around)
        place, reach = moved_by(place, reach - around, reach - around), around
        soft = soft_modules(scene.even, place, known)
        place = refined(scene.even, place, np.where(known != 0, known, soft), flat=True, part=True)
    known = _known_around(core, reach)
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


def _known_around(core: Known, around: int) -> Known:
    """What is known before it is known how the code is turned: the rings, and the reference grid of a full code."""
    known = np.zeros((len(core) + 2 * around,) * 2, np.int8)
    if len(core) != _COMPACT_CORE:
        put_reference_grid(known)
    edge = around + 1
    known[edge:-edge, edge:-edge] = core[1:-1, 1:-1]
    return known


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


def _guesses(even: Floats, *, compact: bool) -> list[Homography]:
    """First coarsely and everywhere, then finely near the likeliest place."""
    small = np.asarray(cv2.resize(even, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA), np.float32)
    turns = [_turn(*one, 0) for one in itertools.product(_MODULES, _ANGLES, _STRETCHES)]
    half = (9 if compact else 13) / 2
    first = max(_matches(small, _COARSE, turns, compact=compact), key=lambda one: one.likeness, default=None)
    if first is None:
        return []
    reach = float(np.sqrt(np.linalg.det(first.turn))) * (half + _NEAR)
    left, top = (max(0, int(at - reach)) for at in first.middle)
    right, bottom = (int(at + reach) + 1 for at in first.middle)
    part = cv2.resize(even[top:bottom, left:right], None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_AREA)
    near = itertools.product(_NEAR_MODULES, _NEAR_ANGLES, _NEAR_STRETCHES, _NEAR_SHEARS)
    turns = [first.turn @ _turn(*one) for one in near]
    matches = sorted(
        _matches(np.asarray(part, np.float32), _FINE, turns, compact=compact), key=lambda one: -one.likeness
    )
    places = []
    for match in matches[:_MOST_GUESSES]:
        place = np.eye(3)
        place[:2, :2] = match.turn
        place[:2, 2] = match.middle + np.array([left, top]) - match.turn @ np.full(2, half)
        places.append(place)
    return places


def _matches(part: Floats, scale: float, turns: Sequence[Spot], *, compact: bool) -> Iterator[_Match]:
    """For each way to turn an eye the likeliest place, in pixels before scaling."""
    centre = np.array(part.shape[::-1]) / 2
    without_slow: dict[float, Floats] = {}
    for turn in turns:
        template = _template(turn * scale, compact=compact)
        side = len(template)
        if side >= min(part.shape):
            continue
        # Without what is slower than a ring: the dark code on its light ground is like an eye too, from afar.
        module = round(float(np.sqrt(np.linalg.det(turn))) * scale, 1)
        if module not in without_slow:
            without_slow[module] = part - np.asarray(cv2.GaussianBlur(part, (0, 0), module), np.float32)
        likenesses = cv2.matchTemplate(without_slow[module], template, cv2.TM_CCOEFF_NORMED)
        _, likeness, _, at = cv2.minMaxLoc(likenesses)
        middle = np.array(at) + side / 2
        aside = float(np.hypot(*((middle - centre) / centre)))
        yield _Match(likeness - _ASIDE * aside**2, turn, middle / scale - 0.5)


def _turn(module: float, angle: float, stretch: float, shear: float) -> Spot:
    """From modules to pixels: turned, and stretched and leaning as a tilted square is."""
    cosine, sine, wide = np.cos(np.radians(angle)), np.sin(np.radians(angle)), np.sqrt(stretch)
    lean = np.array([[wide, shear], [shear, 1 / wide]])
    return np.asarray(module * np.array([[cosine, sine], [-sine, cosine]]) @ lean)


def _template(to_pixels: Spot, *, compact: bool) -> Floats:
    rings = _rings(compact=compact)
    modules = len(rings) / _RING_PX
    side = int(modules * np.sqrt(np.linalg.det(to_pixels)))
    matrix = np.zeros((2, 3))
    matrix[:, :2] = to_pixels / _RING_PX
    matrix[:, 2] = side / 2 - 0.5 - matrix[:, :2] @ np.full(2, len(rings) / 2 - 0.5)
    seen = cv2.warpAffine(rings, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)


@lru_cache(maxsize=2)
def _rings(*, compact: bool) -> Floats:
    """The rings of an eye, large and soft, without what is slower than a ring."""
    rings = -core_of(compact=compact)[1:-1, 1:-1].astype(np.float32)
    large = np.repeat(np.repeat(rings, _RING_PX, 0), _RING_PX, 1)
    soft = cv2.GaussianBlur(large, (0, 0), 0.6 * _RING_PX)
    return np.asarray(soft - cv2.GaussianBlur(soft, (0, 0), _RING_PX), np.float32)
