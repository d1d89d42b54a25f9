"""How long to wait before the next try."""

from hypothesis import given
from hypothesis import strategies as st

from sync.link import Backoff


def test_the_bound_doubles_up_to_the_longest() -> None:
    """With the highest draw the bounds show; a success begins anew."""
    backoff = Backoff(0.5, 30, lambda: 1.0)
    assert [backoff.next() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    backoff.reset()
    assert backoff.next() == 0.5


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 200))
def test_every_delay_lies_between_nothing_and_the_longest(draw: float, failures: int) -> None:
    """Full jitter: a fleet that lost its broker at one moment comes back spread over the whole time."""
    backoff = Backoff(0.5, 30, lambda: draw)
    for _ in range(failures):
        backoff.next()
    assert 0 <= backoff.next() <= 30


def test_the_real_draw_differs_from_time_to_time() -> None:
    """Two devices do not come at the same moment."""
    backoff = Backoff(30, 30)
    assert len({backoff.next() for _ in range(20)}) > 1
