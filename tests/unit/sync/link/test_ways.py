"""Which way is gone to the hub, by where it is heard: the bridge alive, dead, and coming and going; the network cut."""

import pytest

from sync.link.ways import Way, Ways

SILENCE = 15.0
PULSE = 10.0
"""The hub speaks so often."""


class Site:
    """One device at its site's broker, second by second; `draw` is the same each time."""

    def __init__(self, draw: float = 0.5) -> None:
        self.ways = Ways(SILENCE, lambda: draw)
        self.now = 1_000.0
        self.told: list[tuple[float, Way]] = []
        self.ways.begin(self.now)

    def live(self, seconds: float, *, bridge: bool, centre: bool = True, lag: float = 0.0) -> None:
        """The hub speaks at each pulse; it is heard past the bridge only where the device listens there."""
        end = self.now + seconds
        while self.now < end:
            self.now += 0.5
            since = self.now % PULSE
            if centre and since == 0 and self.ways.way is not Way.BRIDGE:
                self.ways.heard_past(self.now)
            if bridge and since == lag:
                self.ways.heard_at_site(self.now)
            before = self.ways.way
            if self.ways.look(self.now) is not before:
                self.told.append((self.now, self.ways.way))

    def took(self) -> list[Way]:
        """The ways since the last question."""
        taken, self.told = [way for _, way in self.told], []
        return taken


def test_nothing_changes_while_the_bridge_lives() -> None:
    """However long."""
    site = Site()
    site.live(600, bridge=True)
    assert site.took() == []


def test_a_dead_bridge_is_found_by_comparing_and_passed() -> None:
    """Silence alone makes the device listen; only what it hears there makes it go."""
    site = Site()
    site.live(30, bridge=True)
    site.live(60, bridge=False)
    assert site.took() == [Way.BOTH, Way.PAST]
    site.live(3_600, bridge=False)
    assert site.took() == []


def test_while_the_network_is_cut_or_the_hub_away_it_stays() -> None:
    """It is heard nowhere, so there is nothing better anywhere; when it is back, so is all as it was."""
    site = Site()
    site.live(3_600, bridge=False, centre=False)
    assert site.took() == [Way.BOTH]
    site.live(600, bridge=True)
    assert site.took() == [Way.BRIDGE]


@pytest.mark.parametrize("lag", [0.0, 1.0, 4.5])
def test_what_is_heard_at_both_soon_one_after_the_other_is_no_miss(lag: float) -> None:
    """The bridge takes its time."""
    site = Site()
    site.live(60, bridge=False, centre=False)
    site.live(60, bridge=True, lag=lag)
    assert site.took() == [Way.BOTH, Way.BRIDGE]


def test_the_bridge_may_be_quicker() -> None:
    """What comes from the central broker just after is the same word."""
    ways = Ways(SILENCE, lambda: 0.0)
    ways.begin(0)
    assert ways.look(SILENCE) is Way.BOTH
    ways.heard_at_site(20.0)
    ways.heard_past(20.1)
    assert ways.look(29.0) is Way.BRIDGE


def test_it_goes_back_when_the_bridge_has_been_good_for_a_while() -> None:
    """Not at the first word."""
    site = Site(draw=0.9)
    site.live(200, bridge=False)
    site.took()
    site.live(20, bridge=True)
    assert site.took() == []
    site.live(40, bridge=True)
    assert site.took() == [Way.BRIDGE]


def test_a_bridge_that_comes_and_goes_is_waited_for_longer_each_time() -> None:
    """One that carries a word now and then is dead, and one that dies again and again is trusted ever later."""
    site = Site(draw=0.9)
    site.live(200, bridge=False)
    site.took()
    for _ in range(20):
        site.live(10, bridge=True)
        site.live(10, bridge=False)
    assert site.took() == []
    waits = []
    for _ in range(4):
        began = site.now
        site.live(900, bridge=True)
        ((at, way),) = site.told
        assert way is Way.BRIDGE
        waits.append(at - began)
        site.took()
        # It was good for less than is remembered.
        site.now = at
        site.ways.begin(at)
        site.live(200, bridge=False)
        assert site.took() == [Way.BOTH, Way.PAST]
    assert waits == sorted(set(waits))
    site.live(900, bridge=True)
    site.live(900, bridge=True)
    site.live(200, bridge=False)
    site.took()
    began = site.now
    site.live(200, bridge=True)
    ((at, _),) = site.told
    assert at - began <= waits[0] + PULSE


def test_a_connection_past_the_bridge_that_breaks_is_no_way_any_more() -> None:
    """It is one again when the hub is heard there, and until then there is the bridge, dead or not."""
    site = Site()
    site.live(200, bridge=False)
    site.took()
    site.ways.lost_past()
    assert site.ways.look(site.now) is Way.BOTH
    site.live(9, bridge=False, centre=False)
    assert site.took() == []
    site.live(60, bridge=False)
    assert site.took() == [Way.PAST]
    site.ways.lost_past()
    site.live(20, bridge=True)
    assert site.took() == [Way.BRIDGE]
    site.ways.lost_past()
    assert site.ways.look(site.now) is Way.BRIDGE


def test_devices_of_a_site_do_not_look_all_at_once() -> None:
    """Between the silence and three times that; and one with nothing to do is not woken."""
    at = []
    for draw in (0.0, 0.5, 0.99):
        ways = Site(draw).ways
        ways.begin(0)
        at.append(ways.next_look(1))
        assert ways.look(at[-1] - 0.1) is Way.BRIDGE
        assert ways.look(at[-1]) is Way.BOTH
        assert ways.next_look(at[-1]) == at[-1] + SILENCE / 6
    assert [round(each, 1) for each in at] == [15.0, 30.0, 44.7]
