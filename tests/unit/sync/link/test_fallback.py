"""Two brokers, one at a time: which one is used, and what those who use the link see of it."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.errors import LinkError
from sync.link.fallback import FallbackLink, Patience
from tests.fakes.link import FakeLink


class Renewed(FakeLink):
    """Counts how often it was to come with another certificate."""

    def __init__(self) -> None:
        super().__init__()
        self.anew = 0

    def come_anew(self) -> None:
        self.anew += 1


class Hearer:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._heard = threading.Condition()

    def on_connect(self) -> None:
        self.note("up")

    def on_disconnect(self, reason: LinkError) -> None:
        self.note("down")

    def on_message(self, topic: str, payload: bytes) -> None:
        self.note(f"{topic} {payload.decode()}")

    def wait_for(self, *told: str) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: self.told == list(told), 10), self.told

    def note(self, what: str) -> None:
        with self._heard:
            self.told.append(what)
            self._heard.notify_all()


class Site:
    """A link over a site's broker and the central one, both played by the test."""

    def __init__(self, away_s: float, steady_s: float, silence_s: float = 600) -> None:
        self.first = Renewed()
        self.seconds: list[Renewed] = []
        self.hearer = Hearer()
        self.link = FallbackLink(self.first, self._second, Patience(away_s, steady_s, silence_s), {"neighbours"})
        self.link.subscribe("a")
        self.link.tell_of_ways(lambda: self.hearer.note("other way"))
        self.link.start(self.hearer)

    def _second(self) -> Renewed:
        self.seconds.append(Renewed())
        return self.seconds[-1]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def hasty() -> Iterator[Site]:
    """Leaves the site's broker at once and goes back at once."""
    made = Site(0.02, 0.02)
    yield made
    made.link.stop()


@pytest.fixture
def patient() -> Iterator[Site]:
    made = Site(600, 600)
    yield made
    made.link.stop()


def test_the_sites_broker_is_used_while_it_is_there(patient: Site) -> None:
    """And the central one is left alone."""
    patient.first.up()
    patient.hearer.wait_for("up")
    assert patient.link.publish("t", b"1")
    assert [message.payload for message in patient.first.sent] == [b"1"]
    patient.first.deliver("a", b"x")
    patient.hearer.wait_for("up", "a x")
    assert patient.seconds == []


def test_a_broker_that_is_away_for_a_moment_is_waited_for(patient: Site) -> None:
    """A restart of the site's broker sends nobody away."""
    patient.first.up()
    patient.first.down()
    patient.hearer.wait_for("up", "down")
    assert not patient.link.publish("t", b"1")
    patient.first.up()
    patient.hearer.wait_for("up", "down", "up")
    assert patient.seconds == []


def test_the_central_one_takes_over_with_all_subscriptions(hasty: Site) -> None:
    """Whether the site's went away or was never there."""
    hasty.first.down()
    until(lambda: len(hasty.seconds) == 1)
    (second,) = hasty.seconds
    until(lambda: second.started)
    assert second.filters == ["a"]
    second.up()
    hasty.hearer.wait_for("down", "up")
    assert hasty.link.publish("t", b"1")
    assert [message.payload for message in second.sent] == [b"1"]
    second.down()
    hasty.hearer.wait_for("down", "up", "down")
    second.up()
    hasty.hearer.wait_for("down", "up", "down", "up")
    assert len(hasty.seconds) == 1


def test_it_goes_back_to_the_sites_broker_and_lets_the_central_one_go(hasty: Site) -> None:
    """To those who use it the connection broke and came back."""
    until(lambda: len(hasty.seconds) == 1 and hasty.seconds[0].started)
    (second,) = hasty.seconds
    second.up()
    hasty.hearer.wait_for("up")
    hasty.first.up()
    hasty.hearer.wait_for("up", "down", "up")
    assert not second.started
    assert hasty.link.publish("t", b"1")
    assert [message.payload for message in hasty.first.sent] == [b"1"]
    second.deliver("a", b"late")
    hasty.first.deliver("a", b"x")
    hasty.hearer.wait_for("up", "down", "up", "a x")
    hasty.first.down()
    until(lambda: len(hasty.seconds) == 2)


def test_it_stays_where_it_is_until_the_sites_broker_is_steady() -> None:
    """One that comes and goes is left alone, and its messages are not heard twice; if the other goes it is good enough."""
    site = Site(0.02, 600)
    try:
        until(lambda: len(site.seconds) == 1 and site.seconds[0].started)
        (second,) = site.seconds
        second.up()
        site.hearer.wait_for("up")
        site.first.up()
        site.first.deliver("a", b"twice")
        site.first.down()
        site.first.up()
        second.deliver("a", b"once")
        site.hearer.wait_for("up", "a once")
        second.down()
        site.hearer.wait_for("up", "a once", "down", "up")
        assert site.link.publish("t", b"1")
        assert [message.payload for message in site.first.sent] == [b"1"]
    finally:
        site.link.stop()


def test_the_sites_broker_is_taken_at_once_while_there_is_no_other(hasty: Site) -> None:
    """The central one, still on its way, is stopped."""
    until(lambda: len(hasty.seconds) == 1 and hasty.seconds[0].started)
    hasty.first.up()
    hasty.hearer.wait_for("up")
    assert not hasty.seconds[0].started


@pytest.fixture
def listening() -> Iterator[Site]:
    """At its site's broker, where the hub is silent; it listens at the central one as well."""
    made = Site(600, 0.02, 0.06)
    made.first.up()
    made.hearer.wait_for("up")
    until(lambda: len(made.seconds) == 1 and made.seconds[0].started)
    yield made
    made.link.stop()


@pytest.fixture
def past(listening: Site) -> Site:
    """The hub is heard at the central broker only."""
    (second,) = listening.seconds
    second.up()
    second.deliver("a", b"hub")
    listening.hearer.wait_for("up", "other way")
    return listening


def sent(link: FakeLink) -> list[str]:
    return [message.topic for message in link.sent]


def test_where_the_hub_is_silent_it_is_listened_for_elsewhere_and_nothing_else_changes(listening: Site) -> None:
    """Neither a connection there nor what neighbours say there is the hub's word."""
    (second,) = listening.seconds
    assert second.filters == ["a"]
    second.up()
    second.deliver("neighbours", b"theirs")
    second.down()
    second.up()
    assert listening.link.publish("t", b"1")
    assert listening.link.publish("neighbours", b"2")
    listening.first.deliver("neighbours", b"ours")
    listening.hearer.wait_for("up", "neighbours ours")
    assert (sent(listening.first), sent(second)) == (["t", "neighbours"], [])
    assert listening.link.at_home


def test_a_bridge_that_was_only_slow_makes_no_difference(listening: Site) -> None:
    """The hub is heard at the site's broker after all: the other connection is let go of."""
    (second,) = listening.seconds
    second.up()
    listening.first.deliver("a", b"hub")
    until(lambda: not second.started)
    listening.hearer.wait_for("up", "a hub")


def test_past_a_dead_bridge_goes_what_is_for_the_hub_and_no_claim(past: Site) -> None:
    """The device stays with its neighbours, and hears the hub once only should the bridge revive."""
    (second,) = past.seconds
    assert past.link.publish("t", b"1")
    assert past.link.publish("neighbours", b"2")
    assert (sent(past.first), sent(second)) == (["neighbours"], ["t"])
    assert past.link.at_home
    assert past.link.past_bridge
    past.first.deliver("neighbours", b"ours")
    second.deliver("neighbours", b"theirs")
    second.deliver("a", b"x")
    past.hearer.wait_for("up", "other way", "neighbours ours", "a x")


def test_it_goes_back_through_the_bridge_when_the_hub_is_heard_there_again(past: Site) -> None:
    """The second connection is let go of, and both ends agree where to go on."""
    (second,) = past.seconds
    past.first.deliver("a", b"hub")
    past.hearer.wait_for("up", "other way", "other way")
    assert not past.link.past_bridge
    assert not second.started
    assert past.link.publish("t", b"1")
    assert sent(past.first) == ["t"]
    until(lambda: len(past.seconds) == 2)


def test_a_way_past_the_bridge_that_breaks_leaves_the_bridge(past: Site) -> None:
    """Who stays with its neighbours is not torn from them by that; the way is taken again once the hub is heard there."""
    (second,) = past.seconds
    second.down()
    past.hearer.wait_for("up", "other way", "other way")
    assert past.link.publish("t", b"1")
    assert sent(past.first) == ["t"]
    second.up()
    second.deliver("a", b"hub")
    past.hearer.wait_for("up", "other way", "other way", "other way")
    assert past.link.publish("t", b"2")
    assert sent(second) == ["t"]


def test_the_central_broker_takes_all_over_when_the_sites_goes_too(past: Site) -> None:
    """At once, since the connection is there."""
    (second,) = past.seconds
    past.first.down()
    past.hearer.wait_for("up", "other way", "down", "up")
    assert past.link.publish("neighbours", b"1")
    assert sent(second) == ["neighbours"]
    assert not past.link.at_home
    assert not past.link.past_bridge
    second.deliver("a", b"x")
    past.hearer.wait_for("up", "other way", "down", "up", "a x")


def test_back_at_a_sites_broker_whose_bridge_was_dead_the_way_past_it_is_kept(past: Site) -> None:
    """It is dead still, for all that is known; until the hub is heard there."""
    (second,) = past.seconds
    past.first.down()
    past.hearer.wait_for("up", "other way", "down", "up")
    past.first.up()
    past.hearer.wait_for("up", "other way", "down", "up", "down", "up")
    assert second.started
    assert past.link.publish("t", b"1")
    assert past.link.publish("neighbours", b"2")
    assert (sent(past.first), sent(second)) == (["neighbours"], ["t"])
    past.first.deliver("a", b"hub")
    past.hearer.wait_for("up", "other way", "down", "up", "down", "up", "other way")
    assert not second.started


def test_back_from_a_central_broker_that_went_too_the_hub_is_looked_for_anew(past: Site) -> None:
    """What was known of the bridge was known by that connection."""
    (second,) = past.seconds
    past.first.down()
    past.hearer.wait_for("up", "other way", "down", "up")
    second.down()
    past.hearer.wait_for("up", "other way", "down", "up", "down")
    past.first.up()
    past.hearer.wait_for("up", "other way", "down", "up", "down", "up")
    assert not second.started
    assert past.link.publish("t", b"1")
    assert sent(past.first) == ["t"]
    until(lambda: len(past.seconds) == 2)


def test_a_connection_that_came_anew_is_told_of(past: Site) -> None:
    """What was under way at that moment may be lost, on either one."""
    (second,) = past.seconds
    past.first.up()
    past.hearer.wait_for("up", "other way", "up")
    second.up()
    past.hearer.wait_for("up", "other way", "up", "other way")
    past.first.down()
    past.hearer.wait_for("up", "other way", "up", "other way", "down", "up")
    second.up()
    past.hearer.wait_for("up", "other way", "up", "other way", "down", "up", "up")


def test_a_renewed_certificate_is_for_both(hasty: Site) -> None:
    until(lambda: len(hasty.seconds) == 1)
    hasty.link.come_anew()
    assert (hasty.first.anew, hasty.seconds[0].anew) == (1, 1)


def test_it_stops_both(hasty: Site) -> None:
    until(lambda: len(hasty.seconds) == 1 and hasty.seconds[0].started)
    hasty.link.stop()
    assert not hasty.first.started
    assert not hasty.seconds[0].started
