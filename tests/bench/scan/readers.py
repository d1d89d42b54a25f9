"""The readers that are compared: ours with every stage, and each library alone as a user could take it."""

from collections.abc import Callable, Collection, Mapping

import zxingcpp
from pyzbar import pyzbar

from kiosk.model.code import Symbology
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Gray

Read = Callable[[Gray], list[bytes]]
OPAS, ZXING, ZBAR, OPENCV = "opas", "zxing-cpp", "pyzbar", "opencv"
_ZXING = {
    Symbology.QR: zxingcpp.BarcodeFormat.QRCode,
    Symbology.AZTEC: zxingcpp.BarcodeFormat.Aztec,
    Symbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    Symbology.DATAMATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.CODE128: zxingcpp.BarcodeFormat.Code128,
    Symbology.EAN13: zxingcpp.BarcodeFormat.EAN13,
}
_ZBAR = {
    Symbology.QR: pyzbar.ZBarSymbol.QRCODE,
    Symbology.CODE128: pyzbar.ZBarSymbol.CODE128,
    Symbology.EAN13: pyzbar.ZBarSymbol.EAN13,
}


def readers(symbologies: Collection[Symbology]) -> Mapping[str, Read]:
    """By name; a library that reads none of the symbologies is left out."""
    return {
        name: read
        for name, read in (
            (OPAS, _opas(symbologies)),
            (ZXING, _zxing(symbologies)),
            (ZBAR, _zbar(symbologies)),
            (OPENCV, _opencv(symbologies)),
        )
        if read is not None
    }


def _opas(symbologies: Collection[Symbology]) -> Read:
    chain = standard_chain(symbologies)
    return lambda gray: [one.payload for one in chain.read_still(gray).found]


def _zxing(symbologies: Collection[Symbology]) -> Read:
    formats = zxingcpp.BarcodeFormats([_ZXING[one] for one in symbologies])
    return lambda gray: [bytes(one.bytes) for one in zxingcpp.read_barcodes(gray, formats=formats)]


def _zbar(symbologies: Collection[Symbology]) -> Read | None:
    symbols = [_ZBAR[one] for one in symbologies if one in _ZBAR]
    return (lambda gray: [one.data for one in pyzbar.decode(gray, symbols=symbols)]) if symbols else None


def _opencv(symbologies: Collection[Symbology]) -> Read | None:
    if Symbology.QR not in symbologies:
        return None
    detector = cv2.QRCodeDetector()

    def read(gray: Gray) -> list[bytes]:
        try:
            _, texts, _, _ = detector.detectAndDecodeMulti(gray)
        except (cv2.error, UnicodeDecodeError):
            return []
        return [text.encode() for text in texts if text]

    return read
