"""The uplink where the hub's word does not fit: a cloned card, a damaged database, a hub that has lost something."""

import logging
from pathlib import Path

import msgspec
import pytest

from kiosk.model.ids import EpochMs, EventId, HubVersion, Seq
from kiosk.store import DeviceStore
from kiosk.store.agentside import AgentStore
from kiosk.store.rebuild import Rebuild
from sync.agent.uplink import Uplink
from sync.wire.codec import decode_event
from sync.wire.messages import Ack
from tests.fakes.clock import NOON, FakeClock
from tests.unit.kiosk.store.samples import DEVICE, PACK, SITE, scanned
from tests.unit.sync.agent.hubend import Hub, write


def test_an_impossible_watermark_is_asked_twice_then_ends_the_numbering(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A cloned card: the other one has sent more under our epoch. What waits goes out under a new one."""
    write(store, 2)
    epoch = store.epoch
    hub.hellos()
    hub.ack(7)
    assert hub.hellos() == []
    assert store.epoch == epoch
    clock.advance(5_000)
    uplink.tick()
    assert len(hub.hellos()) == 1
    with caplog.at_level(logging.ERROR):
        hub.ack(7, epoch)
    assert "numbering begins anew" in caplog.text
    (hello,) = hub.hellos()
    assert hello.epoch == store.epoch != epoch
    hub.ack(0)
    (envelope,) = hub.envelopes()
    assert (envelope.epoch, envelope.from_seq, len(envelope.events)) == (store.epoch, 1, 2)


def test_a_double_that_was_first_leaves_us_a_numbering_of_our_own(
    hub: Hub, store: DeviceStore, uplink: Uplink, caplog: pytest.LogCaptureFixture
) -> None:
    """Its ack names an event that is not ours: the hub compares, what it lacks of ours is sent, and it is told why."""
    written = store.record([scanned(n) for n in range(4)], PACK)
    epoch = store.epoch
    hub.hellos()
    hub.say(Ack(epoch, Seq(2), HubVersion(3), written[1].id))
    assert (hub.runs(), store.epoch) == ([(3, 4)], epoch)
    theirs = Ack(epoch, Seq(4), HubVersion(4), EventId("of-the-double"))
    hub.say(theirs)
    assert hub.runs() == [(3, 4)]
    hub.say(Ack(epoch, Seq(3), HubVersion(4), written[2].id))
    hub.say(theirs)
    assert hub.runs() == [(4, 4), (4, 4)]
    assert store.epoch == epoch
    with caplog.at_level(logging.ERROR):
        hub.say(msgspec.structs.replace(theirs, differs=Seq(4)))
    assert "a cloned card?" in caplog.text
    (hello,) = hub.hellos()
    assert (hello.epoch, hello.last_seq, hello.parted) == (store.epoch, 1, epoch)
    hub.ack(0)
    (envelope,) = hub.envelopes()
    assert [decode_event(bytes(raw)).id for raw in envelope.events] == [written[3].id]
    assert store.waiting() == 1


def test_a_hub_that_never_says_where_they_parted_is_not_asked_for_ever(
    hub: Hub, store: DeviceStore, uplink: Uplink
) -> None:
    """It may have forgotten its own events; ours go on under another epoch."""
    write(store, 2)
    epoch = store.epoch
    for _ in range(50):
        hub.say(Ack(epoch, Seq(2), HubVersion(4), EventId("of-the-double")))
    assert store.epoch != epoch
    assert 1 < len(hub.runs()) < 50


def test_of_a_double_that_wrote_more_nothing_common_comes_twice(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """Its watermark lies beyond what we have written: what both had before they parted is confirmed first."""
    written = store.record([scanned(n) for n in range(3)], PACK)
    epoch = store.epoch
    theirs = Ack(epoch, Seq(9), HubVersion(4), EventId("of-the-double"))
    hub.say(theirs)
    hub.say(theirs)
    assert hub.runs() == [(1, 3)]
    hub.say(Ack(epoch, Seq(2), HubVersion(4), written[1].id))
    hub.say(msgspec.structs.replace(theirs, differs=Seq(3)))
    hub.runs()
    hub.ack(0)
    (envelope,) = hub.envelopes()
    assert [decode_event(bytes(raw)).id for raw in envelope.events] == [written[2].id]


def test_two_devices_that_throw_each_other_out_all_the_time_get_on_nevertheless(
    hub: Hub, store: DeviceStore, uplink: Uplink
) -> None:
    """No connection lasts long enough to be asked twice on it."""
    written = store.record([scanned(n) for n in range(2)], PACK)
    epoch = store.epoch
    theirs = Ack(epoch, Seq(9), HubVersion(4), EventId("of-the-double"))
    for _ in range(2):
        uplink.on_disconnect()
        uplink.on_connect()
        hub.say(theirs)
    assert hub.runs() == [(1, 2)]
    hub.say(msgspec.structs.replace(theirs, differs=Seq(1)))
    assert store.epoch != epoch
    hub.ack(0)
    (envelope,) = hub.envelopes()
    assert [decode_event(bytes(raw)).id for raw in envelope.events] == [each.id for each in written]


def test_a_late_ack_is_no_answer_to_what_is_owed_from_a_damaged_database(
    uplink: Uplink, hub: Hub, store: DeviceStore, path: Path
) -> None:
    """It was said before the hub held the rest of them; believed, they would all come twice."""
    written = store.record([scanned(n) for n in range(5)], PACK)
    old = store.epoch
    Rebuild(path, DEVICE, SITE, NOON).put_aside_and_build("a test")
    hub.hellos()
    uplink.on_connect()
    uplink.on_ack(Ack(old, Seq(2), HubVersion(1), written[1].id))
    hub.say(Ack(old, Seq(5), HubVersion(2), written[4].id))
    hub.ack(0)
    assert (hub.runs(), store.waiting()) == ([], 0)


def test_many_late_acks_are_one_question(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """Else each would be asked about, and each answer would be late again."""
    written = store.record([scanned(n) for n in range(5)], PACK)
    hub.say(Ack(store.epoch, Seq(5), HubVersion(1), written[4].id))
    hub.hellos()
    for _ in range(20):
        uplink.on_ack(Ack(store.epoch, Seq(3), HubVersion(1), written[2].id))
    assert len(hub.hellos()) == 1
    hub.say(Ack(store.epoch, Seq(5), HubVersion(1), written[4].id))
    assert (hub.runs(), store.waiting()) == ([], 0)


def test_an_ack_that_names_no_event_or_one_that_was_freed_is_believed(
    hub: Hub, store: DeviceStore, uplink: Uplink, agent_store: AgentStore
) -> None:
    """A poison event has no name at the hub; of an event that is gone nothing can be compared."""
    written = store.record([scanned(n) for n in range(3)], PACK)
    hub.say(Ack(store.epoch, Seq(3), HubVersion(0), written[2].id))
    agent_store.outbox.free(EpochMs(1), 0)
    agent_store.outbox.free(EpochMs(2), 0)
    epoch = store.epoch
    uplink.on_connect()
    hub.say(Ack(epoch, Seq(2), HubVersion(0), EventId("unknown")))
    uplink.on_connect()
    hub.say(Ack(epoch, Seq(3), HubVersion(0)))
    assert (store.epoch, store.waiting()) == (epoch, 0)


def test_events_freed_and_then_lost_by_the_hub_do_not_block_the_rest(
    hub: Hub, store: DeviceStore, uplink: Uplink, agent_store: AgentStore, clock: FakeClock
) -> None:
    """What is left goes out under a new epoch, also what the hub once confirmed."""
    write(store, 5)
    hub.ack(3)
    hub.envelopes()
    agent_store.outbox.free(EpochMs(1), 0)
    agent_store.outbox.free(EpochMs(2), 0)
    write(store, 1)
    uplink.on_disconnect()
    uplink.on_connect()
    epoch = store.epoch
    hub.ack(1, epoch)
    clock.advance(5_000)
    uplink.tick()
    hub.ack(1, epoch)
    hub.ack(0)
    assert hub.runs() == [(1, 3)]


def test_a_rebuilt_database_says_hello_anew(
    hub: Hub, store: DeviceStore, uplink: Uplink, agent_store: AgentStore
) -> None:
    """Its events belong to an epoch that the hub does not know yet."""
    hub.ack(0)
    hub.hellos()
    agent_store.outbox.renew_epoch(Seq(0))
    write(store, 1)
    uplink.on_doorbell()
    assert hub.runs() == []
    assert [hello.epoch for hello in hub.hellos()] == [store.epoch]
    hub.ack(0)
    assert hub.runs() == [(1, 1)]


def test_a_salvaged_outbox_is_sent_when_the_hub_has_told_what_it_holds_of_the_old_one(
    uplink: Uplink, hub: Hub, store: DeviceStore, path: Path
) -> None:
    """Its events have new numbers, so the hub could not tell them from new ones."""
    store.record([scanned(n) for n in range(5)], PACK)
    old = store.epoch
    Rebuild(path, DEVICE, SITE, NOON).put_aside_and_build("a test")
    store.record([scanned(6)], PACK)
    hub.hellos()
    uplink.on_connect()
    (hello,) = hub.hellos()
    assert (hello.epoch, hub.runs()) == (old, [])
    hub.ack(3, old)
    (hello,) = hub.hellos()
    assert (hello.epoch, hello.last_seq) == (store.epoch, 3)
    hub.ack(0)
    assert hub.runs() == [(1, 3)]
    hub.ack(3, old)
    assert (hub.hellos(), hub.runs()) == ([], [])
