"""Tells whether a patch clearly is a code, rather than print, cloth or a keyboard: conservative, it rather says no."""

import numpy as np

from kiosk.scanning.finder import Patch
from kiosk.scanning.picture import Gray, box_blur, smooth
from kiosk.scanning.stages import straightened

_LEAST_SIDE = 90.0
_LEAST_STRENGTH = 10.0
_TWO_TONES = 1.9
"""Fourth moment over squared variance: 1 for pure black and white, 3 for a bell curve; codes 1.3–1.85, print above 2."""
_MATRIX_CHANGES = 8
_STACKED_CHANGES = 35
_QUANTILE = 20
_STACKED, _INSET, _ENDS = 1.2, 0.12, 0.14


def is_clear(gray: Gray, patch: Patch) -> bool:
    """True if the patch has two tones that change often in both directions, or very often in one (PDF417)."""
    if patch.side < _LEAST_SIDE or patch.strength < _LEAST_STRENGTH:
        return False
    crop, _ = straightened(gray, patch)
    tall, wide = crop.shape
    # A patch longer than wide was lengthened by the finder, for the ends of a stacked code.
    along, across = (_INSET + _ENDS * (one > _STACKED * other) for one, other in ((tall, wide), (wide, tall)))
    soft = smooth(crop, 1.5)[round(along * tall) : -round(along * tall), round(across * wide) : -round(across * wide)]
    level = soft.astype(np.float32) - box_blur(soft, 101)
    variance = float(level.var())
    if variance < 1 or float((level**4).mean()) > _TWO_TONES * variance**2:
        return False
    dark = level < 0
    beside = float(np.percentile((dark[:, 1:] != dark[:, :-1]).sum(axis=1), _QUANTILE))
    down = float(np.percentile((dark[1:] != dark[:-1]).sum(axis=0), _QUANTILE))
    return min(beside, down) >= _MATRIX_CHANGES or max(beside, down) >= _STACKED_CHANGES
