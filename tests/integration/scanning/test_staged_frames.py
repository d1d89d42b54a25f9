"""The stage in the place of a camera, with all decoders behind it: each picture that is held up is read once."""

from pathlib import Path

from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs
from kiosk.scanning import picture
from kiosk.scanning.draw import draw_code
from kiosk.scanning.reader import ScanRules
from kiosk.scanning.stage import StageRules, StageSource
from tests.integration.scanning.booth import Booth, Paced
from tests.integration.scanning.patience import until

FPS = 15


def test_from_a_dropped_picture_to_its_code_through_staged_frames(tmp_path: Path) -> None:
    booth = Booth(ScanRules(still_decode_ms=DurationMs(0), answer_ms=DurationMs(0)))
    stage = StageSource(tmp_path, booth.clock, fps=FPS, rules=StageRules(hold_ms=DurationMs(600)))
    told = booth.told
    with booth.reading(Paced(stage, booth, round(1000 / FPS))):
        assert told.preview().ndim == 3
        for number, symbology in enumerate((Symbology.QR, Symbology.AZTEC, Symbology.PDF417)):
            payload = b"OP1:" + b"A%d" % number * 63
            part = tmp_path / "hold" / "code.part"
            part.write_bytes(picture.encoded_png(draw_code(payload, symbology)))
            part.rename(part.with_suffix(".png"))
            code = told.code()
            assert (code.payload, code.symbology) == (payload, symbology)
            until(lambda: not (tmp_path / "hold" / "code.png").exists())
        assert told.codes.empty()
        assert told.troubles.empty()
        assert told.unreadable.empty()
