"""One presentation gives one result."""

import random

from kiosk.model.code import Symbology
from kiosk.model.ids import MonotonicMs
from kiosk.scanning.found import Found
from kiosk.scanning.presentation import Presentations

AIM = (640.0, 360.0)


def found(payload: bytes, symbology: Symbology = Symbology.QR, x: float = 640, y: float = 360) -> Found:
    corners = ((x - 50, y - 50), (x + 50, y - 50), (x + 50, y + 50), (x - 50, y + 50))
    return Found(payload, symbology, "test", corners)


class Show:
    """Shows frames 100 ms apart and keeps what came of them."""

    def __init__(self) -> None:
        self.presentations = Presentations()
        self.at = 0
        self.events: list[bytes] = []

    def frames(self, count: int, *codes: Found, step: int = 100) -> None:
        for _ in range(count):
            new = self.presentations.see(codes, MonotonicMs(self.at), AIM)
            self.at += step
            if new is not None:
                self.events.append(new.payload)


def test_a_code_held_still_for_a_minute_gives_one_result() -> None:
    show = Show()
    show.frames(600, found(b"A"))
    assert show.events == [b"A"]


def test_a_flickering_code_gives_one_result() -> None:
    show, rng = Show(), random.Random(1)
    for _ in range(300):
        show.frames(1, *([found(b"A")] if rng.random() < 0.4 else []))
    assert show.events == [b"A"]


def test_a_code_shown_again_after_it_was_away_gives_the_next_result() -> None:
    show = Show()
    show.frames(5, found(b"A"))
    show.frames(20)
    show.frames(5, found(b"A"))
    assert show.events == [b"A", b"A"]


def test_a_code_looked_for_only_now_and_then_is_not_taken_for_absent() -> None:
    show = Show()
    show.frames(20, found(b"A"), step=2000)
    show.frames(1, step=2000)
    show.frames(5, found(b"A"), step=2000)
    assert show.events == [b"A"]


def test_another_code_gives_the_next_result_at_once() -> None:
    show = Show()
    show.frames(3, found(b"A"))
    show.frames(1, found(b"B"))
    assert show.events == [b"A", b"B"]


def test_of_two_codes_the_one_nearer_to_the_aim_counts() -> None:
    show = Show()
    show.frames(10, found(b"far", x=100), found(b"near", x=600))
    assert show.events == [b"near"]


def test_two_codes_in_the_aim_frame_give_none_and_are_told_of_once() -> None:
    show = Show()
    show.frames(1, found(b"left", x=500), found(b"right", x=760))
    assert show.presentations.two_codes()
    show.frames(10, found(b"left", x=500), found(b"right", x=760))
    assert not show.presentations.two_codes()
    show.frames(1, found(b"left", x=500))
    assert show.events == [b"left"]


def test_two_codes_that_come_back_together_are_told_of_again() -> None:
    show = Show()
    for _ in range(2):
        show.frames(3, found(b"left", x=500), found(b"right", x=760))
        assert show.presentations.two_codes()
        show.frames(20)


def test_the_same_code_twice_in_the_aim_frame_is_one() -> None:
    show = Show()
    show.frames(3, found(b"A", x=500), found(b"A", x=760))
    assert show.events == [b"A"]
    assert not show.presentations.two_codes()


def test_a_code_without_corners_counts() -> None:
    show = Show()
    show.frames(2, Found(b"A", Symbology.QR, "test"))
    assert show.events == [b"A"]


def test_a_stacked_code_needs_two_frames_that_agree() -> None:
    show = Show()
    show.frames(1, found(b"misread", Symbology.PDF417))
    assert show.events == []
    show.frames(1, found(b"right", Symbology.PDF417))
    assert show.events == []
    show.frames(1, found(b"right", Symbology.PDF417))
    assert show.events == [b"right"]


def test_two_equal_misreads_far_apart_do_not_agree() -> None:
    show = Show()
    for _ in range(3):
        show.frames(1, found(b"misread", Symbology.CODE128))
        show.frames(16)
    assert show.events == []


def test_a_stacked_code_held_still_gives_one_result() -> None:
    show = Show()
    show.frames(50, found(b"right", Symbology.PDF417))
    assert show.events == [b"right"]


def test_ten_thousand_codes_leave_nothing_behind() -> None:
    show = Show()
    for number in range(10_000):
        show.frames(1, found(b"%d" % number))
    assert len(show.events) == 10_000
    show.frames(20)
    # All were forgotten, so the first one counts anew.
    show.frames(1, found(b"0"))
    assert show.events[-1] == b"0"
