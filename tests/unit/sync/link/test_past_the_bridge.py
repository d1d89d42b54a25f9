"""A site's broker whose bridge is dead: what goes past it, and what stays."""

from collections.abc import Iterator

import pytest

from tests.fakes.link import FakeLink
from tests.unit.sync.link.brokers import Site, until


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
