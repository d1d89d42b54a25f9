"""What the agent tells the site's other devices, and when."""

from dataclasses import replace

import msgspec
import pytest

from kiosk.model.event import OrderUndone
from kiosk.model.ids import DeviceId, Epoch, HubVersion, Seq
from kiosk.model.records import Collection
from kiosk.model.ticket import Decision, Entitlement, Ticket
from kiosk.store import DeviceStore
from kiosk.store.agentside import AgentStore
from kiosk.store.wishes import Wish as Wished
from kiosk.store.wishes import is_granted, put, site_is_there
from sync.agent.claims import SiteClaims
from sync.agent.surroundings import Surroundings
from sync.wire import topics
from sync.wire.codec import WireError, decode, encode
from sync.wire.messages import WIRE_VERSION, Claims, RawClaims, Wish
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
    return SiteClaims(agent_store.claims, agent_store.wishes, around)


def told(link: FakeLink) -> list[tuple[list[int], int, bool]]:
    """Of each message: the numbers of its events, what was confirmed, and whether it asks."""
    messages = [decode(payload, Claims) for payload in link.take(topics.claims(SITE))]
    return [([each.seq for each in message.events], message.acked, message.ask) for message in messages]


def settle(claims: SiteClaims, clock: FakeClock) -> None:
    """It has been there for long enough to know of every wish that counts."""
    claims.on_connect()
    clock.advance(5_000)
    claims.tick()


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
    settle(claims, clock)
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


def wish(store: DeviceStore, agent_store: AgentStore, name: str) -> Wished:
    """As the app does while it waits."""
    made = Wished(name, TICKET.id)
    agent_store.wishes._database.transaction(lambda connection: put(connection, made))  # noqa: SLF001 - the app's end
    return made


def granted(agent_store: AgentStore, wished: Wished) -> bool:
    return agent_store.wishes._database.read(lambda connection: is_granted(connection, wished))  # noqa: SLF001


def test_a_wish_is_told_once_and_granted_when_the_broker_gives_it_back(
    claims: SiteClaims, link: FakeLink, store: DeviceStore, agent_store: AgentStore, clock: FakeClock
) -> None:
    """Everybody at the broker hears the wishes in one order, and so does its own device."""
    settle(claims, clock)
    link.take(topics.claims(SITE))
    ours = wish(store, agent_store, "w1")
    claims.on_doorbell()
    claims.on_doorbell()
    (payload,) = link.take(topics.claims(SITE))
    assert decode(payload, Claims).wishes == (Wish("w1", TICKET.id),)
    assert not granted(agent_store, ours)
    claims.on_message(payload)
    assert granted(agent_store, ours)


def test_the_second_one_to_wish_is_not_granted_until_the_first_came_to_nothing(
    claims: SiteClaims, link: FakeLink, store: DeviceStore, agent_store: AgentStore, clock: FakeClock
) -> None:
    """The first one claims the ticket within some seconds, or its person went away."""
    settle(claims, clock)
    link.take(topics.claims(SITE))
    for name, is_ours in (("w1", False), ("w2", True)):
        ours = wish(store, agent_store, name)
        claims.on_doorbell()
        (payload,) = link.take(topics.claims(SITE))
        claims.on_message(encode(msgspec.structs.replace(FAR, events=(), wishes=(Wish("far", TICKET.id),))))
        if is_ours:
            clock.advance(5_000)
        claims.on_message(payload)
        assert granted(agent_store, ours) is is_ours


def test_a_wish_that_is_withdrawn_or_made_away_from_home_is_not_granted(
    agent_store: AgentStore, around: Surroundings, link: FakeLink, store: DeviceStore, clock: FakeClock
) -> None:
    """The central broker does not see those who are at the site's: nothing there is the site's word."""
    home = [True]
    claims = SiteClaims(agent_store.claims, agent_store.wishes, replace(around, at_home=lambda: home[0]))
    link.connected = True
    settle(claims, clock)
    link.take(topics.claims(SITE))
    first = wish(store, agent_store, "w1")
    claims.on_doorbell()
    (payload,) = link.take(topics.claims(SITE))
    second = wish(store, agent_store, "w2")
    claims.on_message(payload)
    assert not granted(agent_store, first)
    home[0] = False
    claims.on_doorbell()
    assert link.take(topics.claims(SITE)) == []
    own = RawClaims(WIRE_VERSION, DEVICE, store.epoch, Seq(0), V(0), wishes=(Wish("w2", TICKET.id),))
    claims.on_message(encode(own))
    assert not granted(agent_store, second)
    claims.on_connect()
    assert store.sureness(TICKET.id, 20.0) is Decision.OFFLINE_PROVISIONAL


def test_who_has_just_come_does_not_speak_for_the_site(
    claims: SiteClaims, link: FakeLink, store: DeviceStore, agent_store: AgentStore, clock: FakeClock
) -> None:
    """A wish from before may count still, and its claim be under way: first here would not be first at the site."""
    settle(claims, clock)
    claims.on_disconnect()
    claims.on_connect()
    assert claims.deadline is not None
    link.take(topics.claims(SITE))
    ours = wish(store, agent_store, "w1")
    claims.on_doorbell()
    assert link.take(topics.claims(SITE)) == []
    own = RawClaims(WIRE_VERSION, DEVICE, store.epoch, Seq(0), V(0), wishes=(Wish("w1", TICKET.id),))
    claims.on_message(encode(own))
    assert not granted(agent_store, ours)
    assert store.sureness(TICKET.id, 20.0) is Decision.OFFLINE_PROVISIONAL
    clock.advance(4_999)
    claims.tick()
    assert not agent_store.wishes._database.read(site_is_there)  # noqa: SLF001 - the app's end
    clock.advance(1)
    claims.tick()
    assert agent_store.wishes._database.read(site_is_there)  # noqa: SLF001
    assert claims.deadline is None


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
