"""The preview: at its own pace and size, only while somebody looks, and never in the way of an answer."""

from dataclasses import replace

import numpy as np

from kiosk.model.ids import DurationMs
from tests.integration.scanning.booth import EMPTY, QUICK, Booth, showing
from tests.integration.scanning.lens import Lens


def test_the_preview_stops_when_nobody_looks_and_comes_back() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens) as reader:
        booth.show(lens, EMPTY, 1)
        assert booth.told.preview().shape == (90, 160, 3)
        reader.set_preview(False)
        booth.show(lens, showing(b"SEEN"))
        assert booth.told.payload() == b"SEEN"
        booth.show(lens, EMPTY)
        assert booth.told.previews.empty()
        reader.set_preview(True)
        booth.show(lens, EMPTY, 1)
        assert booth.told.preview() is not None


def test_for_a_moment_after_a_code_the_processor_belongs_to_its_answer() -> None:
    """No preview and no second look at a frame, then both again."""
    rules = replace(QUICK, answer_ms=DurationMs(400))
    booth, lens = Booth(rules), Lens()
    with booth.reading(lens):
        booth.show(lens, showing(b"OP1:A"), 1)
        code = booth.told.code()
        if not booth.told.previews.empty():
            # The picture of the code itself was shown where that was quicker than reading it.
            booth.told.preview()
        booth.capture(lens, showing(b"OP1:B"))
        booth.go_round()
        until = code.decoded_at + rules.answer_ms
        while booth.told.previews.empty():
            booth.capture(lens, EMPTY)
        assert booth.now() >= until
        booth.show(lens, showing(b"OP1:C"), 1)
        assert booth.told.payload() == b"OP1:C"


def test_a_large_picture_is_made_small_for_the_preview() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, np.zeros((720, 1280), np.uint8), 1)
        assert booth.told.preview().shape == (360, 640, 3)
