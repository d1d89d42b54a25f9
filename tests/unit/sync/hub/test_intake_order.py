"""What the hub holds of an epoch, whatever comes twice, too early, from a copy, or under a number that is taken."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.model.event import OrderReadied, OrderStarted
from kiosk.model.ids import Epoch, HubVersion, Seq
from sync.hub.store.rows import Watermark
from sync.wire.codec import encode_event
from sync.wire.messages import WIRE_VERSION, Hello
from tests.unit.sync.hub.world import (
    EPOCH,
    GATE,
    ORDER,
    SECOND_GATE,
    World,
    envelope,
    event,
    redeemed,
)


def hello(last: int, epoch: Epoch = EPOCH) -> Hello:
    return Hello(WIRE_VERSION, epoch, Seq(last), "0.1.0", HubVersion(0))


def test_the_same_envelope_twice_is_kept_once(world: World) -> None:
    """Also within one batch; each answer names the watermark."""
    again = envelope(event(1), event(2))
    world.take(again, again)
    taken = world.take(again)
    mark = world.watermark()
    assert world.seqs() == [(GATE, 1), (GATE, 2)]
    assert mark is not None
    assert (mark.seq, mark.events, mark.duplicates, mark.cloned_at) == (2, 2, 4, None)
    assert taken.acks[-1][1].seq == 2


def test_an_overlapping_envelope_adds_only_what_is_new(world: World) -> None:
    """A device that missed an ack sends on from where it last was."""
    world.take(envelope(event(1), event(2)))
    world.take(envelope(event(2), event(3)))
    assert world.seqs() == [(GATE, 1), (GATE, 2), (GATE, 3)]


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
    assert world.seqs() == [(GATE, 1)]
    assert [ack.seq for _, ack in taken.acks] == [1]
    unknown = world.take(envelope(event(7), epoch=Epoch("0192-new")))
    assert [(ack.epoch, ack.seq) for _, ack in unknown.acks] == [("0192-new", 0)]


def test_a_new_epoch_counts_from_one(world: World) -> None:
    """A device with a rebuilt database starts anew beside what it sent before."""
    world.take(envelope(event(1)))
    world.take(envelope(event(1, name="new"), epoch=Epoch("0192-bbbb")))
    assert len(world.events()) == 2


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
        kept = [seq for _, seq in world.seqs()]
        assert kept == list(range(1, len(kept) + 1))
        world.store.close()
