"""The reader with its threads: frames in, one code for each presentation out, and troubles told."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import SourceError
from kiosk.model.clock import Instant
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, EpochMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning import picture
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.chain import Chain, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.found import Found, Look
from kiosk.scanning.picture import Bgr, Gray
from kiosk.scanning.presentation import PresentationRules
from kiosk.scanning.reader import ScanHandlers, ScanReader, ScanRules
from kiosk.scanning.source import Frame, Source, SourceBase
from kiosk.scanning.stage import StageRules, StageSource
from kiosk.scanning.unreadable import UnreadableRules

PATIENCE_S = 20.0
QUICK = ScanRules(
    capture=CaptureRules(
        preview_ms=DurationMs(10),
        still_preview_ms=DurationMs(10),
        frozen_ms=DurationMs(300),
        read_ms=DurationMs(20),
        retry_ms=DurationMs(20),
        most_retry_ms=DurationMs(40),
    ),
    presentation=PresentationRules(absent_ms=DurationMs(100), absent_frames=2),
    unreadable=UnreadableRules(after_ms=DurationMs(300), gap_ms=DurationMs(2000), gone_ms=DurationMs(3000)),
    still_decode_ms=DurationMs(50),
)
EMPTY = np.full((90, 160), 100, np.uint8)


class RealClock:
    def now(self) -> Instant:
        return Instant(EpochMs(0), MonotonicMs(time.monotonic_ns() // 1_000_000), "0badb007")


CLOCK = RealClock()


class ScriptSource(SourceBase):
    """Gives whatever the test puts into `frames`: a picture, an error to raise, or nothing."""

    def __init__(self, name: str = "script") -> None:
        self.name = name
        self.frames: queue.Queue[Gray | SourceError] = queue.Queue()
        self.opened = self.closed = 0
        self.fails_to_open = False
        self.holds_up: threading.Event | None = None
        self.idle: list[bool] = []

    def open(self) -> None:
        self.opened += 1
        if self.fails_to_open:
            raise SourceError("script: there is no camera.", "Plug it in.")

    def read(self, timeout: DurationMs) -> Frame | None:
        if self.holds_up is not None:
            self.holds_up.wait(PATIENCE_S)
        try:
            item = self.frames.get(timeout=timeout / 1000)
        except queue.Empty:
            return None
        if isinstance(item, SourceError):
            raise item
        return Frame(item, CLOCK.now().mono_ms)

    def pace(self, *, idle: bool) -> None:
        self.idle.append(idle)

    def close(self) -> None:
        self.closed += 1


class Told:
    """Keeps what the reader tells, and waits for it."""

    def __init__(self) -> None:
        self.codes: queue.Queue[Code] = queue.Queue()
        self.previews: queue.Queue[Bgr] = queue.Queue()
        self.troubles: queue.Queue[Trouble | None] = queue.Queue()
        self.unreadable: queue.Queue[None] = queue.Queue()

    def handlers(self) -> ScanHandlers:
        return ScanHandlers(self.codes.put, self.previews.put, self.troubles.put, lambda: self.unreadable.put(None))


@contextmanager
def reading(
    sources: Sequence[Source], make_chain: Callable[[], Chain] = standard_chain, rules: ScanRules = QUICK
) -> Iterator[tuple[ScanReader, Told]]:
    told = Told()
    reader = ScanReader(sources, told.handlers(), CLOCK, make_chain, rules)
    reader.start()
    try:
        yield reader, told
    finally:
        reader.stop()


def showing(payload: bytes, symbology: Symbology = Symbology.QR) -> Gray:
    return draw_code(payload, symbology, module_px=4)


def payloads(told: Told, count: int) -> list[bytes]:
    return [told.codes.get(timeout=PATIENCE_S).payload for _ in range(count)]


def drained(told: Told) -> list[bytes]:
    return [told.codes.get_nowait().payload for _ in range(told.codes.qsize())]


def show(source: ScriptSource, gray: Gray, times: int = 5) -> None:
    for _ in range(times):
        source.frames.put(gray)
        time.sleep(0.02)


def test_a_code_is_told_once_with_its_times_and_its_place() -> None:
    source = ScriptSource()
    with reading([source]) as (_, told):
        show(source, showing(b"\x00OPAS\xff"))
        code = told.codes.get(timeout=PATIENCE_S)
        show(source, showing(b"\x00OPAS\xff"))
    assert (code.payload, code.symbology, code.decoder, len(code.corners)) == (
        b"\x00OPAS\xff",
        Symbology.QR,
        "zxing-cpp",
        4,
    )
    assert 0 < code.captured_at <= code.decoded_at
    assert drained(told) == []


def test_the_same_code_counts_again_after_it_was_away_and_another_at_once() -> None:
    source = ScriptSource()
    with reading([source]) as (_, told):
        show(source, showing(b"FIRST"))
        show(source, showing(b"SECOND"))
        show(source, EMPTY, 20)
        show(source, showing(b"FIRST"))
        assert payloads(told, 3) == [b"FIRST", b"SECOND", b"FIRST"]


def test_two_sources_are_read_side_by_side_and_the_first_gives_the_preview() -> None:
    left, right = ScriptSource("left"), ScriptSource("right")
    with reading([left, right]) as (_, told):
        show(right, showing(b"RIGHT"))
        assert payloads(told, 1) == [b"RIGHT"]
        assert told.previews.empty()
        show(left, showing(b"LEFT"))
        assert payloads(told, 1) == [b"LEFT"]
        assert told.previews.get(timeout=PATIENCE_S).ndim == 3


def test_the_preview_stops_when_nobody_looks_and_comes_back() -> None:
    source = ScriptSource()
    with reading([source]) as (reader, told):
        source.frames.put(EMPTY)
        preview = told.previews.get(timeout=PATIENCE_S)
        assert preview.shape == (90, 160, 3)
        reader.set_preview(False)
        show(source, showing(b"SEEN"))
        payloads(told, 1)
        while not told.previews.empty():
            told.previews.get()
        show(source, EMPTY)
        assert told.previews.empty()
        reader.set_preview(True)
        source.frames.put(EMPTY)
        assert told.previews.get(timeout=PATIENCE_S) is not None


def test_for_a_moment_after_a_code_the_processor_belongs_to_its_answer() -> None:
    """No preview and no second look at a frame, then both again."""
    source = ScriptSource()
    rules = replace(QUICK, answer_ms=DurationMs(400))
    with reading([source], rules=rules) as (_, told):
        show(source, showing(b"OP1:A"), 1)
        code = told.codes.get(timeout=PATIENCE_S)
        drain(told.previews)
        show(source, showing(b"OP1:B"), 1)
        until = code.decoded_at + rules.answer_ms
        while told.previews.empty():
            source.frames.put(EMPTY)
            time.sleep(0.02)
        assert CLOCK.now().mono_ms >= until
        show(source, showing(b"OP1:C"))
        assert told.codes.get(timeout=PATIENCE_S).payload == b"OP1:C"


def drain(things: "queue.Queue[Bgr]") -> None:
    while not things.empty():
        things.get()


def test_a_large_picture_is_made_small_for_the_preview() -> None:
    source = ScriptSource()
    with reading([source]) as (_, told):
        source.frames.put(np.zeros((720, 1280), np.uint8))
        assert told.previews.get(timeout=PATIENCE_S).shape == (360, 640, 3)


def test_a_missing_camera_is_told_and_so_is_its_return() -> None:
    source = ScriptSource()
    source.fails_to_open = True
    with reading([source]) as (_, told):
        assert told.troubles.get(timeout=PATIENCE_S) is Trouble.NO_CAMERA
        source.fails_to_open = False
        show(source, showing(b"BACK"))
        assert told.troubles.get(timeout=PATIENCE_S) is None
        assert payloads(told, 1) == [b"BACK"]
    assert source.opened >= 2


def test_a_camera_pulled_out_is_told_opened_again_and_read_again() -> None:
    source = ScriptSource()
    with reading([source]) as (_, told):
        show(source, showing(b"BEFORE"))
        source.fails_to_open = True
        source.frames.put(SourceError("script: it is gone.", "Plug it in."))
        assert told.troubles.get(timeout=PATIENCE_S) is Trouble.NO_CAMERA
        source.fails_to_open = False
        show(source, showing(b"AFTER"))
        assert told.troubles.get(timeout=PATIENCE_S) is None
        assert payloads(told, 2) == [b"BEFORE", b"AFTER"]


def test_a_camera_that_falls_silent_is_told_and_opened_again() -> None:
    source = ScriptSource()
    with reading([source]) as (_, told):
        show(source, EMPTY)
        assert told.troubles.get(timeout=PATIENCE_S) is Trouble.CAMERA_FROZEN
        deadline = time.monotonic() + PATIENCE_S
        while source.opened < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        show(source, showing(b"AFTER"))
        assert told.troubles.get(timeout=PATIENCE_S) is None
    assert source.opened >= 2


def test_a_camera_held_up_inside_its_driver_is_told_all_the_same() -> None:
    source = ScriptSource()
    source.holds_up = threading.Event()
    with reading([source]) as (_, told):
        try:
            assert told.troubles.get(timeout=PATIENCE_S) is Trouble.CAMERA_FROZEN
        finally:
            source.holds_up.set()


def test_one_of_two_cameras_failing_is_no_trouble_while_the_other_works() -> None:
    good, bad = ScriptSource("good"), ScriptSource("bad")
    bad.fails_to_open = True
    with reading([good, bad]) as (_, told):
        show(good, showing(b"GOOD"))
        assert payloads(told, 1) == [b"GOOD"]
        assert told.troubles.empty()


def test_a_source_that_ends_is_no_trouble() -> None:
    source = ScriptSource()
    source.ended = True
    with reading([source]) as (_, told), pytest.raises(queue.Empty):
        told.troubles.get(timeout=1.0)


def test_a_code_clearly_there_that_can_not_be_read_is_told_of_once() -> None:
    code = draw_code(b"OP1:" + b"A1$" * 42, module_px=6, quiet=30)
    code[:, code.shape[1] // 2 :] = 255
    source = ScriptSource()
    with reading([source]) as (_, told):
        for _ in range(60):
            show(source, code, 1)
        told.unreadable.get(timeout=PATIENCE_S)
        show(source, code, 10)
        assert told.unreadable.empty()
    assert drained(told) == []


def test_while_nothing_moves_hardly_any_frame_is_decoded() -> None:
    class Counting:
        name = "counting"
        looks = 0

        def decode(self, gray: Gray) -> tuple[Found, ...]:
            return ()

        def look(self, gray: Gray) -> Look:
            self.looks += 1
            return Look()

    decoder, source = Counting(), ScriptSource()
    rules = ScanRules(capture=CaptureRules(awake_ms=DurationMs(0)), still_decode_ms=DurationMs(600_000))
    with reading([source], lambda: Chain(decoder, ()), rules):
        show(source, EMPTY, 30)
    assert decoder.looks <= 2
    assert source.idle[-1] is True


def test_a_frame_that_upsets_a_decoder_does_not_end_the_reading(caplog: pytest.LogCaptureFixture) -> None:
    class Moody:
        name = "moody"

        def decode(self, gray: Gray) -> tuple[Found, ...]:
            if gray.shape == EMPTY.shape:
                raise RuntimeError("this frame is strange")
            return (Found(b"FINE", Symbology.QR, self.name),)

        def look(self, gray: Gray) -> Look:
            return Look(self.decode(gray))

    source = ScriptSource()
    with reading([source], lambda: Chain(Moody(), ())) as (_, told):
        show(source, EMPTY)
        show(source, showing(b"X"))
        assert payloads(told, 1) == [b"FINE"]
    assert "could not be looked at" in caplog.text


def test_without_any_source_it_starts_and_stops() -> None:
    with reading([]) as (_, told):
        pass
    assert told.troubles.empty()


def test_stopping_closes_the_source_and_leaves_no_thread() -> None:
    source = ScriptSource()
    before = threading.active_count()
    with reading([source]) as (_, told):
        show(source, showing(b"OPAS"))
        payloads(told, 1)
        assert threading.active_count() == before + 2
    assert threading.active_count() == before
    assert source.closed >= 1


def test_from_a_dropped_picture_to_its_code_through_staged_frames(tmp_path: Path) -> None:
    stage = StageSource(tmp_path, CLOCK, rules=StageRules(hold_ms=DurationMs(2000)))
    with reading([stage], rules=ScanRules()) as (_, told):
        told.previews.get(timeout=PATIENCE_S)
        for number, symbology in enumerate((Symbology.QR, Symbology.AZTEC, Symbology.PDF417)):
            part = tmp_path / "hold" / "code.part"
            part.write_bytes(picture.encoded_png(draw_code(b"OP1:" + b"A%d" % number * 63, symbology)))
            part.rename(part.with_suffix(".png"))
            code = told.codes.get(timeout=PATIENCE_S)
            assert (code.payload, code.symbology) == (b"OP1:" + b"A%d" % number * 63, symbology)
            while (tmp_path / "hold" / "code.png").exists():
                time.sleep(0.02)
        assert told.codes.empty()
        assert told.troubles.empty()
        assert told.unreadable.empty()
