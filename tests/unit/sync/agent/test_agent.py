"""The agent's parts put together, with a fake link and a fake hub."""

import threading
import time
from collections.abc import Iterator

import pytest

from kiosk.model.ids import HubVersion, Seq
from kiosk.model.records import Collection
from kiosk.store import DeviceStore, SystemClock
from kiosk.store.agentside import AgentStore
from sync.agent.agent import Agent
from sync.agent.surroundings import Surroundings
from sync.wire import topics
from sync.wire.codec import decode, decode_envelope, encode
from sync.wire.messages import Ack, Hello, Notice
from tests.fakes.clock import NOON
from tests.fakes.link import FakeLink
from tests.unit.kiosk.store.samples import DEVICE, ORDER, PACK, SITE, scanned
from tests.unit.sync.agent.test_downlink import FakeHub, live


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def agent(agent_store: AgentStore, hub: FakeHub, link: FakeLink) -> Iterator[Agent]:
    """Running in a thread, by the real clock, with the link up."""
    around = Surroundings(DEVICE, SITE, "desk", "0.1.0", link, SystemClock(), lambda: 0.5)
    agent = Agent(agent_store, hub, around, 86_400_000)
    thread = threading.Thread(target=agent.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not link.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    link.up()
    yield agent
    agent.stop()
    thread.join()
    assert not link.started


def greet(link: FakeLink) -> None:
    hello = decode(link.wait_for(topics.hello(DEVICE)), Hello)
    link.deliver(topics.ack(DEVICE), encode(Ack(hello.epoch, Seq(0), HubVersion(0))))


def test_the_doorbell_sends_what_the_app_writes(agent: Agent, link: FakeLink, store: DeviceStore) -> None:
    """From the app's transaction to the link without any polling, and back to the outbox with the ack."""
    assert link.filters == [topics.ack(DEVICE), topics.down(DEVICE), topics.claims(SITE)]
    greet(link)
    store.record([scanned()], PACK)
    envelope = decode_envelope(link.wait_for(topics.up(DEVICE)))
    assert envelope.from_seq == 1
    link.deliver(topics.ack(DEVICE), encode(Ack(envelope.epoch, Seq(1), HubVersion(0))))
    deadline = time.monotonic() + 10
    while store.waiting():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_notice_brings_records_down(agent: Agent, link: FakeLink, hub: FakeHub, store: DeviceStore) -> None:
    """The app is rung and finds them, connected and current."""
    hub.rows, hub.version = (live(ORDER, 7),), HubVersion(7)
    link.deliver(topics.down(DEVICE), encode(Notice(HubVersion(7), None, NOON)))
    deadline = time.monotonic() + 10
    while store.get(Collection.ORDERS, ORDER.id) != ORDER:
        assert time.monotonic() < deadline
        store.wait(1)


def test_noise_from_the_broker_does_no_harm(
    agent: Agent, link: FakeLink, store: DeviceStore, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left out with a word in the log, and the next message is understood."""
    link.deliver(topics.ack(DEVICE), b"\xff{")
    link.deliver(topics.down(DEVICE), b"{}")
    link.deliver("cx/1/elsewhere/ack", b"")
    greet(link)
    store.record([scanned()], PACK)
    link.wait_for(topics.up(DEVICE))
    assert caplog.text.count("can't be read") == 2


def test_away_and_back(agent: Agent, link: FakeLink, store: DeviceStore) -> None:
    """The link breaks: events wait; it comes back: hello, then everything."""
    greet(link)
    link.down()
    store.record([scanned(), scanned()], PACK)
    link.up()
    greet(link)
    assert len(decode_envelope(link.wait_for(topics.up(DEVICE))).events) == 2


def test_another_way_to_the_hub_is_agreed_on_with_the_hub_and_not_with_the_neighbours(
    agent: Agent, link: FakeLink, store: DeviceStore
) -> None:
    """A hello and what waits; the site's claims go on as they did, and the site can confirm as before."""
    greet(link)
    store.record([scanned()], PACK)
    link.wait_for(topics.up(DEVICE))
    link.take(topics.claims(SITE))
    agent.on_other_way()
    greet(link)
    assert decode_envelope(link.wait_for(topics.up(DEVICE))).from_seq == 1
    assert link.take(topics.claims(SITE)) == []
