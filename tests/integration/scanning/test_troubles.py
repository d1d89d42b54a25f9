"""The reader tells when it can't see, and when it can again."""

import threading

from kiosk.model.view import Trouble
from tests.integration.scanning.booth import EMPTY, QUICK, Booth, showing
from tests.integration.scanning.lens import Lens
from tests.integration.scanning.patience import until

FROZEN_MS = QUICK.capture.frozen_ms


def test_a_missing_camera_is_told_and_so_is_its_return() -> None:
    booth, lens = Booth(), Lens()
    lens.fails_to_open = True
    with booth.reading(lens):
        assert booth.told.trouble() is Trouble.NO_CAMERA
        lens.fails_to_open = False
        booth.show(lens, showing(b"BACK"))
        assert booth.told.trouble() is None
        assert booth.told.payload() == b"BACK"
    assert lens.opened >= 2


def test_a_camera_pulled_out_is_told_opened_again_and_read_again() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, showing(b"BEFORE"))
        lens.fails_to_open = True
        lens.fail()
        assert booth.told.trouble() is Trouble.NO_CAMERA
        lens.fails_to_open = False
        booth.show(lens, showing(b"AFTER"))
        assert booth.told.trouble() is None
        assert [booth.told.payload() for _ in range(2)] == [b"BEFORE", b"AFTER"]


def test_a_camera_that_falls_silent_is_told_and_opened_again() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, EMPTY)
        booth.clock.advance(FROZEN_MS + 1)
        assert booth.told.trouble() is Trouble.CAMERA_FROZEN
        until(lambda: lens.opened >= 2)
        booth.show(lens, showing(b"AFTER"))
        assert booth.told.trouble() is None
    assert lens.opened >= 2


def test_a_camera_held_up_inside_its_driver_is_told_all_the_same() -> None:
    booth, lens = Booth(), Lens()
    lens.holds_up = threading.Event()
    with booth.reading(lens):
        try:
            until(lambda: lens.held_up)
            booth.clock.advance(FROZEN_MS + 1)
            assert booth.told.trouble() is Trouble.CAMERA_FROZEN
        finally:
            lens.holds_up.set()


def test_one_of_two_cameras_failing_is_no_trouble_while_the_other_works() -> None:
    booth, good, bad = Booth(), Lens("good"), Lens("bad")
    bad.fails_to_open = True
    with booth.reading(good, bad):
        until(lambda: bad.opened > 0)
        booth.show(good, showing(b"GOOD"))
        assert booth.told.payload() == b"GOOD"
        booth.go_round()
        assert booth.told.troubles.empty()


def test_a_source_that_ends_is_no_trouble() -> None:
    booth, lens = Booth(), Lens()
    with booth.reading(lens):
        booth.show(lens, EMPTY)
        lens.ended = True
        booth.clock.advance(10 * FROZEN_MS)
        booth.go_round()
        assert booth.told.troubles.empty()
