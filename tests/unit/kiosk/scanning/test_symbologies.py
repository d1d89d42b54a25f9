"""A site reads what it turned on, and nothing else."""

import numpy as np
import pytest
import zxingcpp

from kiosk.model.code import Symbology
from kiosk.model.ids import MonotonicMs
from kiosk.model.source import Also, symbologies
from kiosk.scanning.chain import Chain, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picture import Gray
from kiosk.scanning.presentation import Presentations

F = zxingcpp.BarcodeFormat
OTHERS = {
    F.EAN8: (b"96385074", b"96385074"),
    F.UPCE: (b"01234565", b"0012345000065"),
    F.Code39: (b"OPAS42", b"OPAS42"),
    F.Code93: (b"OPAS42", b"OPAS42"),
    F.ITF: (b"00123456", b"00123456"),
    F.Codabar: (b"A40156B", b"A40156B"),
}


def bars(kind: zxingcpp.BarcodeFormat, text: bytes) -> Gray:
    drawn = np.array(zxingcpp.create_barcode(text.decode(), kind).to_image(scale=3, add_quiet_zones=True))
    return np.pad(drawn, 40, constant_values=255).astype(np.uint8)


def read(chain: Chain, gray: Gray) -> list[tuple[bytes, Symbology]]:
    """As the camera's frames are: the first passes look quickly, one of a few looks for everything."""
    frames = [chain.read(gray).found for _ in range(6)]
    return list(dict.fromkeys((found.payload, found.symbology) for frame in frames for found in frame))


@pytest.mark.parametrize(
    ("also", "symbology", "payload"),
    [
        (Also.DATAMATRIX, Symbology.DATAMATRIX, b"OPAS\x1d42"),
        (Also.CODE128, Symbology.CODE128, b"OPAS-42"),
        (Also.EAN13, Symbology.EAN13, b"6430011900008"),
    ],
)
def test_a_symbology_is_read_where_it_is_turned_on_and_only_there(
    also: Also, symbology: Symbology, payload: bytes
) -> None:
    code = draw_code(payload, symbology, module_px=4, quiet=12)
    if code.shape[0] < 100:
        code = np.repeat(code, 4, axis=0)
    assert read(standard_chain(symbologies((also,))), code) == [(payload, symbology)]
    assert read(standard_chain(symbologies(())), code) == []


@pytest.mark.parametrize("kind", list(OTHERS), ids=str)
def test_the_other_line_codes_are_turned_on_together(kind: zxingcpp.BarcodeFormat) -> None:
    text, payload = OTHERS[kind]
    code = bars(kind, text)
    assert read(standard_chain(symbologies((Also.OTHER,))), code) == [(payload, Symbology.OTHER)]
    assert read(standard_chain(symbologies((Also.DATAMATRIX, Also.CODE128))), code) == []


def test_upc_a_is_the_ean_13_that_it_is() -> None:
    code = bars(F.UPCA, b"036000291452")
    assert read(standard_chain(symbologies((Also.EAN13,))), code) == [(b"0036000291452", Symbology.EAN13)]


def test_what_is_always_read_is_read_beside_all_the_rest() -> None:
    chain = standard_chain(symbologies(tuple(Also)))
    for symbology in (Symbology.QR, Symbology.AZTEC, Symbology.PDF417):
        code = draw_code(b"OP1:OPAS-42", symbology, module_px=4, quiet=12)
        assert (b"OP1:OPAS-42", symbology) in read(chain, code)


@pytest.mark.parametrize("symbology", [Symbology.CODE128, Symbology.EAN13, Symbology.OTHER])
def test_line_codes_are_believed_when_two_frames_agree(symbology: Symbology) -> None:
    """They are misread now and then."""
    from kiosk.scanning.found import Found

    presentations, found = Presentations(), [Found(b"6430011900008", symbology, "zxing-cpp")]
    assert presentations.see(found, MonotonicMs(0), (0, 0)) is None
    assert presentations.see(found, MonotonicMs(70), (0, 0)) == found[0]
