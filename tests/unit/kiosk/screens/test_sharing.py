"""How room is shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.widgets.sharing import Claim, pages, share


def _claim(wanted: float, least: float, grow: float = 0.0) -> Claim:
    return Claim(wanted, lambda: least, grow)


def test_spare_room_goes_to_those_that_grow() -> None:
    """In proportion; the others get what they want."""
    assert share(100, [_claim(20, 10), _claim(20, 10, 1), _claim(20, 10, 3)]) == [20, 30, 50]


def test_missing_room_is_taken_from_what_can_give_it() -> None:
    """Those that can shrink shrink."""
    assert share(50, [_claim(40, 20), _claim(20, 20)]) == [30, 20]


def test_far_too_little_room_is_shared_all_the_same() -> None:
    """Nothing ever lies over its neighbour."""
    assert share(20, [_claim(40, 30), _claim(20, 10)]) == [15, 5]
    assert share(-5, [_claim(40, 30)]) == [0]


def test_nobody_is_asked_for_the_least_while_there_is_room() -> None:
    """Measuring costs time."""

    def never() -> float:
        raise AssertionError

    assert share(100, [Claim(60, never)]) == [60]


@given(st.floats(0, 3000), st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500), st.integers(0, 3)), max_size=8))
def test_never_more_than_there_is(length: float, asked: list[tuple[float, float, float]]) -> None:
    """And none gets less than nothing."""
    shares = share(length, [_claim(*each) for each in asked])
    assert len(shares) == len(asked)
    assert all(each >= 0 for each in shares)
    assert sum(shares) <= length + 1e-6 * max(1.0, length)
    if asked and sum(wanted for wanted, _, _ in asked) <= length and sum(grow for _, _, grow in asked) > 0:
        assert sum(shares) == pytest.approx(length)


def test_pages() -> None:
    """Seven things, three a page, are three pages; none are one empty page."""
    assert [pages(7, 3), pages(6, 3), pages(0, 3), pages(5, 0)] == [3, 2, 1, 5]
