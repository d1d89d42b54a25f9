"""Sees why a code that is held up is not read: from one frame, cautiously, and only where something code-like is.

Every bound lies beyond what the decoders read, with room to spare: whoever is told to move is not about to be read.
"""

from collections.abc import Sequence

import numpy as np

from kiosk.model.hint import Hint
from kiosk.scanning.finder import Patch, find_patches
from kiosk.scanning.livehelp import Sight
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Gray, Points, box_blur, perspective, shrunk, smooth, u8

_COARSE_WIDTH, _FAINT_WIDTH = 128, 320
_NEAR_STRENGTH, _NEAR_SIDE, _EDGE = 19.5, 0.85, 0.03
"""A side in parts of the frame's mean side; how near the frame's edge a patch is cut off, in widths of the frame."""
_FAR_STRENGTH, _FAR_LEAST, _FAR_SIDE, _FAR_OBLONG, _PIECE = 19.0, 42.0, 100.0, 2.2, 0.6
_SURE_STRENGTH = 21.0
_FAINT_STRENGTH, _FAINT_SIDE, _FAINT_OBLONG, _FAINT_GAIN, _FAINT_AROUND = 9.8, 150.0, 2.0, 8.0, 41
_DARK_ROOM, _LIT_ROOM = 45.0, 70.0
_DARK_WHITE, _DIM_SHARE = 60.0, 0.6
_TILTED, _MOST_TILTED, _ACROSS, _EVEN_PARTS, _PARTS = 2.6, 4.2, 0.55, 0.55, 5
_CROP, _CELLS, _MARGIN = 160, 10, 0.06
_NEIGHBOUR = 1.3
_LEAST_CONTRAST, _LOST, _LIFTED, _OUTSHONE = 50.0, 0.35, 0.25, 246.0
_LOST_CELLS, _FADING_CELLS = 0.11, 0.06


def sight_of(gray: Gray, patches: Sequence[Patch]) -> Sight:
    """What keeps the code in this frame from being read; `patches` are the code-like places that the chain found in it."""
    if _cut_off(gray):
        return Sight(Hint.TOO_NEAR)
    places = [patch for patch in patches if patch.textured]
    dim = _dim(gray, places)
    if dim is not None or not places:
        return Sight(dim)
    x, y = places[0].corners.mean(axis=0)
    return Sight(_in_good_light(gray, places), (float(x), float(y)), places[0].side)


def _in_good_light(gray: Gray, patches: Sequence[Patch]) -> Hint | None:
    first = patches[0]
    if first.side <= _FAR_SIDE:
        return Hint.TOO_FAR if _is_far(patches) else None
    if first.strength < _SURE_STRENGTH:
        return None
    if _has_glare(gray, patches):
        return Hint.GLARE
    return Hint.TILTED if _is_tilted(gray, first) else None


def _is_far(patches: Sequence[Patch]) -> bool:
    """True for one small, busy thing; several of a size are the pieces of something larger."""
    first = patches[0]
    alone = all(other.side < _PIECE * first.side for other in patches[1:])
    busy = first.strength >= _FAR_STRENGTH and first.side >= _FAR_LEAST
    return alone and busy and first.oblongness <= _FAR_OBLONG


def _cut_off(gray: Gray) -> bool:
    """True if modules as large as fists go beyond the frame: their texture shows only in a very small picture."""
    small = shrunk(gray, _COARSE_WIDTH)
    high, wide = small.shape
    patch = next(iter(find_patches(small)), None)
    if patch is None or patch.strength < _NEAR_STRENGTH or patch.side < _NEAR_SIDE * (high + wide) / 2:
        return False
    edge = _EDGE * wide
    first, last = patch.corners.min(axis=0), patch.corners.max(axis=0)
    return bool(first.min() < edge or last[0] > wide - edge or last[1] > high - edge)


def _dim(gray: Gray, patches: Sequence[Patch]) -> Hint | None:
    """Too dark here, or a screen that is turned down; also for a code so faint that the chain found no patch."""
    room = float(np.median(gray[::8, ::8]))
    patch = patches[0] if patches and patches[0].side >= _FAINT_SIDE else _faint(gray)
    if patch is None or patch.oblongness > _FAINT_OBLONG:
        return None
    white = float(np.percentile(_crop(smooth(gray, 1.0), patch), 95))
    if room < _DARK_ROOM and white < _DARK_WHITE:
        return Hint.TOO_DARK
    return Hint.TURN_UP if room >= _LIT_ROOM and white < _DIM_SHARE * room else None


def _faint(gray: Gray) -> Patch | None:
    """The likeliest patch where contrast is so small that only a small picture, amplified, shows it above the noise."""
    small = shrunk(gray, min(_FAINT_WIDTH, gray.shape[1]))
    apart = small.astype(np.float32) - box_blur(small, _FAINT_AROUND)
    factor = gray.shape[1] / small.shape[1]
    for patch in find_patches(u8(128 + _FAINT_GAIN * apart)):
        whole = Patch(np.asarray(patch.corners * factor, dtype=np.float32), patch.strength)
        if whole.strength >= _FAINT_STRENGTH and whole.side >= _FAINT_SIDE:
            return whole
    return None


def _is_tilted(gray: Gray, patch: Patch) -> bool:
    """True if the patch is a square seen from aside: oblong, as fine across as along, and the same from end to end."""
    if not _TILTED <= patch.oblongness <= _MOST_TILTED:
        return False
    crop = smooth(_crop(gray, patch), 1.0).astype(np.float32)
    long_axis = _long_axis(patch.corners)
    along = float(np.abs(np.diff(crop, axis=long_axis)).mean())
    across = float(np.abs(np.diff(crop, axis=1 - long_axis)).mean())
    if across < _ACROSS * along:
        # Bars run across a stacked code.
        return False
    spreads = [float(part.std()) for part in np.array_split(crop, _PARTS, axis=long_axis)]
    return min(spreads) >= _EVEN_PARTS * max(spreads)


def _has_glare(gray: Gray, patches: Sequence[Patch]) -> bool:
    """True if some of a code is lost in a light that outshines its white, and fades out over its black beside it."""
    crop = _crop(smooth(gray, 1.0), _around(patches))
    cells = crop.reshape(_CELLS, _CROP // _CELLS, _CELLS, _CROP // _CELLS)
    darkest = np.percentile(cells, 10, axis=(1, 3))
    lightest = np.percentile(cells, 90, axis=(1, 3))
    contrasts = lightest - darkest
    contrast = float(np.percentile(contrasts, 75))
    if contrast < _LEAST_CONTRAST:
        return False
    black, white = float(np.percentile(darkest, 20)), float(np.percentile(lightest, 30))
    lost = (contrasts < _LOST * contrast) & (lightest > _OUTSHONE)
    fading = (contrasts >= _LOST * contrast) & (darkest > black + _LIFTED * contrast)
    return bool(lost.mean() > _LOST_CELLS and fading.mean() > _FADING_CELLS and white < _OUTSHONE)


def _around(patches: Sequence[Patch]) -> Patch:
    """The first patch and those beside it as one: a glare in its middle takes a code apart."""
    first = patches[0]
    middle = first.corners.mean(axis=0)
    near = [one for one in patches if np.hypot(*(one.corners.mean(axis=0) - middle)) < _NEIGHBOUR * first.side]
    if len(near) == 1:
        return first
    corners = cv2.boxPoints(cv2.minAreaRect(np.concatenate([one.corners for one in near])))
    return Patch(np.asarray(corners, dtype=np.float32), first.strength)


def _crop(gray: Gray, patch: Patch) -> Gray:
    """The patch's inside, upright, `_CROP` pixels a side."""
    low, high = -_MARGIN * _CROP, (1 + _MARGIN) * _CROP
    target = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    return u8(cv2.warpPerspective(gray, perspective(patch.corners, target), (_CROP, _CROP), flags=cv2.INTER_LINEAR))


def _long_axis(corners: Points) -> int:
    """The axis of an upright crop along which the patch is longer."""
    steps = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return 1 if steps[0] + steps[2] > steps[1] + steps[3] else 0
