"""Ten thousand codes take no more memory than one."""

import gc
import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import Marks
from kiosk.scanning.assembly import Assembly
from kiosk.scanning.draw import draw_code
from kiosk.scanning.presentation import PresentationRules
from tests.integration.scanning.booth import FRAME_MS, QUICK, Booth, qr_chain
from tests.integration.scanning.lens import HandScanner, Lens

_READINGS = 4_000


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


def fill_tables() -> None:
    """The decoder's table of objects grows once, between the two and three thousandth reading, to a megabyte, and stays."""
    chain, gray = qr_chain(), draw_code(b"1", module_px=2)
    for _ in range(_READINGS):
        chain.read(gray)


def test_ten_thousand_codes_in_a_row_take_no_memory() -> None:
    """All different: every fourth before a camera, where it is really decoded, the others from a scanner."""
    fill_tables()
    rules = replace(QUICK, presentation=PresentationRules(absent_ms=DurationMs(50), absent_frames=1))
    booth, lens, hand = Booth(rules, qr_chain), Lens(), HandScanner()
    occupied: list[int] = []
    with booth.reading(lens, scanners=(hand,)):

        def one_more(number: int) -> None:
            payload = b"%d" % number
            if number % 4 == 0:
                booth.show(lens, draw_code(payload, module_px=2), 1)
                booth.told.previews.get_nowait()
            else:
                booth.clock.advance(FRAME_MS)
                booth.scan(hand, payload)
            assert booth.told.payload() == payload
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
