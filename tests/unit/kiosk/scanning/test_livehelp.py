"""A hint is shown when several frames agree, stays long enough to be read, and never stands beside a read code."""

import itertools

from kiosk.model.hint import Hint
from kiosk.model.ids import MonotonicMs
from kiosk.scanning.livehelp import Helpers, LiveHelp, Sight

FAR, GLARE = Sight(Hint.TOO_FAR, (640, 360), 60), Sight(Hint.GLARE, (640, 360), 260)
NOTHING = Sight()


class Show:
    """Frames at 10 a second before one source; what was shown, and since when, stands in `told`."""

    def __init__(self) -> None:
        self.at = 10_000
        self.told: list[tuple[int, Hint | None]] = []
        self.helpers = Helpers(lambda hint: self.told.append((self.at, hint)))
        self.help: LiveHelp = self.helpers.of("camera")

    def frames(self, ms: int, *sights: Sight) -> None:
        for number in range(ms // 100):
            if self.help.due(MonotonicMs(self.at)):
                self.help.see(MonotonicMs(self.at), sights[number % len(sights)])
            self.helpers.shown(MonotonicMs(self.at))
            self.at += 100

    def read(self) -> None:
        self.helpers.read(MonotonicMs(self.at))
        self.helpers.shown(MonotonicMs(self.at))


def test_a_hint_is_shown_once_several_frames_agree() -> None:
    show = Show()
    show.frames(2000, FAR)
    assert show.told == [(10_500, Hint.TOO_FAR)]


def test_one_frame_that_looks_like_something_is_not_enough() -> None:
    show = Show()
    for _ in range(10):
        show.frames(100, FAR)
        show.frames(500, NOTHING)
    assert show.told == []


def test_frames_that_disagree_give_none() -> None:
    show = Show()
    show.frames(5000, FAR, GLARE)
    assert show.told == []


def test_a_hint_stays_long_enough_to_be_read_and_then_goes() -> None:
    show = Show()
    show.frames(1000, FAR)
    show.frames(5000, NOTHING)
    (_, first), (gone, last) = show.told
    assert (first, last) == (Hint.TOO_FAR, None)
    assert 13_000 <= gone <= 14_000


def test_hints_do_not_flicker() -> None:
    """However fast the picture changes, each hint stands for a second and a half at least."""
    show = Show()
    for _ in range(6):
        show.frames(600, FAR)
        show.frames(600, GLARE)
    changes = [at for at, _ in show.told]
    assert all(later - earlier >= 1500 for earlier, later in itertools.pairwise(changes))


def test_a_code_that_is_read_ends_it_at_once_and_for_a_while() -> None:
    show = Show()
    show.frames(1000, FAR)
    show.read()
    assert show.told == [(10_500, Hint.TOO_FAR), (11_000, None)]
    show.frames(2400, FAR)
    assert len(show.told) == 2
    show.frames(1000, FAR)
    assert show.told[-1][1] is Hint.TOO_FAR


def test_what_stands_there_for_good_is_no_code() -> None:
    show = Show()
    show.frames(60_000, FAR)
    assert [hint for _, hint in show.told] == [Hint.TOO_FAR, None]
    show.frames(4000, NOTHING)
    show.frames(1500, FAR)
    assert show.told[-1][1] is Hint.TOO_FAR


def test_what_moves_too_fast_is_told_so_and_a_calm_hand_is_not() -> None:
    show = Show()
    show.frames(2000, *[Sight(None, (640 + 70 * step, 360), 250) for step in (0, 1, 2, 1)])
    assert [hint for _, hint in show.told] == [Hint.MOVING]
    calm = Show()
    calm.frames(4000, *[Sight(None, (640 + 12 * step, 360), 250) for step in (0, 1, 2, 1)])
    assert calm.told == []


def test_no_more_frames_no_more_hint() -> None:
    show = Show()
    show.frames(1000, FAR)
    show.at += 3000
    show.helpers.shown(MonotonicMs(show.at))
    assert show.told[-1][1] is None
