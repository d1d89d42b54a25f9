"""Help is offered once for a code that stays unreadable, and never without reason."""

from kiosk.model.ids import MonotonicMs
from kiosk.scanning.unreadable import UnreadableNotice


class Show:
    def __init__(self) -> None:
        self.notice = UnreadableNotice()
        self.at = 10_000
        self.said: list[int] = []

    def frames(
        self, ms: int, *, clear: bool = False, read: bool = False, step: int = 100, hinted: bool = False
    ) -> None:
        for _ in range(ms // step):
            if self.notice.see(MonotonicMs(self.at), clear=clear, read=read, hinted=hinted):
                self.said.append(self.at)
            self.at += step


def test_a_code_clearly_there_and_never_read_is_told_of_once() -> None:
    show = Show()
    show.frames(10_000, clear=True)
    assert show.said == [12_500]


def test_an_empty_scene_is_never_told_of() -> None:
    show = Show()
    show.frames(60_000)
    assert show.said == []


def test_a_glimpse_now_and_then_is_not_enough() -> None:
    show = Show()
    for _ in range(20):
        show.frames(300, clear=True)
        show.frames(1_000)
    assert show.said == []


def test_short_gaps_do_not_begin_anew() -> None:
    show = Show()
    for _ in range(5):
        show.frames(500, clear=True)
        show.frames(200)
    assert len(show.said) == 1


def test_a_code_that_was_read_is_not_told_of_while_it_is_put_away() -> None:
    show = Show()
    show.frames(100, read=True)
    show.frames(5_000, clear=True)
    assert show.said == []


def test_the_next_thing_held_up_is_told_of_again() -> None:
    show = Show()
    show.frames(4_000, clear=True)
    show.frames(3_000)
    show.frames(4_000, clear=True)
    assert len(show.said) == 2


def test_frames_looked_at_only_now_and_then_tell_nothing() -> None:
    show = Show()
    show.frames(20_000, clear=True, step=2_000)
    assert show.said == []


def test_whoever_is_shown_what_to_do_about_it_is_given_time_to_do_it() -> None:
    show = Show()
    show.frames(5_000, clear=True, hinted=True)
    assert show.said == []
    show.frames(2_000, clear=True, hinted=True)
    assert show.said == [16_000]
