"""A code as it was read from a frame or a scanner: bytes, never text, never trusted."""

from enum import StrEnum

import msgspec

from kiosk.model.ids import MonotonicMs


class Symbology(StrEnum):
    """The kinds of code that a touchpoint reads; `KEYED` came from a scanner that types, or from a keypad."""

    QR = "qr"
    AZTEC = "aztec"
    PDF417 = "pdf417"
    DATAMATRIX = "datamatrix"
    CODE128 = "code128"
    EAN13 = "ean13"
    OTHER = "other"
    KEYED = "keyed"


class Code(msgspec.Struct, frozen=True):
    """One code that was presented.

    `payload` is byte-exact. `captured_at` and `decoded_at` are monotonic milliseconds of this boot: when the frame was
    taken and when its decoding ended. `decoder` names the library or the scanner that read it. `corners` are the
    code's corners in the frame in pixels, empty for a scanner.
    """

    payload: bytes
    symbology: Symbology
    decoder: str
    captured_at: MonotonicMs
    decoded_at: MonotonicMs
    corners: tuple[tuple[float, float], ...] = ()
