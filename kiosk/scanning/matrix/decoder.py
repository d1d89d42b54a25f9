"""Reads one QR or Aztec code in a patch by its grid: finds it, equalises it, settles it, and has zxing-cpp read it out."""

from collections.abc import Callable

import numpy as np

from kiosk.model.code import Symbology
from kiosk.scanning import zxing
from kiosk.scanning.finder import Patch
from kiosk.scanning.found import Found
from kiosk.scanning.matrix.aztecsettle import settle_aztec
from kiosk.scanning.matrix.corners import find_codes
from kiosk.scanning.matrix.eye import Mode, find_eyes, read_mode
from kiosk.scanning.matrix.grid import Homography, Scene, moved_by, outline, refined, scene_of, soft_modules
from kiosk.scanning.matrix.qrplan import Known, Plan
from kiosk.scanning.matrix.settle import Settled, settle
from kiosk.scanning.picture import Floats, Gray

_ROUNDS = 4
_LEAST_SIDE, _MOST_OBLONG = 50.0, 2.2
"""A code's side in pixels of the frame; a square one that is tilted, with a line of print beside it, is oblong too."""
_INNER_SIDES = (27, 35, 43, 51)
NAME = "grid"


class QrGrid:
    """A stage that reads a QR code. `most` is how many guesses at its place it follows."""

    whole = False

    def __init__(self, most: int = 2) -> None:
        self.name = "grid-qr"
        self._most = most

    def suits(self, patch: Patch) -> bool:
        """Neither print nor a stacked code."""
        return _suits(patch)

    def run(self, gray: Gray, patch: Patch) -> tuple[Found, ...]:
        """The code, if it could be settled."""
        scene = scene_of(gray, patch)
        for plan, place in find_codes(scene, self._most):
            found = _read_qr(scene, plan, place)
            if found is not None:
                return (found,)
        return ()


class AztecGrid:
    """A stage that reads an Aztec code."""

    whole = False

    def __init__(self) -> None:
        self.name = "grid-aztec"

    def suits(self, patch: Patch) -> bool:
        """Neither print nor a stacked code."""
        return _suits(patch)

    def run(self, gray: Gray, patch: Patch) -> tuple[Found, ...]:
        """The code, if it could be settled."""
        scene = scene_of(gray, patch)
        for eye in find_eyes(scene):
            mode = read_mode(scene, eye)
            found = None if mode is None else _read_aztec(scene, mode)
            if found is not None:
                return (found,)
        return ()


def _suits(patch: Patch) -> bool:
    return patch.side >= _LEAST_SIDE and patch.oblongness <= _MOST_OBLONG


def _read_qr(scene: Scene, plan: Plan, place: Homography) -> Found | None:
    def settled(soft: Floats) -> Settled:
        return settle(plan, soft)

    return _turns(scene, (plan.known, place), settled, Symbology.QR)


def _read_aztec(scene: Scene, mode: Mode) -> Found | None:
    place, plan = mode.place, mode.plan
    for side in _INNER_SIDES:
        if side >= plan.side:
            break
        # From the bull's eye outwards: what is near tells where what is farther lies.
        edge = (plan.side - side) // 2
        known = mode.known[edge:-edge, edge:-edge]
        inner = moved_by(place, edge, edge)
        soft = soft_modules(scene.even, inner, known)
        inner = refined(scene.even, inner, _best(soft, known), flat=side <= _INNER_SIDES[0], part=True)
        place = moved_by(inner, -edge, -edge)

    def settled(soft: Floats) -> Settled:
        return settle_aztec(mode, soft)

    return _turns(scene, (mode.known, place), settled, Symbology.AZTEC)


def _turns(
    scene: Scene, start: tuple[Known, Homography], settled: Callable[[Floats], Settled], symbology: Symbology
) -> Found | None:
    """Equalise and settle in turns: what one turn made certain teaches the next one."""
    known, place = start
    for _ in range(_ROUNDS):
        soft = soft_modules(scene.even, place, known)
        result = settled(soft)
        if result.whole:
            return _read_out(result.known, symbology, outline(scene, place, len(known)))
        known = result.known
        place = refined(scene.even, place, _best(soft, known))
    return None


def _best(soft: Floats, known: Known) -> Floats:
    return np.asarray(np.where(known != 0, known, soft), dtype=np.float32)


def _read_out(dark: Known, symbology: Symbology, corners: tuple[tuple[float, float], ...]) -> Found | None:
    read = zxing.read_modules(dark > 0, symbology)
    return None if read is None else Found(read.payload, symbology, NAME, corners, read.text)
