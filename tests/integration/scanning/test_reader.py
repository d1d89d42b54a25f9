"""The reader with its threads: frames in, one code for each presentation out."""

import threading

import pytest

from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.chain import Chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.found import Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.reader import ScanRules
from tests.integration.scanning.booth import EMPTY, Booth, showing
from tests.integration.scanning.lens import Lens


def test_a_code_is_told_once_with_its_times_and_its_place() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, showing(b"\x00OPAS\xff"))
        code = booth.told.code()
        booth.show(lens, showing(b"\x00OPAS\xff"), 5)
    assert (code.payload, code.symbology, code.decoder, len(code.corners)) == (
        b"\x00OPAS\xff",
        Symbology.QR,
        "zxing-cpp",
        4,
    )
    assert 0 < code.captured_at <= code.decoded_at
    assert booth.told.codes.empty()


def test_the_same_code_counts_again_after_it_was_away_and_another_at_once() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, showing(b"FIRST"))
        booth.show(lens, showing(b"SECOND"))
        booth.show(lens, EMPTY, 20)
        booth.show(lens, showing(b"FIRST"))
        assert [booth.told.payload() for _ in range(3)] == [b"FIRST", b"SECOND", b"FIRST"]


def test_two_sources_are_read_side_by_side_and_the_first_gives_the_preview() -> None:
    booth, left, right = Booth(), Lens("left"), Lens("right")
    with booth.reading(left, right):
        booth.show(right, showing(b"RIGHT"))
        assert booth.told.payload() == b"RIGHT"
        assert booth.told.previews.empty()
        booth.show(left, showing(b"LEFT"))
        assert booth.told.payload() == b"LEFT"
        assert booth.told.preview().ndim == 3


def test_a_code_clearly_there_that_can_not_be_read_is_told_of_once() -> None:
    code = draw_code(b"OP1:" + b"A1$" * 42, module_px=6, quiet=30)
    code[:, code.shape[1] // 2 :] = 255
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, code, 20)
        assert booth.told.unreadable.qsize() == 1
        booth.show(lens, code, 20)
        assert booth.told.unreadable.qsize() == 1
    assert booth.told.codes.empty()


def test_while_nothing_moves_hardly_any_frame_is_decoded() -> None:
    class Counting:
        name = "counting"
        looks = 0

        def decode(self, gray: Gray) -> tuple[Found, ...]:
            return ()

        def look(self, gray: Gray) -> Look:
            self.looks += 1
            return Look()

    decoder, lens = Counting(), Lens()
    rules = ScanRules(capture=CaptureRules(awake_ms=DurationMs(0)), still_decode_ms=DurationMs(600_000))
    booth = Booth(rules, lambda: Chain(decoder, ()))
    with booth.reading(lens):
        for _ in range(6):
            booth.capture(lens, EMPTY)
            booth.go_round()
    assert decoder.looks <= 2
    assert lens.idle[-1] is True


def test_a_frame_that_upsets_a_decoder_does_not_end_the_reading(caplog: pytest.LogCaptureFixture) -> None:
    class Moody:
        name = "moody"

        def decode(self, gray: Gray) -> tuple[Found, ...]:
            if gray.shape == EMPTY.shape:
                raise RuntimeError("this frame is strange")
            return (Found(b"FINE", Symbology.QR, self.name),)

        def look(self, gray: Gray) -> Look:
            return Look(self.decode(gray))

    lens, booth = Lens(), Booth(make_chain=lambda: Chain(Moody(), ()))
    with booth.reading(lens):
        booth.show(lens, EMPTY)
        booth.show(lens, showing(b"X"))
        assert booth.told.payload() == b"FINE"
    assert "could not be looked at" in caplog.text


def test_without_any_source_it_starts_and_stops() -> None:
    booth = Booth()
    with booth.reading():
        pass
    assert booth.told.troubles.empty()


def test_stopping_closes_the_source_and_leaves_no_thread() -> None:
    booth, lens = Booth(), Lens()
    before = threading.active_count()
    with booth.reading(lens):
        booth.show(lens, showing(b"OPAS"))
        assert booth.told.payload() == b"OPAS"
        assert threading.active_count() == before + 2
    assert threading.active_count() == before
    assert lens.closed >= 1
