"""The uplink's agreement with the hub, step by step."""

import logging
import random
from pathlib import Path

import msgspec
import pytest

from kiosk.model.event import Health, HealthChanged
from kiosk.model.ids import Epoch, EpochMs, EventId, HubVersion, Seq
from kiosk.store import DeviceStore
from kiosk.store.agentside import AgentStore
from kiosk.store.rebuild import Rebuild
from sync.agent.surroundings import Surroundings
from sync.agent.uplink import Uplink
from sync.wire import topics
from sync.wire.codec import decode, decode_envelope, decode_event
from sync.wire.messages import MAX_ENVELOPE_BYTES, Ack, Hello, RawEnvelope
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.link import FakeLink
from tests.unit.kiosk.store.samples import DEVICE, PACK, SITE, scanned


class Hub:
    """The test's end of the conversation."""

    def __init__(self, link: FakeLink, uplink: Uplink, store: DeviceStore) -> None:
        self.link = link
        self.uplink = uplink
        self.store = store
        self.asked = ""

    def ack(self, seq: int, epoch: Epoch | None = None) -> None:
        self.uplink.on_ack(Ack(epoch or self.store.epoch, Seq(seq), HubVersion(0)))

    def say(self, ack: Ack) -> None:
        """As the answer to the last question."""
        self._peek()
        self.uplink.on_ack(msgspec.structs.replace(ack, answers=self.asked))

    def hellos(self) -> list[Hello]:
        self._peek()
        return [decode(payload, Hello) for payload in self.link.take(topics.hello(DEVICE))]

    def _peek(self) -> None:
        for message in self.link.sent:
            if message.topic == topics.hello(DEVICE):
                self.asked = decode(message.payload, Hello).ask

    def envelopes(self) -> list[RawEnvelope]:
        return [decode_envelope(payload) for payload in self.link.take(topics.up(DEVICE))]

    def runs(self) -> list[tuple[int, int]]:
        """First and last sequence number of each envelope that came."""
        return [(e.from_seq, e.from_seq + len(e.events) - 1) for e in self.envelopes()]


@pytest.fixture
def uplink(agent_store: AgentStore, around: Surroundings) -> Uplink:
    return Uplink(agent_store.outbox, around)


@pytest.fixture
def hub(link: FakeLink, uplink: Uplink, store: DeviceStore) -> Hub:
    """Connected and greeted, with nothing confirmed yet."""
    link.connected = True
    uplink.on_connect()
    return Hub(link, uplink, store)


def write(store: DeviceStore, count: int) -> None:
    store.record([scanned(n) for n in range(count)], PACK)


def test_hello_comes_first_and_tells_where_we_are(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """Nothing is sent before the hub has answered."""
    write(store, 3)
    uplink.on_doorbell()
    (hello,) = hub.hellos()
    assert (hello.epoch, hello.last_seq, hello.release, hello.since) == (store.epoch, 0, "0.1.0", 0)
    assert hub.runs() == []
    hub.ack(0)
    assert hub.runs() == [(1, 3)]


def test_one_envelope_at_a_time(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """What comes meanwhile waits for the ack."""
    hub.ack(0)
    write(store, 2)
    uplink.on_doorbell()
    write(store, 1)
    uplink.on_doorbell()
    assert hub.runs() == [(1, 2)]
    hub.ack(2)
    assert hub.runs() == [(3, 3)]
    hub.ack(3)
    assert hub.runs() == []
    assert uplink.deadline is None
    assert store.waiting() == 0


def test_at_most_500_events_go_together(hub: Hub, store: DeviceStore) -> None:
    """The rest follows after the ack."""
    write(store, 1100)
    hub.ack(0)
    assert hub.runs() == [(1, 500)]
    hub.ack(500)
    hub.ack(1000)
    assert hub.runs() == [(501, 1000), (1001, 1100)]


def test_an_envelope_keeps_to_its_size(hub: Hub, store: DeviceStore) -> None:
    """Events that do not compress are halved until they fit."""
    drawn = random.Random(7)
    noise = ["".join(chr(drawn.randrange(0x4E00, 0x9F00)) for _ in range(2000)) for _ in range(60)]
    store.record([HealthChanged(Health.DEGRADED, text) for text in noise], PACK)
    hub.ack(0)
    sent = 0
    while sent < 60:
        (payload,) = hub.link.take(topics.up(DEVICE))
        assert len(payload) <= MAX_ENVELOPE_BYTES
        envelope = decode_envelope(payload)
        assert envelope.from_seq == sent + 1
        sent += len(envelope.events)
        hub.ack(sent)


def test_the_hub_is_ahead_after_a_lost_ack(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """The answer to hello says so, and only the rest is sent."""
    write(store, 5)
    hub.ack(3)
    assert hub.runs() == [(4, 5)]


def test_what_is_not_answered_is_sent_again_ever_more_slowly(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock
) -> None:
    """After 5, 10, 20, 40 and then every 60 seconds; an ack makes it quick again."""
    hub.ack(0)
    write(store, 2)
    uplink.on_doorbell()
    waits = []
    for _ in range(6):
        assert uplink.deadline is not None
        waits.append(uplink.deadline - clock.mono_ms)
        clock.advance(waits[-1] - 1)
        uplink.tick()
        clock.advance(1)
        uplink.tick()
    assert waits == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]
    assert hub.runs() == [(1, 2)] * 7
    hub.ack(2)
    write(store, 1)
    uplink.on_doorbell()
    assert uplink.deadline == clock.mono_ms + 5_000


def test_hello_is_said_again(hub: Hub, uplink: Uplink, clock: FakeClock) -> None:
    """A hub that came later hears it, too."""
    clock.advance(5_000)
    uplink.tick()
    assert len(hub.hellos()) == 2


def test_a_hub_that_is_heard_again_gets_the_unanswered_at_once(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock
) -> None:
    """But not what it can hardly have answered yet."""
    hub.ack(0)
    write(store, 2)
    uplink.on_doorbell()
    uplink.on_hub_heard("hub-1")
    assert hub.runs() == [(1, 2)]
    clock.advance(1_000)
    uplink.on_hub_heard("hub-1")
    assert hub.runs() == [(1, 2)]
    hub.ack(2)
    clock.advance(1_000)
    uplink.on_hub_heard("hub-1")
    assert hub.runs() == []


def test_a_hub_never_heard_before_is_asked_for_its_watermark(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """It may have been restored from a backup; a device with nothing to send would never hear what it lacks."""
    hub.ack(0)
    write(store, 3)
    uplink.on_doorbell()
    hub.ack(3)
    uplink.on_hub_heard("hub-1")
    hub.envelopes()
    assert len(hub.hellos()) == 1
    uplink.on_hub_heard("hub-2")
    assert len(hub.hellos()) == 1
    hub.ack(1)
    assert hub.runs() == [(2, 3)]
    hub.ack(3)
    for run in ("hub-1", "hub-2", "hub-1"):
        uplink.on_hub_heard(run)
    assert hub.hellos() == []


def test_an_echo_does_not_double_the_traffic(hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock) -> None:
    """Sent twice, acked twice: the second ack must not make the next envelope go twice, and so on for ever."""
    hub.ack(0)
    write(store, 1)
    uplink.on_doorbell()
    clock.advance(5_000)
    uplink.tick()
    write(store, 1)
    hub.ack(1)
    hub.ack(1)
    assert hub.runs() == [(1, 1), (1, 1), (2, 2)]


def test_an_ack_of_another_epoch_is_left_out(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """Also as an answer to hello."""
    hub.hellos()
    hub.ack(0, Epoch("f" * 16))
    write(store, 1)
    uplink.on_doorbell()
    assert hub.runs() == []
    hub.ack(0)
    hub.ack(9, Epoch("f" * 16))
    assert hub.runs() == [(1, 1)]
    assert store.waiting() == 1


def test_a_lower_watermark_is_asked_about_then_believed(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """A late echo would look the same, so the hub is asked first; its answer makes the device go back."""
    write(store, 6)
    hub.ack(6)
    hub.hellos()
    hub.ack(2)
    assert len(hub.hellos()) == 1
    assert store.waiting() == 0
    hub.ack(2)
    assert hub.runs() == [(3, 6)]
    assert store.waiting() == 4


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


def test_while_the_link_is_down_nothing_happens(hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock) -> None:
    """No deadline, no message; a late ack is left out."""
    hub.ack(0)
    uplink.on_disconnect()
    write(store, 1)
    uplink.on_doorbell()
    clock.advance(100_000)
    uplink.tick()
    uplink.on_hub_heard("hub-1")
    hub.ack(1)
    assert uplink.deadline is None
    assert hub.runs() == []
    assert store.waiting() == 1


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
