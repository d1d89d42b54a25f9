"""zxing-cpp: the first decoder, and the writer of codes. The only home of `zxingcpp`."""

import contextlib
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import zxingcpp

from kiosk.model.code import Symbology
from kiosk.scanning.found import Corners, Found, Look
from kiosk.scanning.picture import Gray

_FORMATS: Mapping[Symbology, zxingcpp.BarcodeFormat] = {
    # Model 1 and Micro QR are left out: no kiosk code uses them, and they cost time and false results.
    Symbology.QR: zxingcpp.BarcodeFormat.QRCodeModel2,
    Symbology.AZTEC: zxingcpp.BarcodeFormat.AztecCode,
    Symbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    Symbology.DATAMATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.CODE128: zxingcpp.BarcodeFormat.Code128,
    Symbology.EAN13: zxingcpp.BarcodeFormat.EAN13,
}
# Line codes with weak or no check digits; a UPC-A code is an EAN-13 that begins with 0, and is read as one.
_OTHERS = (
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCE,
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.Code93,
    zxingcpp.BarcodeFormat.ITF,
    zxingcpp.BarcodeFormat.Codabar,
)
READABLE = tuple(_FORMATS)
# A result names its format more or less closely; each of these names stands for one symbology.
_NAMES: Mapping[zxingcpp.BarcodeFormat, Symbology] = {
    **{code_format: symbology for symbology, code_format in _FORMATS.items()},
    zxingcpp.BarcodeFormat.QRCode: Symbology.QR,
    zxingcpp.BarcodeFormat.Aztec: Symbology.AZTEC,
}
_QUIET, _MODULE_PX = 4, 4
_LEVELS = {Symbology.QR: "M", Symbology.AZTEC: "33%", Symbology.PDF417: "30%"}


class ZxingDecoder:
    """Reads the given symbologies, `OTHER` standing for the remaining line codes. Releases the GIL while it works."""

    name = "zxing-cpp"

    def __init__(self, symbologies: Collection[Symbology]) -> None:
        named = [_FORMATS[symbology] for symbology in symbologies if symbology is not Symbology.OTHER]
        others = _OTHERS if Symbology.OTHER in symbologies else ()
        self._formats = zxingcpp.BarcodeFormats([*named, *others])

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        """All codes in the picture, with exact bytes."""
        return self.look(gray).found

    def look(self, gray: Gray) -> Look:
        """The same, and where a code stands whose error correction found too many errors."""
        seen = zxingcpp.read_barcodes(
            np.ascontiguousarray(gray), formats=self._formats, text_mode=zxingcpp.TextMode.Plain, return_errors=True
        )
        found = tuple(self._found(one) for one in seen if one.valid and one.bytes)
        return Look(found, tuple(_corners(one.position) for one in seen if _is_damaged(one)))

    def _found(self, one: zxingcpp.Barcode) -> Found:
        symbology = _NAMES.get(one.format, Symbology.OTHER)
        return Found(bytes(one.bytes), symbology, self.name, _corners(one.position), _text(one))


def _text(one: zxingcpp.Barcode) -> str:
    if one.content_type == zxingcpp.ContentType.Binary:
        # Marked as mere bytes: most of these are UTF-8 all the same.
        with contextlib.suppress(UnicodeDecodeError):
            return bytes(one.bytes).decode("utf-8")
    return one.text


def _is_damaged(one: zxingcpp.Barcode) -> bool:
    # A format error can be anything that looks a little like a code; a checksum is only reached by what is one.
    return one.error is not None and one.error.type == zxingcpp.ErrorType.Checksum


def _corners(position: zxingcpp.Position) -> Corners:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((float(point.x), float(point.y)) for point in points)


def read_modules(dark: npt.NDArray[np.bool_], symbology: Symbology) -> Found | None:
    """The code whose modules are known, one element a module; None if they make no code."""
    light = np.pad(np.where(dark, 0, 255).astype(np.uint8), _QUIET, constant_values=255)
    drawn = np.repeat(np.repeat(light, _MODULE_PX, axis=0), _MODULE_PX, axis=1)
    return next(iter(ZxingDecoder([symbology]).decode(drawn)), None)


def draw(payload: bytes, symbology: Symbology) -> Gray:
    """The code at one pixel a module, without quiet zone. Raises `ValueError` for what the symbology can't hold."""
    if symbology not in _FORMATS or not payload:
        msg = f"can't draw {len(payload)} bytes as {symbology.value}"
        raise ValueError(msg)
    options = {"ec_level": _LEVELS[symbology]} if symbology in _LEVELS else {}
    drawn = zxingcpp.create_barcode(payload, _FORMATS[symbology], **options)
    return np.array(drawn.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)
