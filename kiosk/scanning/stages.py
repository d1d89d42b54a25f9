"""The fallback stages: each a small function that shows a missed picture to a decoder in another way.

A stage gets the whole gray picture and the code-like patch to look at, and gives what it read, with corners in pixels
of the whole picture.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kiosk.model.code import Symbology
from kiosk.scanning.finder import Patch
from kiosk.scanning.found import Corners, Decoder, Found
from kiosk.scanning.matrix.decoder import AztecGrid, QrGrid
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Gray, box_blur, mapped, perspective, smooth, u8
from kiosk.scanning.zbar import BARS, ZbarDecoder, ZbarLines

Enhance = Callable[[Gray], Gray]
_SIDE = 480.0
_MOST_GROWTH = 4.0
_MARGIN = 0.12
_LEAST_MARGIN = 16


class Stage(Protocol):
    """One way to look again; `whole` if it looks at the whole picture, whatever the patch."""

    @property
    def name(self) -> str:
        """Told with what it read."""
        ...

    @property
    def whole(self) -> bool:
        """True if the patch makes no difference."""
        ...

    def suits(self, patch: Patch) -> bool:
        """False if the patch can't be what this stage reads."""
        ...

    def run(self, gray: Gray, patch: Patch) -> tuple[Found, ...]:
        """What this stage reads."""
        ...


@dataclass(frozen=True)
class Enhanced:
    """A stage that straightens the patch or takes the whole picture, enhances it and has it decoded."""

    name: str
    decoder: Decoder
    enhance: Enhance
    whole: bool = False

    def suits(self, patch: Patch) -> bool:  # noqa: ARG002 - the protocol's
        """Any patch is straightened."""
        return True

    def run(self, gray: Gray, patch: Patch) -> tuple[Found, ...]:
        """What this stage reads."""
        if self.whole:
            return self.decoder.decode(self.enhance(gray))
        crop, matrix = straightened(gray, patch)
        back = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
        return tuple(_moved_back(found, back) for found in self.decoder.decode(self.enhance(crop)))


def default_stages(first: Decoder, symbologies: Collection[Symbology]) -> tuple[Stage, ...]:
    """The stages in the order that read the most of what the first pass missed; measured by `tests/bench`."""
    grids: list[Stage] = [QrGrid()] if Symbology.QR in symbologies else []
    grids += [AztecGrid()] if Symbology.AZTEC in symbologies else []
    zbar = ZbarDecoder()
    second = [Enhanced("zbar", zbar, as_it_is, whole=True), Enhanced("straight-zbar", zbar, softened)]
    lines = ZbarLines(symbologies)
    bars = [Enhanced("lines", lines, as_it_is, whole=True), Enhanced("straight-lines", lines, as_it_is)]
    return (
        Enhanced("straight", first, as_it_is),
        *(bars if BARS.intersection(symbologies) else ()),
        *grids,
        Enhanced("straight-soft", first, softened),
        Enhanced("straight-even", first, evened),
        Enhanced("blur", first, lambda gray: box_blur(gray, 3), whole=True),
        Enhanced("straight-sharp", first, sharpened),
        *(second if Symbology.QR in symbologies else ()),
        Enhanced("straight-deblur", first, deblurred),
    )


def straightened(gray: Gray, patch: Patch) -> tuple[Gray, npt.NDArray[np.float64]]:
    """The patch with some margin as an upright picture of about 480 pixels a side, and the matrix that took it there."""
    corners = patch.corners
    wide = float(np.hypot(*(corners[1] - corners[0])))
    tall = float(np.hypot(*(corners[2] - corners[1])))
    factor = min(max(_SIDE / float(np.sqrt(wide * tall)), 1.0), _MOST_GROWTH)
    width, height = wide * factor, tall * factor
    margin = _MARGIN * min(width, height) + _LEAST_MARGIN
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32) + np.float32(margin)
    matrix = perspective(corners, target)
    size = (round(width + 2 * margin), round(height + 2 * margin))
    crop = cv2.warpPerspective(gray, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return u8(crop), matrix


def as_it_is(gray: Gray) -> Gray:
    """Nothing done: straightening alone makes small modules large enough."""
    return gray


def softened(gray: Gray) -> Gray:
    """Noise and moiré taken off."""
    return smooth(gray, 1.5)


def evened(gray: Gray) -> Gray:
    """Each place brought to the same mean and spread, against glare and shadow."""
    box = (101, 101)
    soft = smooth(gray, 1.5).astype(np.float32)
    mean = cv2.boxFilter(soft, -1, box)
    spread = np.sqrt(np.maximum(cv2.sqrBoxFilter(soft, -1, box) - mean * mean, 4))
    return u8(128 + 60 * (soft - mean) / spread)


def sharpened(gray: Gray) -> Gray:
    """Evened, then its edges steepened, against a lens out of focus."""
    even = evened(gray)
    return u8(even + 2.0 * (even - smooth(even, 5).astype(np.float32)))


def deblurred(gray: Gray) -> Gray:
    """Eight rounds of Richardson–Lucy with a Gaussian of three pixels: the light put back where it came from."""
    seen = smooth(gray, 1).astype(np.float32) + 1
    guess = seen.copy()
    for _ in range(8):
        guess *= cv2.GaussianBlur(seen / np.maximum(cv2.GaussianBlur(guess, (0, 0), 3), 1), (0, 0), 3)
    return u8(guess)


def _moved_back(found: Found, back: npt.NDArray[np.float64]) -> Found:
    if not found.corners:
        return found
    moved: Corners = tuple((float(x), float(y)) for x, y in mapped(np.array(found.corners, dtype=np.float32), back))
    return Found(found.payload, found.symbology, found.decoder, moved, found.text)
