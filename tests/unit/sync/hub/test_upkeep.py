"""What is over leaves after a day."""

import threading

import pytest

from kiosk.model.event import OrderHandedOver, OrderReadied, OrderStarted
from kiosk.model.ids import EpochMs, HubVersion, JourneyId, SiteId
from kiosk.model.ticket import Journey
from sync.hub.store.classes import EventClass
from sync.hub.store.rows import RecordChange
from sync.hub.upkeep import TOMBSTONES_MS, Upkeep
from tests.unit.sync.hub.world import (
    HOUR_MS,
    ORDER,
    PERSON,
    SITE,
    TICKET,
    World,
    change,
    envelope,
    event,
    order,
    ticket,
)

DAY_MS = 24 * HOUR_MS
JOURNEY = Journey(JourneyId(TICKET), PERSON, SITE, "ferry", ticket=TICKET)


@pytest.fixture
def gone(world: World) -> list[set[SiteId]]:
    with world.store.writing() as writing:
        writing.put_records(SITE, [change(JOURNEY)], EpochMs(1))
    return []


def upkeep(world: World, gone: list[set[SiteId]]) -> Upkeep:
    return Upkeep(world.store, world.clock, gone.append)


def test_a_ticket_and_its_journey_leave_a_day_after_their_end(world: World, gone: list[set[SiteId]]) -> None:
    """And not before."""
    world.clock.advance(HOUR_MS + DAY_MS)
    assert upkeep(world, gone).once() == set()
    world.clock.advance(1)
    assert SITE in upkeep(world, gone).once()
    assert world.record(SITE, ticket()) is None
    assert world.record(SITE, JOURNEY) is None


def test_an_open_order_stays_however_old_and_a_finished_one_leaves(world: World, gone: list[set[SiteId]]) -> None:
    """Nobody's goods are forgotten."""
    world.clock.advance(30 * DAY_MS)
    upkeep(world, gone).once()
    assert world.record(SITE, order()) is not None
    world.take(envelope(event(1, OrderStarted(ORDER)), event(2, OrderReadied(ORDER)), event(3, OrderHandedOver(ORDER))))
    upkeep(world, gone).once()
    assert world.record(SITE, order()) is None


def test_tombstones_are_forgotten_in_the_end(world: World, gone: list[set[SiteId]]) -> None:
    """After that a device that was away gets a snapshot."""
    with world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(change(order()).collection, ORDER, None)], world.clock.now().wall_ms)
    world.clock.advance(TOMBSTONES_MS + 1)
    upkeep(world, gone).once()
    with world.store.reading() as reading:
        site = reading.site(SITE)
        assert site is not None
        assert [record.key for record in reading.changed(SITE, HubVersion(1)) if record.key == ORDER] == []


def test_it_runs_at_the_start_and_stops_at_once(world: World, gone: list[set[SiteId]]) -> None:
    """The sites are told by who started it."""
    world.clock.advance(3 * DAY_MS)
    told = threading.Event()

    def tell(sites: set[SiteId]) -> None:
        gone.append(sites)
        told.set()

    running = Upkeep(world.store, world.clock, tell)
    running.start()
    assert told.wait(5)
    running.stop()
    assert [SITE in sites for sites in gone] == [True]


def test_events_go_by_class_once_their_months_have_passed(world: World) -> None:
    """Readings sooner than deeds, and none of a class that is kept for ever."""
    world.take(envelope(event(1), event(2, OrderStarted(ORDER)), event(3)))
    keep = Upkeep(world.store, world.clock, lambda _: None, {EventClass.READING: 60, EventClass.DEED: 400})
    world.clock.advance(100 * DAY_MS)
    world.take(envelope(event(4)))
    keep.once()
    assert [kept.seq for kept in world.events()] == [2, 4]
    Upkeep(world.store, world.clock, lambda _: None).once()
    assert [kept.seq for kept in world.events()] == [2, 4]
    world.clock.advance(400 * DAY_MS)
    world.take(envelope(event(5)))
    keep.once()
    assert [kept.seq for kept in world.events()] == [5]


def test_a_clock_that_leaps_by_years_deletes_nothing_for_a_day(
    world: World, gone: list[set[SiteId]], caplog: pytest.LogCaptureFixture
) -> None:
    """Time enough to set it right; then all goes on as if it had not been."""
    world.take(envelope(event(1), event(2)))
    keep = Upkeep(world.store, world.clock, gone.append, {EventClass.READING: 60})
    keep.once()
    world.clock.wall_ms += 10 * 365 * DAY_MS
    assert keep.once() == set()
    assert "3650 days ahead" in caplog.text
    world.clock.advance(HOUR_MS)
    assert keep.once() == set()
    assert Upkeep(world.store, world.clock, gone.append, {EventClass.READING: 60}).once() == set()
    world.clock.wall_ms -= 10 * 365 * DAY_MS
    world.clock.advance(DAY_MS)
    keep.once()
    assert [kept.seq for kept in world.events()] == [1, 2]
    assert world.record(SITE, order()) is not None


def test_a_hub_that_was_off_for_months_deletes_what_is_over_a_day_later(world: World) -> None:
    """If nobody set the clock, it was right."""
    world.take(envelope(event(1), event(2)))
    world.clock.advance(100 * DAY_MS)
    keep = Upkeep(world.store, world.clock, lambda _: None, {EventClass.READING: 60})
    assert keep.once() == set()
    assert world.record(SITE, ticket()) is not None
    world.take(envelope(event(3)))
    world.clock.advance(DAY_MS)
    assert SITE in keep.once()
    assert world.record(SITE, ticket()) is None
    assert [kept.seq for kept in world.events()] == [3]
