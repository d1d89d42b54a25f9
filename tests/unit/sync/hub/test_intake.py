"""What one batch does: kept once, acked exactly, refused without loss."""

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.changes import Target
from kiosk.model.event import Health, HelpCalled, OrderReadied, OrderStarted
from kiosk.model.ids import CaseId, DeviceId, Lang, PlaceId, Seq
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection, decode_record
from kiosk.model.ticket import Entitlement, Ticket
from sync.wire.messages import MAX_EVENTS, Ack, Status
from tests.unit.sync.hub.world import (
    DESK,
    EPOCH,
    GATE,
    ORDER,
    OTHER_SITE,
    SECOND_GATE,
    SITE,
    World,
    envelope,
    event,
    order,
    redeemed,
    ticket,
)


def test_events_are_kept_in_order_and_acked_together(world: World) -> None:
    """The ack names the last number and the version that the records have reached."""
    taken = world.take(envelope(event(1), event(2)), envelope(event(3)))
    with world.store.reading() as reading:
        version = reading.version()
    assert world.seqs() == [(GATE, 1), (GATE, 2), (GATE, 3)]
    assert taken.acks == ((GATE, Ack(EPOCH, Seq(3), version, event(3).id, takes=MAX_EVENTS)),)
    assert taken.kept == 3
    assert taken.sites == frozenset()


def test_an_event_moves_the_central_record(world: World) -> None:
    """The site's own record only, under a new version, and its devices are to be told."""
    taken = world.take(envelope(event(1, redeemed())))
    mine, other = world.record(SITE, ticket()), world.record(OTHER_SITE, ticket())
    assert isinstance(mine, Ticket)
    assert mine.state is Entitlement.REDEEMED
    assert mine.redemption is not None
    assert mine.redemption.device == GATE
    assert isinstance(other, Ticket)
    assert other.state is Entitlement.VALID
    assert taken.sites == {SITE}


def test_the_first_redemption_wins_and_the_second_is_kept_as_a_conflict(world: World) -> None:
    """Two gates that were apart let the same ticket through: nothing is merged, nothing is lost."""
    world.take(envelope(event(1, redeemed())))
    taken = world.take(envelope(event(1, redeemed(), name="late")), device=SECOND_GATE)
    mine = world.record(SITE, ticket())
    assert isinstance(mine, Ticket)
    assert mine.redemption is not None
    assert mine.redemption.device == GATE
    assert [kept.conflict for kept in world.events()] == [None, "already_used"]
    assert taken.acks[-1][1].seq == 1
    assert taken.sites == {SITE}


def test_both_redemptions_in_one_batch_have_one_winner(world: World) -> None:
    """The order of arrival decides, also within a transaction."""
    world.batch((SECOND_GATE, envelope(event(1, redeemed()))), (GATE, envelope(event(1, redeemed(), name="late"))))
    assert [(kept.device, kept.conflict) for kept in world.events()] == [(SECOND_GATE, None), (GATE, "already_used")]


def test_several_events_on_one_record_in_one_batch_build_on_each_other(world: World) -> None:
    """Started and ready arrive together."""
    world.take(envelope(event(1, OrderStarted(ORDER)), event(2, OrderReadied(ORDER))))
    moved = world.record(SITE, order())
    assert isinstance(moved, PickupOrder)
    assert moved.state is OrderState.READY
    assert len(moved.history) == 2


def test_a_call_for_help_makes_a_record(world: World) -> None:
    """A case is born from its event."""
    world.take(envelope(event(1, HelpCalled(CaseId("c1"), CaseKind.QUESTION, PlaceId("gate-7"), Lang("et")))))
    with world.store.reading() as reading:
        found = reading.records(SITE, [Target(Collection.CASES, "c1")])
    body = found[Target(Collection.CASES, "c1")].body
    assert body is not None
    case = decode_record(Collection.CASES, body)
    assert isinstance(case, Case)
    assert (case.state, case.device, case.site) == (CaseState.OPEN, GATE, SITE)


def test_a_poison_event_is_put_aside_and_its_neighbours_are_kept(world: World) -> None:
    """The ack covers it, so that the outbox goes on; what it holds stays out of the reason."""
    taken = world.take(envelope(event(1), b'{"type":"Secret Name"}', event(3), first=1))
    mark = world.watermark()
    assert mark is not None
    assert (mark.seq, mark.events, mark.quarantined) == (3, 2, 1)
    assert taken.acks[-1][1].seq == 3
    assert world.seqs() == [(GATE, 1), (GATE, 3)]
    world.take(envelope(event(1), b'{"type":"Secret Name"}', event(3), first=1))
    assert world.watermark() is not None
    with world.store.reading() as reading:
        assert reading.counts().quarantined == 1


def test_from_an_event_at_the_wrong_place_on_the_hub_asks_again(world: World) -> None:
    """To put it aside would take the number of the true one: a mixed up envelope costs a restored hub nothing."""
    taken = world.take(envelope(event(1), event(9), event(3), first=1))
    mark = world.watermark()
    assert mark is not None
    assert (mark.seq, mark.quarantined) == (1, 0)
    assert taken.acks[-1][1].seq == 1
    world.take(envelope(event(3), event(2), first=2))
    world.take(envelope(event(2), event(3)))
    assert world.seqs() == [(GATE, 1), (GATE, 2), (GATE, 3)]


def test_a_device_that_is_not_registered_is_not_believed(world: World) -> None:
    """It is counted, gets no answer and leaves nothing."""
    taken = world.take(envelope(event(1)), device=DeviceId("stranger"))
    assert (taken.strangers, taken.acks, world.events()) == (1, (), ())


def test_a_status_lays_itself_over_what_is_known_and_the_last_will_keeps_it(world: World) -> None:
    """Who is offline keeps its release and data version on the console."""
    world.take(Status(Health.READY, site=SITE, release="0.1.0", waiting=3, problem=""))
    world.clock.advance(1000)
    world.take(Status(Health.OFFLINE))
    state = world.device()
    assert (state.health, state.release, state.waiting) == (Health.OFFLINE, "0.1.0", 3)
    assert state.seen_at == world.clock.wall_ms
    assert world.device(DESK).seen_at is None


def test_the_age_of_what_waits_and_of_the_data_is_kept_by_the_hubs_own_clock(world: World) -> None:
    """So that it grows while the device is away; once nothing waits, nothing does."""
    now = world.clock.wall_ms
    world.take(Status(Health.READY, site=SITE, waiting=3, unsent_ms=5_000, data_age_ms=60_000))
    state = world.device()
    assert (state.unsent_since, state.data_as_of) == (now - 5_000, now - 60_000)
    world.take(Status(Health.OFFLINE))
    assert (world.device().unsent_since, world.device().data_as_of) == (now - 5_000, now - 60_000)
    world.take(Status(Health.READY, site=SITE))
    assert (world.device().unsent_since, world.device().data_as_of) == (0, now - 60_000)


def test_by_which_way_a_device_comes_is_kept_as_long_as_it_says_so(world: World) -> None:
    """Also in the words of a newer release; one that went back to an older release does not tell, and nor do we."""
    told = [world.device().route]
    for status in (
        Status(Health.READY, site=SITE, route="past"),
        Status(Health.OFFLINE),
        Status(Health.READY, site=SITE, route="by satellite"),
        Status(Health.READY, site=SITE),
    ):
        world.take(status)
        told.append(world.device().route)
    assert told == ["", "past", "past", "by satellite", ""]
