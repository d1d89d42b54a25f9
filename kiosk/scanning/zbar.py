"""ZBar, the second opinion: reads a few QR codes that zxing-cpp misses, and bars out of focus. The only home of `pyzbar`."""

from collections.abc import Collection, Mapping

from pyzbar import pyzbar

from kiosk.model.code import Symbology
from kiosk.scanning.found import Found
from kiosk.scanning.picture import Gray

_QUAD = 4
_LEAST_LINES = 12
"""Scan lines that must agree on bars: ZBar's misreadings, which the check digit lets pass, come from a few lines only."""
_BARS: Mapping[Symbology, pyzbar.ZBarSymbol] = {
    Symbology.EAN13: pyzbar.ZBarSymbol.EAN13,
    Symbology.CODE128: pyzbar.ZBarSymbol.CODE128,
}
BARS = frozenset(_BARS)
"""The symbologies that are bars in one row."""


class ZbarDecoder:
    """Reads QR codes whose payload is plain ASCII; it re-codes any other byte, so those results are not believed."""

    name = "zbar"

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        """The QR codes in the picture."""
        seen = pyzbar.decode(gray, symbols=[pyzbar.ZBarSymbol.QRCODE])
        return tuple(self._found(one) for one in seen if one.data and one.data.isascii())

    def _found(self, one: pyzbar.Decoded) -> Found:
        corners = tuple((float(x), float(y)) for x, y in one.polygon) if len(one.polygon) == _QUAD else ()
        return Found(bytes(one.data), Symbology.QR, self.name, corners, one.data.decode("ascii"))


class ZbarLines:
    """Reads bars: EAN-13 and Code 128, as far as they are asked for."""

    name = "zbar-lines"

    def __init__(self, symbologies: Collection[Symbology]) -> None:
        self._symbols = [code for symbology, code in _BARS.items() if symbology in symbologies]

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        """The bars in the picture on which enough scan lines agree."""
        seen = pyzbar.decode(gray, symbols=self._symbols)
        return tuple(
            self._found(one) for one in seen if one.quality >= _LEAST_LINES and one.data.isascii() and one.data
        )

    def _found(self, one: pyzbar.Decoded) -> Found:
        symbology = next(name for name, code in _BARS.items() if code.name == one.type)
        left, top, width, height = (float(side) for side in one.rect)
        corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
        return Found(bytes(one.data), symbology, self.name, corners, one.data.decode("ascii"))
