"""ZBar, the second opinion: reads a few QR codes that zxing-cpp misses. The only home of `pyzbar`."""

from pyzbar import pyzbar

from kiosk.model.code import Symbology
from kiosk.scanning.found import Found
from kiosk.scanning.picture import Gray

_QUAD = 4


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
