"""What the hub is told of the device."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.model.event import Health
from kiosk.model.ids import EpochMs, HubVersion, PackVersion, Seq
from kiosk.store import DeviceStore, StoredPack
from kiosk.store.agentside import AgentStore
from sync.agent.heartbeat import Heartbeat, last_will
from sync.agent.surroundings import Surroundings
from sync.wire import topics
from sync.wire.codec import decode
from sync.wire.messages import Route, Status
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.link import FakeLink
from tests.unit.kiosk.store.samples import DEVICE, PACK, SITE, scanned


@pytest.fixture
def heartbeat(agent_store: AgentStore, around: Surroundings, link: FakeLink) -> Heartbeat:
    link.connected = True
    return Heartbeat(agent_store.outbox, agent_store.link, around)


def told(link: FakeLink) -> list[Status]:
    return [decode(payload, Status) for payload in link.take(topics.status(DEVICE))]


def test_a_beat_tells_everything(
    heartbeat: Heartbeat, link: FakeLink, store: DeviceStore, agent_store: AgentStore
) -> None:
    """Who, what release, how, with which data and content, and how much waits."""
    store.report_health(Health.DEGRADED, "camera")
    store.record([scanned(), scanned()], PACK)
    agent_store.inbox.stage_pack(StoredPack(PACK, "aa", b"{}"))
    store.activate(PACK)
    agent_store.inbox.apply_delta(HubVersion(0), HubVersion(7), ())
    heartbeat.on_connect()
    assert told(link) == [
        Status(
            Health.DEGRADED,
            site=SITE,
            role="desk",
            release="0.1.0",
            epoch=store.epoch,
            pack=PackVersion(PACK),
            version=HubVersion(7),
            waiting=2,
            problem="camera",
            at=NOON,
            route="direct",
        )
    ]


def test_a_beat_tells_by_which_way_and_the_device_itself_knows_since_when(
    agent_store: AgentStore, around: Surroundings, link: FakeLink, clock: FakeClock, path: Path
) -> None:
    """It is written down once for each change, not with each beat."""
    ways = [Route.BRIDGE]
    heartbeat = Heartbeat(agent_store.outbox, agent_store.link, replace(around, route=lambda: ways[-1]))
    link.connected = True
    heartbeat.on_connect()
    clock.advance(60_000)
    ways.append(Route.PAST)
    heartbeat.on_connect()
    clock.advance(60_000)
    heartbeat.on_connect()
    assert [status.route for status in told(link)] == ["bridge", "past", "past"]
    with closing(sqlite3.connect(path)) as connection:
        kept = dict(connection.execute("SELECT key, value FROM meta WHERE key LIKE 'route%'"))
    assert kept == {"route": "past", "route_since": NOON + 60_000}


def test_a_beat_tells_how_old_everything_is(
    heartbeat: Heartbeat, link: FakeLink, store: DeviceStore, agent_store: AgentStore, clock: FakeClock
) -> None:
    """By the monotonic clock: the wall clock may leap while events wait."""
    agent_store.link.current(clock.now())
    written = store.record([scanned()], PACK)
    clock.advance(7_000)
    store.record([scanned()], PACK)
    clock.advance(3_000)
    heartbeat.on_connect()
    assert [(each.waiting, each.unsent_ms, each.data_age_ms) for each in told(link)] == [(2, 10_000, 10_000)]
    clock.wall_ms = EpochMs(clock.wall_ms - 400 * 86_400_000)
    heartbeat.on_connect()
    assert [(each.unsent_ms, each.data_age_ms) for each in told(link)] == [(10_000, 0)]
    agent_store.outbox.mark_acked(store.epoch, written[0].seq, HubVersion(1))
    heartbeat.on_connect()
    assert [(each.waiting, each.unsent_ms) for each in told(link)] == [(1, 3_000)]
    agent_store.outbox.mark_acked(store.epoch, Seq(2), HubVersion(1))
    heartbeat.on_connect()
    assert [(each.waiting, each.unsent_ms) for each in told(link)] == [(0, 0)]


def test_it_beats_regularly(heartbeat: Heartbeat, link: FakeLink, clock: FakeClock) -> None:
    """At most every 15 seconds, spread in time; not while the link is down."""
    heartbeat.tick()
    assert heartbeat.deadline is None
    heartbeat.on_connect()
    assert heartbeat.deadline == clock.mono_ms + 13_500
    clock.advance(13_499)
    heartbeat.tick()
    clock.advance(1)
    heartbeat.tick()
    assert len(told(link)) == 2
    heartbeat.on_disconnect()
    heartbeat.on_change()
    assert heartbeat.deadline is None


def test_a_change_is_told_soon_and_once(
    heartbeat: Heartbeat, link: FakeLink, store: DeviceStore, clock: FakeClock
) -> None:
    """Changes that come together are one message; events alone are none."""
    store.report_health(Health.READY, "")
    heartbeat.on_connect()
    told(link)
    store.record([scanned()], PACK)
    heartbeat.on_change()
    clock.advance(500)
    heartbeat.tick()
    assert told(link) == []
    store.report_health(Health.DEGRADED, "camera")
    heartbeat.on_change()
    heartbeat.on_change()
    heartbeat.tick()
    assert told(link) == []
    clock.advance(500)
    heartbeat.tick()
    heartbeat.tick()
    assert [status.problem for status in told(link)] == ["camera"]


def test_a_goodbye_equals_the_last_will(heartbeat: Heartbeat, link: FakeLink) -> None:
    """The hub needs to know one way only; nobody is told twice, or when nobody hears."""
    heartbeat.say_goodbye()
    assert told(link) == []
    heartbeat.on_connect()
    told(link)
    heartbeat.say_goodbye()
    heartbeat.say_goodbye()
    assert told(link) == [Status(Health.OFFLINE)]
    assert decode(last_will(DEVICE).payload, Status) == Status(Health.OFFLINE)
    assert last_will(DEVICE).topic == topics.status(DEVICE)
