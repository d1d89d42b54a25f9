"""Two brokers, one at a time: which one is used, and what those who use the link see of it."""

from collections.abc import Iterator

import pytest

from tests.unit.sync.link.brokers import Site, until


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


def test_a_renewed_certificate_is_for_both(hasty: Site) -> None:
    until(lambda: len(hasty.seconds) == 1)
    hasty.link.come_anew()
    assert (hasty.first.anew, hasty.seconds[0].anew) == (1, 1)


def test_it_stops_both(hasty: Site) -> None:
    until(lambda: len(hasty.seconds) == 1 and hasty.seconds[0].started)
    hasty.link.stop()
    assert not hasty.first.started
    assert not hasty.seconds[0].started
