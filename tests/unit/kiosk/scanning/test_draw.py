"""Codes are drawn so that reading them gives the same bytes."""

import numpy as np
import pytest

from kiosk.model.code import Symbology
from kiosk.scanning.draw import draw_code
from kiosk.scanning.zxing import ZxingDecoder

MATRIX = (Symbology.QR, Symbology.AZTEC, Symbology.PDF417, Symbology.DATAMATRIX)


@pytest.mark.parametrize("symbology", MATRIX)
def test_binary_payloads_come_back_byte_for_byte(symbology: Symbology) -> None:
    rng = np.random.default_rng(7)
    decoder = ZxingDecoder([symbology])
    payloads = [bytes(range(256)), b"\x00", b"\xff\xfe\r\n\x1d", *(rng.bytes(size) for size in (1, 17, 64, 200))]
    for payload in payloads:
        (found,) = decoder.decode(draw_code(payload, symbology, module_px=4))
        assert (found.payload, found.symbology) == (payload, symbology)
        assert len(found.corners) == 4


@pytest.mark.parametrize(("symbology", "text"), [(Symbology.CODE128, b"OPAS-42"), (Symbology.EAN13, b"6410405082657")])
def test_bar_codes_come_back(symbology: Symbology, text: bytes) -> None:
    picture = np.repeat(draw_code(text, symbology, module_px=3, quiet=12), 20, axis=0)
    (found,) = ZxingDecoder([symbology]).decode(picture)
    assert (found.payload, found.symbology) == (text, symbology)


def test_a_code_of_ours_fits_a_qr_code_of_version_6() -> None:
    picture = draw_code(b"OP1:" + b"A1" * 63, module_px=1, quiet=0)
    assert picture.shape == (41, 41)


def test_module_size_and_quiet_zone_are_as_asked() -> None:
    small, large = draw_code(b"OPAS", module_px=1, quiet=0), draw_code(b"OPAS", module_px=3, quiet=2)
    assert large.shape[0] == 3 * (small.shape[0] + 4)
    assert (large[:6] == 255).all()
    assert set(np.unique(large)) == {0, 255}


@pytest.mark.parametrize(
    ("payload", "symbology"), [(b"", Symbology.QR), (b"A", Symbology.KEYED), (bytes(5000), Symbology.QR)]
)
def test_what_can_not_be_drawn_is_refused(payload: bytes, symbology: Symbology) -> None:
    with pytest.raises(ValueError, match=r".+"):
        draw_code(payload, symbology)
