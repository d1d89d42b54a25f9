"""What is said of ways just now counts for as long as it was said for."""

from kiosk.model.ids import EpochMs, SiteId
from kiosk.model.pathway import PathwayState, in_force


def test_a_state_holds_until_its_time_is_over() -> None:
    """One without an end holds until it is taken back."""
    lift = PathwayState("lift", SiteId("s"), open=False, at=EpochMs(1), until=EpochMs(10))
    stairs = PathwayState("stairs", SiteId("s"), open=True, at=EpochMs(1))
    assert in_force((lift, stairs), EpochMs(9)) == {("lift", False), ("stairs", True)}
    assert in_force((lift, stairs), EpochMs(10)) == {("stairs", True)}
