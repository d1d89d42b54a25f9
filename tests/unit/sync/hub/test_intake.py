"""What one batch does: kept once, acked exactly, refused without loss."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.changes import Target
from kiosk.model.event import Health, HelpCalled, OrderReadied, OrderStarted
from kiosk.model.ids import CaseId, DeviceId, Epoch, HubVersion, Lang, PlaceId, Seq
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection, decode_record
from kiosk.model.ticket import Entitlement, Ticket
from sync.hub.store.rows import Watermark
from sync.wire.codec import encode_event
from sync.wire.messages import MAX_EVENTS, WIRE_VERSION, Ack, Hello, Status
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


def hello(last: int, epoch: Epoch = EPOCH) -> Hello:
    return Hello(WIRE_VERSION, epoch, Seq(last), "0.1.0", HubVersion(0))


def seqs(world: World) -> list[tuple[str, int]]:
    return [(kept.device, kept.seq) for kept in world.events()]


def test_events_are_kept_in_order_and_acked_together(world: World) -> None:
    """The ack names the last number and the version that the records have reached."""
    taken = world.take(envelope(event(1), event(2)), envelope(event(3)))
    with world.store.reading() as reading:
        version = reading.version()
    assert seqs(world) == [(GATE, 1), (GATE, 2), (GATE, 3)]
    assert taken.acks == ((GATE, Ack(EPOCH, Seq(3), version, event(3).id, takes=MAX_EVENTS)),)
    assert taken.kept == 3
    assert taken.sites == frozenset()


def test_the_same_envelope_twice_is_kept_once(world: World) -> None:
    """Also within one batch; each answer names the watermark."""
    again = envelope(event(1), event(2))
    world.take(again, again)
    taken = world.take(again)
    mark = world.watermark()
    assert seqs(world) == [(GATE, 1), (GATE, 2)]
    assert mark is not None
    assert (mark.seq, mark.events, mark.duplicates, mark.cloned_at) == (2, 2, 4, None)
    assert taken.acks[-1][1].seq == 2


def test_an_overlapping_envelope_adds_only_what_is_new(world: World) -> None:
    """A device that missed an ack sends on from where it last was."""
    world.take(envelope(event(1), event(2)))
    world.take(envelope(event(2), event(3)))
    assert seqs(world) == [(GATE, 1), (GATE, 2), (GATE, 3)]


def test_acks_that_were_missed_come_again_with_their_own_versions(world: World) -> None:
    """Else a device would lay an old change over newer records of others."""
    first = world.take(envelope(event(1, OrderStarted(ORDER)))).acks[-1][1]
    world.take(
        envelope(
            event(1, OrderReadied(ORDER)),
        ),
        device=SECOND_GATE,
    )
    again = world.take(envelope(event(1, OrderStarted(ORDER)), event(2, redeemed())))
    assert again.acks[0] == (GATE, first)
    assert again.acks[1][1].seq == 2
    assert again.acks[1][1].version > first.version


def test_a_gap_is_answered_with_the_watermark(world: World) -> None:
    """Nothing is kept, and the device goes back."""
    world.take(envelope(event(1)))
    taken = world.take(envelope(event(5)))
    assert seqs(world) == [(GATE, 1)]
    assert [ack.seq for _, ack in taken.acks] == [1]
    unknown = world.take(envelope(event(7), epoch=Epoch("0192-new")))
    assert [(ack.epoch, ack.seq) for _, ack in unknown.acks] == [("0192-new", 0)]


def test_a_new_epoch_counts_from_one(world: World) -> None:
    """A device with a rebuilt database starts anew beside what it sent before."""
    world.take(envelope(event(1)))
    world.take(envelope(event(1, name="new"), epoch=Epoch("0192-bbbb")))
    assert len(world.events()) == 2


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
    assert seqs(world) == [(GATE, 1), (GATE, 3)]
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
    assert seqs(world) == [(GATE, 1), (GATE, 2), (GATE, 3)]


def test_another_event_under_a_known_number_betrays_a_copied_card(world: World) -> None:
    """Both are kept, one of them in quarantine, and the device is shown as a problem."""
    world.take(envelope(event(1), event(2)))
    clone = envelope(event(1, name="clone"), event(2, name="clone"), event(3))
    world.take(clone)
    world.take(clone)
    mark = world.watermark()
    assert mark is not None
    assert mark.cloned_at == world.clock.wall_ms
    assert (mark.seq, mark.events, mark.quarantined) == (2, 2, 2)
    assert world.device().cloned


def test_what_follows_another_devices_events_is_not_kept_under_their_numbers(world: World) -> None:
    """Its device reads in the ack whose event is held there, and sends it under a numbering of its own."""
    ours, theirs = [event(n) for n in (1, 2)], [event(n, name="clone") for n in (1, 2, 3)]
    world.take(envelope(*ours))
    ack = world.take(envelope(*theirs)).acks[-1][1]
    assert (ack.seq, ack.event) == (2, "e-2")
    assert world.take(hello(3)).acks[-1][1].event == "e-2"
    anew = Epoch("0192-dddd")
    world.take(msgspec.structs.replace(hello(0, anew), parted=EPOCH))
    world.take(envelope(*theirs, epoch=anew))
    assert [each.body for each in world.events()] == [encode_event(each) for each in (*ours, *theirs)]
    assert world.watermark(epoch=EPOCH) == msgspec.structs.replace(held(world), seq=Seq(2), events=2)
    assert world.device().cloned


def test_of_two_devices_on_one_outbox_the_second_learns_where_they_parted(world: World) -> None:
    """What both wrote before they parted is confirmed to both, and nothing after it."""
    common = [event(n) for n in (1, 2)]
    world.take(envelope(*common, event(3), event(4)))
    acks = world.take(envelope(*common, event(3, name="clone"), event(4), first=1)).acks
    assert [(ack.seq, ack.event, ack.differs) for _, ack in acks] == [(2, "e-2", 0), (4, "e-4", 3)]


def held(world: World) -> Watermark:
    """Of the first epoch."""
    mark = world.watermark()
    assert mark is not None
    assert mark.cloned_at is not None
    return mark


def test_a_poison_event_at_the_watermark_has_no_name(world: World) -> None:
    """And a device that has it there is not taken for a double."""
    taken = world.take(envelope(event(1), b"[]"))
    assert (taken.acks[-1][1].seq, taken.acks[-1][1].event) == (2, "")
    assert world.take(hello(2)).acks[-1][1].event == ""
    assert not world.device().cloned


def test_a_copied_card_is_noticed_within_one_batch(world: World) -> None:
    """Before anything of it is committed."""
    world.take(envelope(event(1)), envelope(event(1, name="clone")))
    assert world.device().cloned
    assert len(world.events()) == 1


def test_an_outbox_that_has_forgotten_is_told_by_its_hello(world: World) -> None:
    """It was put back from a copy: it has written less than came from it."""
    world.take(envelope(event(1), event(2)))
    world.take(hello(1))
    assert world.device().cloned
    world.take(hello(0, Epoch("0192-cccc")))
    assert not world.device().cloned


def test_a_hello_is_answered_with_the_watermark_and_greeted(world: World) -> None:
    """A device that comes back learns where the hub stands."""
    world.take(envelope(event(1), event(2)))
    taken = world.take(hello(4))
    assert [(ack.epoch, ack.seq) for _, ack in taken.acks] == [(EPOCH, 2)]
    assert [device.id for device in taken.greeted] == [GATE]
    assert world.device().release == "0.1.0"


def test_each_question_gets_an_answer_of_its_own(world: World) -> None:
    """Two devices of one name may ask at once, and each must know its answer from what was said before."""
    world.take(envelope(event(1)))
    asked = [msgspec.structs.replace(hello(1), ask=name) for name in ("a", "b")]
    assert [(ack.seq, ack.answers) for _, ack in world.take(*asked).acks] == [(1, "a"), (1, "b")]
    assert [ack.answers for _, ack in world.take(envelope(event(2))).acks] == [""]


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


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=12))
def test_whatever_the_network_does_each_event_is_kept_once_and_in_order(pieces: list[tuple[int, int]]) -> None:
    """Pieces of one outbox in any order, repeated and overlapping: no number twice, none skipped, ack equals watermark."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for first, count in pieces:
            taken = world.take(envelope(*(event(seq) for seq in range(first, first + count))))
            mark = world.watermark()
            assert taken.acks[-1][1].seq == (0 if mark is None else mark.seq)
        kept = [seq for _, seq in seqs(world)]
        assert kept == list(range(1, len(kept) + 1))
        world.store.close()
