"""Draws codes as flat pictures: for the demo's tickets, the tests and the benchmark."""

import numpy as np

from kiosk.model.code import Symbology
from kiosk.scanning import zxing
from kiosk.scanning.picture import Gray

_WHITE = 255
_QUIET = 4


def draw_code(payload: bytes, symbology: Symbology = Symbology.QR, module_px: int = 8, quiet: int = _QUIET) -> Gray:
    """The code as (height, width) uint8, black on white: `module_px` pixels a module, `quiet` modules of white around.

    QR at error correction level M, Aztec at 33 %, PDF417 at 30 %. Decoding gives `payload` back byte for byte.
    Raises `ValueError` for what the symbology can't hold.
    """
    drawn = np.pad(zxing.draw(payload, symbology), quiet, constant_values=_WHITE)
    return np.repeat(np.repeat(drawn, module_px, axis=0), module_px, axis=1)
