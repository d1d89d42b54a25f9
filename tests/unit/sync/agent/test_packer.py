"""What goes together into an envelope, and what is packed ahead of its turn."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.model.event import Health, HealthChanged
from kiosk.model.ids import HubVersion, Seq
from kiosk.store import DeviceStore
from kiosk.store.agentside import AgentStore
from sync.agent.uplink import Uplink
from sync.wire import topics
from sync.wire.codec import decode_envelope, decode_event
from sync.wire.messages import MAX_ENVELOPE_BYTES, Ack
from tests.fakes.clock import FakeClock
from tests.unit.kiosk.store.samples import DEVICE, PACK
from tests.unit.sync.agent.hubend import Hub, write


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


def test_the_hub_says_how_many_go_together(hub: Hub, store: DeviceStore) -> None:
    """At first what every hub takes, then as many as this one takes, and never more than ours can pack."""
    write(store, 5_000)
    hub.ack(0)
    hub.say(Ack(store.epoch, Seq(500), HubVersion(0), takes=700))
    hub.say(Ack(store.epoch, Seq(1_200), HubVersion(0), takes=100_000))
    hub.say(Ack(store.epoch, Seq(3_200), HubVersion(0), takes=1))
    assert hub.runs() == [(1, 500), (501, 1_200), (1_201, 3_200), (3_201, 3_700)]


def test_what_is_not_answered_goes_again_as_every_hub_takes_it(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock
) -> None:
    """Of two hubs that share the work the other one may be older."""
    write(store, 5_000)
    hub.say(Ack(store.epoch, Seq(0), HubVersion(0), takes=2_000))
    clock.advance(1)
    uplink.tick()
    clock.advance(5_000)
    uplink.tick()
    hub.say(Ack(store.epoch, Seq(500), HubVersion(0), takes=2_000))
    assert hub.runs() == [(1, 2_000), (1, 500), (501, 2_500)]


def test_the_next_envelope_is_packed_while_the_answer_is_waited_for(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock, path: Path
) -> None:
    """When the ack comes it goes out as it is, whatever has come meanwhile."""
    write(store, 700)
    hub.ack(0)
    assert uplink.deadline == clock.mono_ms + 1
    clock.advance(1)
    uplink.tick()
    assert uplink.deadline is not None
    assert uplink.deadline > clock.mono_ms + 1_000
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE outbox SET event = X'00' WHERE seq = 600")
        database.commit()
    write(store, 50)
    hub.ack(500)
    _, second = hub.envelopes()
    assert (second.from_seq, len(second.events)) == (501, 200)
    assert decode_event(bytes(second.events[99])).seq == 600
    hub.ack(700)
    assert hub.runs() == [(701, 750)]


def test_what_was_packed_ahead_does_not_go_out_in_another_place(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock, agent_store: AgentStore
) -> None:
    """Not after a lower watermark, and not under another epoch."""
    write(store, 1_200)
    hub.ack(0)
    clock.advance(1)
    uplink.tick()
    hub.ack(300)
    clock.advance(1)
    uplink.tick()
    assert hub.runs() == [(1, 500), (301, 800)]
    agent_store.outbox.renew_epoch(Seq(400))
    hub.ack(800)
    uplink.on_doorbell()
    uplink.on_connect()
    hub.ack(0)
    (envelope,) = hub.envelopes()
    assert (envelope.epoch, envelope.from_seq, len(envelope.events)) == (store.epoch, 1, 500)
    clock.advance(1)
    agent_store.outbox.renew_epoch(Seq(0))
    uplink.tick()
    uplink.on_connect()
    hub.ack(0)
    (envelope,) = hub.envelopes()
    assert (envelope.epoch, envelope.from_seq, len(envelope.events)) == (store.epoch, 1, 500)


def test_long_events_that_compress_well_keep_to_the_plain_size(hub: Hub, store: DeviceStore) -> None:
    """The hub refuses, unread, what would become too large in its memory; nothing would ever get past it."""
    for _ in range(10):
        store.record([HealthChanged(Health.DEGRADED, "x" * 31_000) for _ in range(50)], PACK)
    hub.ack(0)
    sent = 0
    while sent < 500:
        (payload,) = hub.link.take(topics.up(DEVICE))
        envelope = decode_envelope(payload)
        assert envelope.from_seq == sent + 1
        assert len(envelope.events) > 100 or sent + len(envelope.events) == 500
        sent += len(envelope.events)
        hub.ack(sent)
