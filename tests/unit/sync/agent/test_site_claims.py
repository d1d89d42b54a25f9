"""What the agent tells the site's other devices, and when."""

import msgspec
import pytest

from kiosk.model.event import OrderUndone
from kiosk.model.ids import DeviceId, Epoch, HubVersion, Seq
from kiosk.model.records import Collection
from kiosk.model.ticket import Entitlement, Ticket
from kiosk.store import DeviceStore
from kiosk.store.agentside import AgentStore
from sync.agent.claims import SiteClaims
from sync.agent.surroundings import Surroundings
from sync.wire import topics
from sync.wire.codec import WireError, decode, encode
from sync.wire.messages import WIRE_VERSION, Claims
from tests.fakes.clock import FakeClock
from tests.fakes.link import FakeLink
from tests.unit.kiosk.store.samples import DEVICE, ORDER, PACK, REDEEMED, SITE, STARTED, TICKET, row, scanned
from tests.unit.kiosk.store.test_claims import event

V = HubVersion
FAR = Claims(WIRE_VERSION, DeviceId("gate-2"), Epoch("00000000000000e2"), Seq(0), V(0), (event(3, REDEEMED),))


@pytest.fixture
def claims(agent_store: AgentStore, around: Surroundings, link: FakeLink) -> SiteClaims:
    agent_store.inbox.apply_delta(V(0), V(5), (row(TICKET, 5), row(ORDER, 5)))
    link.connected = True
    return SiteClaims(agent_store.claims, around)


def told(link: FakeLink) -> list[tuple[list[int], int, bool]]:
    """Of each message: the numbers of its events, what was confirmed, and whether it asks."""
    messages = [decode(payload, Claims) for payload in link.take(topics.claims(SITE))]
    return [([each.seq for each in message.events], message.acked, message.ask) for message in messages]


def test_it_asks_when_it_comes_and_tells_each_claim_once(
    claims: SiteClaims, link: FakeLink, store: DeviceStore
) -> None:
    """What only reports is none."""
    store.record([scanned(), STARTED], PACK)
    claims.on_connect()
    assert told(link) == [([2], 0, True)]
    store.record([scanned()], PACK)
    claims.on_doorbell()
    assert told(link) == []
    store.record([REDEEMED], PACK)
    claims.on_doorbell()
    claims.on_doorbell()
    assert told(link) == [([4], 0, False)]


def test_many_claims_go_in_several_messages(claims: SiteClaims, link: FakeLink, store: DeviceStore) -> None:
    """Each small enough for any broker, and only the first asks."""
    for _ in range(60):
        (started,) = store.record([STARTED], PACK)
        store.record([OrderUndone(ORDER.id, started.id)], PACK)
    claims.on_connect()
    assert [(len(seqs), ask) for seqs, _, ask in told(link)] == [(100, True), (20, False)]


def test_the_others_are_told_once_what_the_hub_has(
    claims: SiteClaims, link: FakeLink, store: DeviceStore, agent_store: AgentStore, clock: FakeClock
) -> None:
    """Soon, but not with every ack, and not when there is nothing to let go of."""
    claims.on_connect()
    store.record([REDEEMED], PACK)
    claims.on_doorbell()
    told(link)
    agent_store.outbox.mark_acked(store.epoch, Seq(1), V(8))
    claims.on_ack()
    claims.on_ack()
    assert claims.deadline is not None
    claims.tick()
    assert told(link) == []
    clock.advance(500)
    claims.tick()
    assert told(link) == [([], 1, False)]
    claims.on_ack()
    assert claims.deadline is None


def test_who_asks_is_answered_with_all_that_is_open(
    claims: SiteClaims, link: FakeLink, store: DeviceStore, clock: FakeClock
) -> None:
    """After a moment that differs from device to device."""
    claims.on_connect()
    store.record([REDEEMED], PACK)
    claims.on_doorbell()
    told(link)
    claims.on_message(encode(msgspec.structs.replace(FAR, events=(), ask=True)))
    claims.tick()
    assert told(link) == []
    clock.advance(1_000)
    claims.tick()
    assert told(link) == [([1], 0, False)]


def test_what_others_tell_is_taken_in_and_its_own_echo_is_not(claims: SiteClaims, store: DeviceStore) -> None:
    """The broker sends everybody everything."""
    claims.on_message(encode(msgspec.structs.replace(FAR, device=DEVICE)))
    claims.on_message(encode(msgspec.structs.replace(FAR, v=2)))
    assert store.get(Collection.TICKETS, TICKET.id) == TICKET
    claims.on_message(encode(FAR))
    ticket = store.get(Collection.TICKETS, TICKET.id)
    assert isinstance(ticket, Ticket)
    assert ticket.state is Entitlement.REDEEMED


def test_junk_is_refused_as_a_whole(claims: SiteClaims) -> None:
    """The agent logs it and goes on."""
    with pytest.raises(WireError):
        claims.on_message(b'{"v":1,"device":"x"}')


def test_nothing_is_told_while_the_link_is_down(claims: SiteClaims, link: FakeLink, store: DeviceStore) -> None:
    """It is told when it is back."""
    claims.on_connect()
    claims.on_disconnect()
    told(link)
    store.record([REDEEMED], PACK)
    claims.on_doorbell()
    claims.on_ack()
    assert (told(link), claims.deadline) == ([], None)
    claims.on_connect()
    assert told(link) == [([1], 0, True)]
