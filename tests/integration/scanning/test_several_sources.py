"""Several sources at once: one presentation is one event, whoever read it."""

import numpy as np

from kiosk.errors import SourceError
from kiosk.model.code import Code, Symbology
from kiosk.model.source import Layout, SourceConfig, SourceKind
from kiosk.model.view import Trouble
from kiosk.scanning.draw import draw_code
from kiosk.scanning.evdev import HidScanner
from tests.fakes.evdev import FakeInput, FakeKeyDevice
from tests.fakes.typing import typed
from tests.integration.scanning.booth import EMPTY, FRAME_MS, QUICK, Booth, qr_chain, showing
from tests.integration.scanning.lens import HandScanner, Lens
from tests.integration.scanning.patience import until

GONE_MS = QUICK.presentation.absent_ms + 2 * FRAME_MS
"""After this long without it a code counts as taken away."""


def quick_booth() -> Booth:
    return Booth(make_chain=qr_chain)


def test_two_cameras_that_see_the_same_code_give_one_event() -> None:
    """Also when the second sees it a little later, and when the first one loses it while the second still has it."""
    booth, left, right = quick_booth(), Lens("left"), Lens("right")
    left.scene = right.scene = EMPTY
    with booth.reading(left, right):
        left.scene = showing(b"TICKET")
        booth.let_pass(FRAME_MS)
        assert booth.told.payload() == b"TICKET"
        booth.let_pass(5 * FRAME_MS)
        right.scene = showing(b"TICKET")
        assert booth.nothing_more()
        left.scene = EMPTY
        booth.let_pass(2 * GONE_MS)
        left.scene = showing(b"TICKET")
        assert booth.nothing_more()


def test_gone_from_both_for_long_enough_it_counts_anew_and_another_code_at_once() -> None:
    booth, left, right = quick_booth(), Lens("left"), Lens("right")
    with booth.reading(left, right):
        left.scene = right.scene = showing(b"FIRST")
        booth.let_pass(FRAME_MS)
        assert booth.told.payload() == b"FIRST"
        right.scene = showing(b"SECOND")
        booth.let_pass(FRAME_MS)
        assert booth.told.payload() == b"SECOND"
        left.scene = right.scene = EMPTY
        booth.let_pass(2 * GONE_MS)
        right.scene = showing(b"FIRST")
        booth.let_pass(FRAME_MS)
        assert booth.told.payload() == b"FIRST"
        assert booth.nothing_more()


def test_a_camera_and_a_scanner_that_read_the_same_code_give_one_event() -> None:
    booth, lens, hand = quick_booth(), Lens(), HandScanner()
    with booth.reading(lens, scanners=(hand,)):
        lens.scene = showing(b"TICKET")
        booth.let_pass(FRAME_MS)
        assert booth.told.read() == (b"TICKET", "zxing-cpp")
        booth.scan(hand, b"TICKET")
        assert booth.nothing_more()
        booth.scan(hand, b"CARD")
        assert booth.told.read() == (b"CARD", "hand")
        lens.scene = showing(b"CARD")
        assert booth.nothing_more()
    assert hand.opened == 0


def test_a_code_that_one_camera_sees_and_does_not_take_is_taken_from_a_scanner() -> None:
    """Two codes side by side give none; the scanner says which one is meant."""
    booth, lens, hand = quick_booth(), Lens(), HandScanner()
    both = np.hstack([draw_code(b"ONE", module_px=4, quiet=8), draw_code(b"TWO", module_px=4, quiet=8)])
    lens.scene = np.pad(both, 100, constant_values=255)
    with booth.reading(lens, scanners=(hand,)):
        assert booth.nothing_more()
        booth.scan(hand, b"TWO")
        assert booth.told.read() == (b"TWO", "hand")


def test_a_scanner_that_repeats_itself_gives_one_event_and_a_later_scan_another() -> None:
    booth, hand = quick_booth(), HandScanner()
    with booth.reading(scanners=(hand,)):
        for _ in range(5):
            booth.scan(hand, b"TICKET")
            booth.let_pass(QUICK.presentation.absent_ms // 2)
        assert booth.told.payload() == b"TICKET"
        assert booth.told.codes.empty()
        booth.let_pass(GONE_MS)
        booth.scan(hand, b"TICKET")
        assert booth.told.payload() == b"TICKET"


def test_a_code_typed_into_the_app_is_one_with_what_the_camera_sees() -> None:
    booth, lens = quick_booth(), Lens()
    with booth.reading(lens) as reader:
        lens.scene = showing(b"TICKET")
        booth.let_pass(FRAME_MS)
        assert booth.told.payload() == b"TICKET"
        reader.offer(Code(b"TICKET", Symbology.KEYED, "keys", booth.now(), booth.now()))
        reader.offer(Code(b"OTHER", Symbology.KEYED, "keys", booth.now(), booth.now()))
        assert booth.told.read() == (b"OTHER", "keys")
    reader.offer(Code(b"LATE", Symbology.KEYED, "keys", booth.now(), booth.now()))
    assert booth.told.codes.empty()


def test_a_scanner_that_plays_a_keyboard_is_read_on_its_thread_and_found_again_after_it_was_unplugged() -> None:
    """Half a code that was typed before is forgotten; the trouble is told while it lasts."""
    path, device = "/dev/input/event7", FakeKeyDevice()
    plugged: dict[str, FakeKeyDevice | None] = {path: device}
    booth = quick_booth()
    scanner = HidScanner(SourceConfig(SourceKind.HID, "0c2e:0b61", layout=Layout.FI), booth.clock, FakeInput(plugged))
    with booth.reading(scanners=(scanner,)):
        until(lambda: device.grabbed)
        device.press(typed("LOT\x1dä/7\r", Layout.FI))
        assert booth.told.read() == ("LOT\x1dä/7".encode(), "hid")
        device.press(typed("HALF", Layout.FI))
        del plugged[path]
        device.grabbed = False
        device.unplug()
        assert booth.told.trouble() is Trouble.NO_SCANNER
        plugged[path] = device
        assert booth.told.trouble() is None
        until(lambda: device.grabbed)
        device.press(typed("WHOLE\r", Layout.FI))
        assert booth.told.read() == (b"WHOLE", "hid")


def test_a_scanner_that_is_missing_is_told_unless_a_camera_still_reads() -> None:
    class Unplugged(HandScanner):
        asked = 0

        def open(self) -> None:
            self.asked += 1
            raise SourceError("hand: there is none.", "Plug it in.")

        def close(self) -> None:
            pass

    alone, beside = Unplugged(), Unplugged()
    booth = quick_booth()
    with booth.reading(scanners=(alone,)):
        assert booth.told.trouble() is Trouble.NO_SCANNER
    booth, lens = quick_booth(), Lens()
    with booth.reading(lens, scanners=(beside,)):
        until(lambda: beside.asked > 1)
        lens.scene = showing(b"TICKET")
        booth.let_pass(FRAME_MS)
        assert booth.told.payload() == b"TICKET"
        assert booth.told.troubles.empty()
