"""Finds the three finder patterns of a QR code in an upright scene, and from them where the whole code may lie."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kiosk.scanning.matrix.grid import Homography, Scene, sampled
from kiosk.scanning.matrix.qrplan import LARGEST, Plan, plan_of
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Floats, perspective

Spot = npt.NDArray[np.float64]
_MODULES = (4.1, 4.8, 5.5, 6.4, 7.4, 8.5, 9.8, 11.3, 13.0)
_SHRINK = 0.8
_LEAST_LIKENESS = 0.35
_MOST_SPOTS = 8
_MOST_OBLIQUE = 0.35
_MOST_UNEVEN = 1.5
_SIDES = range(21, 18 + 4 * LARGEST, 4)
_ABOUT = (0.72, 1.4)
_LEAST_BEAT = 0.25
_MOST_TRIPLES = 24


@dataclass(frozen=True, eq=False)
class Triple:
    """Three finder patterns: the middle of the one at the corner, of the one to the right, of the one below."""

    likeness: float
    module: float
    corner: Spot
    right: Spot
    below: Spot

    def place(self, side: int, opposite: Spot) -> Homography:
        """Where a code of `side` modules lies whose fourth corner's mark would be at `opposite`."""
        near, far = 3.5, side - 3.5
        modules = np.array([[near, near], [far, near], [far, far], [near, far]], np.float32)
        return perspective(modules, np.array([self.corner, self.right, opposite, self.below], np.float32))

    @property
    def opposite(self) -> Spot:
        """The fourth corner, without perspective."""
        return self.right + self.below - self.corner


def find_codes(scene: Scene, most: int) -> Iterator[tuple[Plan, Homography]]:
    """Where codes may lie: the likeliest triple of finder patterns with a timing pattern between them, then, up to `most`
    in all, those with the clearest timing patterns.
    """
    beats = [(*likely_side(scene, triple), triple) for triple in find_triples(scene)[:_MOST_TRIPLES]]
    clear = [(beat, side, triple) for side, beat, triple in beats if beat > _LEAST_BEAT]
    for _, side, triple in (clear[:1] + sorted(clear[1:], key=lambda one: -one[0]))[:most]:
        yield plan_of(side), _spread_out(scene, plan_of(side), triple)


def find_triples(scene: Scene) -> list[Triple]:
    """All threes of finder patterns that make a corner, the likeliest first."""
    small = np.asarray(cv2.resize(scene.even, None, fx=_SHRINK, fy=_SHRINK, interpolation=cv2.INTER_AREA), np.float32)
    triples: list[Triple] = []
    for module in _MODULES:
        spots = _spots(small, module)
        for three in itertools.combinations(spots, 3):
            triples += _triples(module, three)
    return sorted(triples, key=lambda one: -one.likeness)


def likely_side(scene: Scene, triple: Triple) -> tuple[int, float]:
    """The number of modules whose timing pattern fits best, and how well (1 is wholly)."""
    length = float(np.hypot(*(triple.right - triple.corner)) + np.hypot(*(triple.below - triple.corner))) / 2
    fits = [side for side in _SIDES if _ABOUT[0] < length / (side - 7) / triple.module < _ABOUT[1]]
    beats = [(_beat(sampled(scene.even, triple.place(side, triple.opposite), side)), side) for side in fits]
    beat, side = max(beats, default=(0.0, _SIDES[0]))
    return side, beat


def _beat(seen: Floats) -> float:
    inner = slice(8, len(seen) - 8)
    beat = np.where(np.arange(8, len(seen) - 8) % 2 == 0, -1.0, 1.0)
    line = np.concatenate([seen[6, inner], seen[inner, 6]])
    line = line - line.mean()
    return float(line @ np.concatenate([beat, beat])) / float(np.sqrt((line * line).sum() * len(line)) + 1e-6)


def _spread_out(scene: Scene, plan: Plan, triple: Triple) -> Homography:
    """The fourth corner moved to where the modules near it are the clearest: first coarsely, then finely."""
    best, at = -np.inf, triple.opposite
    for reach, step in ((3.0, 0.75), (0.6, 0.2)):
        centre = at
        for across, down in itertools.product(np.arange(-reach, reach + 0.01, step), repeat=2):
            spot = centre + np.array([across, down]) * triple.module
            clear = _clearness(sampled(scene.sharp, triple.place(plan.side, spot), plan.side), plan)
            if clear > best:
                best, at = clear, spot
    return triple.place(plan.side, at)


def _clearness(seen: Floats, plan: Plan) -> float:
    half, far = plan.side // 2, slice(plan.side - 9, plan.side - 4)
    alignment = 0.0 if plan.version == 1 else -float((seen[far, far] * plan.known[far, far]).mean())
    return float(np.abs(seen[half:, half:]).mean()) + 0.35 * alignment


def _spots(small: Floats, module: float) -> list[tuple[float, Spot]]:
    template = _template(module * _SHRINK)
    side = len(template)
    if side >= min(small.shape):
        return []
    likeness = cv2.matchTemplate(small, template, cv2.TM_CCOEFF_NORMED)
    window = 2 * round(2 * module * _SHRINK) + 1
    peaks = (likeness >= cv2.dilate(likeness, np.ones((window, window)))) & (likeness > _LEAST_LIKENESS)
    found = sorted(((float(likeness[y, x]), x, y) for y, x in np.argwhere(peaks)), reverse=True)[:_MOST_SPOTS]
    return [(like, (np.array([x, y], float) + side / 2) / _SHRINK - 0.5) for like, x, y in found]


def _triples(module: float, three: Sequence[tuple[float, Spot]]) -> Iterator[Triple]:
    likeness = sum(like for like, _ in three)
    for turn in range(3):
        corner, one, other = (three[(turn + step) % 3][1] for step in range(3))
        to_one, to_other = one - corner, other - corner
        lengths = float(np.hypot(*to_one)), float(np.hypot(*to_other))
        if min(lengths) < 12 * module or max(lengths) > 100 * module:
            continue
        oblique = abs(float(to_one @ to_other)) / (lengths[0] * lengths[1])
        uneven = max(lengths) / min(lengths)
        if oblique > _MOST_OBLIQUE or uneven > _MOST_UNEVEN:
            continue
        if to_one[0] * to_other[1] < to_one[1] * to_other[0]:
            one, other = other, one
        yield Triple(likeness - 0.5 * oblique - 0.3 * float(np.log(uneven)), module, corner, one, other)


@lru_cache(maxsize=32)
def _template(module: float) -> Floats:
    ring = np.maximum(*np.abs(np.mgrid[-4:5, -4:5]))
    light = np.where(np.isin(ring, (0, 1, 3)), -1, 1).astype(np.float32)
    large = cv2.GaussianBlur(np.repeat(np.repeat(light, 8, 0), 8, 1), (0, 0), 4)
    side = max(9, round(9 * module))
    return np.asarray(cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA), np.float32)
