"""Several sources at once: one presentation is one event whoever read it, the newest frame wins, and nothing piles up."""

import gc
import os
import queue
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from kiosk.errors import SourceError
from kiosk.model.clock import Instant
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, EpochMs, MonotonicMs
from kiosk.model.source import Layout, Marks, SourceConfig, SourceKind
from kiosk.model.view import Trouble
from kiosk.scanning.assembly import Assembly
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.chain import Chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.evdev import HidScanner
from kiosk.scanning.found import Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.presentation import PresentationRules
from kiosk.scanning.reader import ScanHandlers, ScanReader, ScanRules
from kiosk.scanning.source import CodeSource, Frame, Source, SourceBase
from kiosk.scanning.zxing import ZxingDecoder
from tests.fakes.evdev import FakeInput, FakeKeyDevice
from tests.fakes.typing import typed

PATIENCE_S = 20.0
RULES = ScanRules(
    capture=CaptureRules(read_ms=DurationMs(20), retry_ms=DurationMs(20), most_retry_ms=DurationMs(40)),
    presentation=PresentationRules(absent_ms=DurationMs(600), absent_frames=2),
    still_decode_ms=DurationMs(0),
    answer_ms=DurationMs(0),
)
WALL = np.full((120, 120), 120, np.uint8)


class RealClock:
    def now(self) -> Instant:
        return Instant(EpochMs(0), MonotonicMs(time.monotonic_ns() // 1_000_000), "0badb007")


CLOCK = RealClock()


def now() -> MonotonicMs:
    return CLOCK.now().mono_ms


class Lens(SourceBase):
    """A camera that sees whatever the test last put before it, 100 times a second."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scene: Gray = WALL

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, timeout: DurationMs) -> Frame | None:
        time.sleep(0.01)
        return Frame(self.scene, now())


class HandScanner:
    """A scanner on a wire: gives what the test makes it scan."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scanned: queue.Queue[bytes] = queue.Queue()
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.opened -= 1

    def read(self, timeout: DurationMs) -> tuple[Code, ...]:
        try:
            payload = self.scanned.get(timeout=timeout / 1000)
        except queue.Empty:
            return ()
        return (Code(payload, Symbology.KEYED, self.name, now(), now()),)


class Told:
    def __init__(self) -> None:
        self.codes: queue.Queue[Code] = queue.Queue()
        self.troubles: queue.Queue[Trouble | None] = queue.Queue()

    def next(self) -> tuple[bytes, str]:
        code = self.codes.get(timeout=PATIENCE_S)
        return code.payload, code.decoder

    def nothing_more(self) -> bool:
        time.sleep(0.25)
        return self.codes.empty()


def qr_chain() -> Chain:
    return Chain(ZxingDecoder([Symbology.QR]), ())


@contextmanager
def reading(
    cameras: Sequence[Source],
    scanners: Sequence[CodeSource] = (),
    make_chain: Callable[[], Chain] = qr_chain,
    rules: ScanRules = RULES,
) -> Iterator[tuple[ScanReader, Told]]:
    told = Told()
    handlers = ScanHandlers(told.codes.put, lambda _: None, told.troubles.put, lambda: None)
    reader = ScanReader(cameras, handlers, CLOCK, make_chain, rules)
    for scanner in scanners:
        reader.listen_to(scanner)
    reader.start()
    try:
        yield reader, told
    finally:
        reader.stop()


def holding(payload: bytes) -> Gray:
    return draw_code(payload, module_px=4)


def test_two_cameras_that_see_the_same_code_give_one_event() -> None:
    """Also when the second sees it a little later, and when the first one loses it while the second still has it."""
    left, right = Lens("left"), Lens("right")
    with reading([left, right]) as (_, told):
        left.scene = holding(b"TICKET")
        assert told.next()[0] == b"TICKET"
        time.sleep(0.1)
        right.scene = holding(b"TICKET")
        assert told.nothing_more()
        left.scene = WALL
        time.sleep(0.8)
        left.scene = holding(b"TICKET")
        assert told.nothing_more()


def test_gone_from_both_for_long_enough_it_counts_anew_and_another_code_at_once() -> None:
    left, right = Lens("left"), Lens("right")
    with reading([left, right]) as (_, told):
        left.scene = right.scene = holding(b"FIRST")
        assert told.next()[0] == b"FIRST"
        right.scene = holding(b"SECOND")
        assert told.next()[0] == b"SECOND"
        left.scene = right.scene = WALL
        time.sleep(1.0)
        right.scene = holding(b"FIRST")
        assert told.next()[0] == b"FIRST"
        assert told.nothing_more()


def test_a_camera_and_a_scanner_that_read_the_same_code_give_one_event() -> None:
    lens, hand = Lens("lens"), HandScanner("hand")
    with reading([lens], [hand]) as (_, told):
        lens.scene = holding(b"TICKET")
        assert told.next() == (b"TICKET", "zxing-cpp")
        hand.scanned.put(b"TICKET")
        assert told.nothing_more()
        hand.scanned.put(b"CARD")
        assert told.next() == (b"CARD", "hand")
        lens.scene = holding(b"CARD")
        assert told.nothing_more()
    assert hand.opened == 0


def test_a_code_that_one_camera_sees_and_does_not_take_is_taken_from_a_scanner() -> None:
    """Two codes side by side give none; the scanner says which one is meant."""
    lens, hand = Lens("lens"), HandScanner("hand")
    with reading([lens], [hand]) as (_, told):
        both = np.hstack([draw_code(b"ONE", module_px=4, quiet=8), draw_code(b"TWO", module_px=4, quiet=8)])
        lens.scene = np.pad(both, 100, constant_values=255)
        assert told.nothing_more()
        hand.scanned.put(b"TWO")
        assert told.next() == (b"TWO", "hand")


def test_a_scanner_that_repeats_itself_gives_one_event_and_a_later_scan_another() -> None:
    hand = HandScanner("hand")
    with reading([], [hand]) as (_, told):
        for _ in range(5):
            hand.scanned.put(b"TICKET")
            time.sleep(0.05)
        assert told.next()[0] == b"TICKET"
        assert told.nothing_more()
        time.sleep(0.6)
        hand.scanned.put(b"TICKET")
        assert told.next()[0] == b"TICKET"


def test_a_code_typed_into_the_app_is_one_with_what_the_camera_sees() -> None:
    lens = Lens("lens")
    with reading([lens]) as (reader, told):
        lens.scene = holding(b"TICKET")
        assert told.next()[0] == b"TICKET"
        reader.offer(Code(b"TICKET", Symbology.KEYED, "keys", now(), now()))
        reader.offer(Code(b"OTHER", Symbology.KEYED, "keys", now(), now()))
        assert told.next() == (b"OTHER", "keys")
    reader.offer(Code(b"LATE", Symbology.KEYED, "keys", now(), now()))
    assert told.codes.empty()


def test_a_scanner_that_plays_a_keyboard_is_read_on_its_thread_and_found_again_after_it_was_unplugged() -> None:
    """Half a code that was typed before is forgotten; the trouble is told while it lasts."""
    path, device = "/dev/input/event7", FakeKeyDevice()
    plugged: dict[str, FakeKeyDevice | None] = {path: device}
    scanner = HidScanner(SourceConfig(SourceKind.HID, "0c2e:0b61", layout=Layout.FI), CLOCK, FakeInput(plugged))
    with reading([], [scanner]) as (_, told):
        until(lambda: device.grabbed)
        device.press(typed("LOT\x1dä/7\r", Layout.FI))
        assert told.next() == ("LOT\x1dä/7".encode(), "hid")
        device.press(typed("HALF", Layout.FI))
        del plugged[path]
        device.grabbed = False
        device.unplug()
        assert told.troubles.get(timeout=PATIENCE_S) is Trouble.NO_SCANNER
        plugged[path] = device
        assert told.troubles.get(timeout=PATIENCE_S) is None
        until(lambda: device.grabbed)
        device.press(typed("WHOLE\r", Layout.FI))
        assert told.next() == (b"WHOLE", "hid")


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_scanner_that_is_missing_is_told_unless_a_camera_still_reads() -> None:
    class Unplugged(HandScanner):
        def open(self) -> None:
            raise SourceError("hand: there is none.", "Plug it in.")

        def close(self) -> None:
            pass

    with reading([], [Unplugged("hand")]) as (_, told):
        assert told.troubles.get(timeout=PATIENCE_S) is Trouble.NO_SCANNER
    lens = Lens("lens")
    with reading([lens], [Unplugged("hand")]) as (_, told):
        lens.scene = holding(b"TICKET")
        assert told.next()[0] == b"TICKET"
        assert told.troubles.empty()


class Numbered:
    """A decoder that is slow and reads a frame's number from its first pixels."""

    name = "numbered"

    def __init__(self, slow_s: float = 0.0) -> None:
        self.slow_s = slow_s
        self.read: list[int] = []

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        time.sleep(self.slow_s)
        self.read.append(int.from_bytes(gray[0, :4].tobytes(), "little"))
        return (Found(b"%d" % self.read[-1], Symbology.QR, self.name),)

    def look(self, gray: Gray) -> Look:
        return Look(self.decode(gray))


class Counting(SourceBase):
    """Frames numbered from 1, as fast as they are taken."""

    def __init__(self, last: int, pause_s: float) -> None:
        self.name = "counting"
        self.number = 0
        self._last = last
        self._pause_s = pause_s

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, timeout: DurationMs) -> Frame | None:
        time.sleep(self._pause_s)
        if self.number >= self._last:
            return None
        self.number += 1
        gray = np.full((16, 16), 120, np.uint8)
        gray[0, :4] = np.frombuffer(self.number.to_bytes(4, "little"), np.uint8)
        return Frame(gray, now())


class Dealt(SourceBase):
    """Shows each picture that is dealt to it, once."""

    def __init__(self) -> None:
        self.name = "dealt"
        self.deal: queue.Queue[Gray] = queue.Queue()

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, timeout: DurationMs) -> Frame | None:
        try:
            return Frame(self.deal.get(timeout=timeout / 1000), now())
        except queue.Empty:
            return None


def nothing(gray: Gray) -> tuple[()]:
    return ()


def test_a_decoder_that_is_too_slow_sees_the_newest_frame_and_nothing_queues_up() -> None:
    """500 frames a second into a decoder that takes 50 ms: it skips, and never looks at an old one."""
    decoder, source = Numbered(slow_s=0.05), Counting(300, 0.002)
    behind: list[int] = []

    class Noting(Numbered):
        def decode(self, gray: Gray) -> tuple[Found, ...]:
            behind.append(source.number - int.from_bytes(gray[0, :4].tobytes(), "little"))
            return decoder.decode(gray)

    with reading([source], make_chain=lambda: Chain(Noting(), (), find=nothing)):
        deadline = time.monotonic() + PATIENCE_S
        while (not decoder.read or decoder.read[-1] < 300) and time.monotonic() < deadline:
            time.sleep(0.01)
    assert decoder.read[-1] == 300
    assert len(decoder.read) < 100
    assert decoder.read == sorted(decoder.read)
    assert max(behind) <= 2


def grown_by(first: int, last: int, step: Callable[[int], None]) -> int:
    """How many bytes more Python holds after step `last` than after step `first`."""
    before = 0
    for number in range(1, last + 1):
        step(number)
        if number == first // 2:
            tracemalloc.start()
        elif number == first:
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after - before


def resident() -> int:
    """The bytes of memory that this process has, the C libraries' included."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_ten_thousand_codes_in_a_row_take_no_memory() -> None:
    """All different: every fourth before a camera, where it is really decoded, the others from a scanner."""
    rules = replace(RULES, presentation=PresentationRules(absent_ms=DurationMs(50), absent_frames=1))
    camera, hand = Dealt(), HandScanner("hand")
    occupied: list[int] = []
    with reading([camera], [hand], rules=rules) as (_, told):

        def one_more(number: int) -> None:
            payload = b"%d" % number
            if number % 4 == 0:
                camera.deal.put(draw_code(payload, module_px=2))
            else:
                hand.scanned.put(payload)
            assert told.next()[0] == payload
            if number in {2000, 10_000}:
                occupied.append(resident())

        grown = grown_by(2000, 10_000, one_more)
    assert grown < 50_000
    assert occupied[1] - occupied[0] < 16_000_000


def test_ten_thousand_codes_on_a_wire_take_no_memory() -> None:
    assembly = Assembly(Marks())

    def one_more(number: int) -> None:
        (message,) = assembly.feed(b"%d\r" % number, MonotonicMs(number))
        assert message.payload == b"%d" % number

    assert grown_by(2000, 10_000, one_more) < 20_000
