"""What other devices of the site tell, laid over the hub's copy until the hub's own word has come."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.model.changes import Refusal
from kiosk.model.customer import Subject
from kiosk.model.event import Event, EventBody, OfferDeclined, OrderHandedOver, OrderUndone
from kiosk.model.ids import DeviceId, Epoch, EventId, HubVersion, MonotonicMs, Seq, SubjectId
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.model.ticket import Entitlement, Ticket
from kiosk.store.agentside import AgentStore
from kiosk.store.claims import Claimed
from kiosk.store.device import DeviceStore, open_store
from kiosk.store.journal import ChangeRefused
from tests.fakes.clock import NOON, FakeClock
from tests.unit.kiosk.store.samples import (
    DEVICE,
    HELP,
    ORDER,
    PACK,
    READIED,
    REDEEMED,
    SITE,
    SITE_KEY,
    STARTED,
    TICKET,
    applied,
    row,
    scanned,
)

GATE_2 = DeviceId("gate-2")
EPOCH = Epoch("00000000000000e2")
V = HubVersion


def event(seq: int, body: EventBody) -> Event:
    return Event(EventId(f"far-{seq}"), Seq(seq), NOON, MonotonicMs(1), "b", PACK, body)


def claim(*events: Event, acked: int = 0, version: int = 0, epoch: Epoch = EPOCH) -> Claimed:
    return Claimed(GATE_2, epoch, Seq(acked), V(version), events)


def ticket_of(store: DeviceStore) -> Ticket:
    ticket = store.get(Collection.TICKETS, TICKET.id)
    assert isinstance(ticket, Ticket)
    return ticket


def order_of(store: DeviceStore) -> PickupOrder:
    order = store.get(Collection.ORDERS, ORDER.id)
    assert isinstance(order, PickupOrder)
    return order


@pytest.fixture(autouse=True)
def content(agent: AgentStore) -> None:
    agent.inbox.apply_delta(V(0), V(5), (row(TICKET, 5), row(ORDER, 5)))


def test_a_ticket_used_at_another_gate_is_refused_here(store: DeviceStore, agent: AgentStore) -> None:
    """Though the hub knows nothing of it; the screens are told of the change."""
    before = store.change_stamp()
    assert agent.claims.take(claim(event(3, REDEEMED))) is True
    ticket = ticket_of(store)
    assert ticket.state is Entitlement.REDEEMED
    assert ticket.redemption is not None
    assert (ticket.redemption.device, ticket.redemption.event) == (GATE_2, "far-3")
    with pytest.raises(ChangeRefused) as refused:
        store.record([REDEEMED], PACK)
    assert refused.value.refusal is Refusal.ALREADY_USED
    assert store.change_stamp() != before


def test_a_claim_told_again_changes_nothing(store: DeviceStore, agent: AgentStore) -> None:
    """Also under a new numbering."""
    agent.claims.take(claim(event(3, REDEEMED)))
    assert agent.claims.take(claim(event(3, REDEEMED))) is False
    renumbered = Event(EventId("far-3"), Seq(1), NOON, MonotonicMs(1), "b", PACK, REDEEMED)
    other = Epoch("00000000000000ff")
    assert agent.claims.take(claim(renumbered, epoch=other)) is False
    agent.claims.take(claim(acked=1, version=5, epoch=other))
    assert ticket_of(store) == TICKET


def test_a_claim_outlasts_stale_copies_and_goes_with_the_hubs_word(store: DeviceStore, agent: AgentStore) -> None:
    """Until the version has come that contains it, no copy takes it back."""
    agent.claims.take(claim(event(3, REDEEMED)))
    agent.inbox.apply_delta(V(5), V(6), (row(TICKET, 6),))
    assert ticket_of(store).state is Entitlement.REDEEMED
    generation = agent.inbox.begin_snapshot()
    agent.inbox.stage(generation, (row(TICKET, 7), row(ORDER, 7)))
    agent.inbox.finish_snapshot(generation, V(7))
    assert ticket_of(store).state is Entitlement.REDEEMED
    agent.claims.take(claim(acked=3, version=9))
    assert ticket_of(store).state is Entitlement.REDEEMED
    central = applied(TICKET, event(3, REDEEMED), GATE_2)
    agent.inbox.apply_delta(V(7), V(9), (row(central, 9),))
    assert ticket_of(store) == central
    agent.inbox.apply_delta(V(9), V(10), (row(TICKET, 10),))
    assert ticket_of(store) == TICKET


def test_claims_and_own_events_lie_in_the_order_in_which_they_came(store: DeviceStore, agent: AgentStore) -> None:
    """Started here, made ready there, handed over here, and that taken back there is refused: it was not theirs."""
    store.record([STARTED], PACK)
    agent.claims.take(claim(event(1, READIED)))
    assert order_of(store).state is OrderState.READY
    (handed,) = store.record([OrderHandedOver(ORDER.id)], PACK)
    agent.inbox.apply_delta(V(5), V(6), (row(ORDER, 6),))
    assert order_of(store).state is OrderState.HANDED_OVER
    agent.claims.take(claim(event(2, OrderUndone(ORDER.id, handed.id))))
    assert order_of(store).state is OrderState.READY


def test_what_was_done_here_first_stays(store: DeviceStore, agent: AgentStore) -> None:
    """Two gates that could not hear each other: each keeps its own answer, the hub decides."""
    (own,) = store.record([REDEEMED], PACK)
    agent.claims.take(claim(event(3, REDEEMED)))
    redemption = ticket_of(store).redemption
    assert redemption is not None
    assert redemption.event == own.id


def test_only_tickets_and_orders_are_claimed(store: DeviceStore, agent: AgentStore) -> None:
    """Whatever else a device may tell there."""
    assert agent.claims.take(claim(event(1, HELP), event(2, scanned()))) is False
    assert store.get(Collection.CASES, HELP.case) is None


def test_own_claims_are_the_unconfirmed_ones(store: DeviceStore, agent: AgentStore) -> None:
    """In portions, each saying how far it reaches."""
    store.record([scanned(), STARTED, HELP, REDEEMED, scanned()], PACK)
    own = agent.claims.own(None, 10)
    assert ([each.seq for each in own.events], own.up_to, own.acked) == ([2, 4], 5, 0)
    first = agent.claims.own(None, 1)
    assert ([each.seq for each in first.events], first.up_to) == ([2], 2)
    assert [each.seq for each in agent.claims.own((own.epoch, first.up_to), 1).events] == [4]
    agent.outbox.mark_acked(store.epoch, Seq(3), V(8))
    own = agent.claims.own(None, 10)
    assert ([each.seq for each in own.events], own.acked, own.version) == ([4], 3, 8)
    assert [each.seq for each in agent.claims.own((Epoch("another"), Seq(99)), 10).events] == [4]


def test_a_database_with_claims_is_sound(agent: AgentStore, path: Path, clock: FakeClock) -> None:
    """The check at each start finds nothing wrong with it, so that it is not rebuilt."""
    agent.claims.take(claim(event(3, REDEEMED)))
    with closing(open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)) as again:
        assert again.rebuilt is None
        assert ticket_of(again).state is Entitlement.REDEEMED


def test_what_somebody_declined_at_another_screen_counts_here_before_the_hub_knows(
    store: DeviceStore, agent: AgentStore
) -> None:
    """Offers too are told from device to device while the hub is away."""
    person = Subject(SubjectId("00000000000000aa"), SITE)
    assert agent.inbox.apply_delta(agent.inbox.cursor(), V(99), (row(person, 99),))
    assert agent.claims.take(claim(event(3, OfferDeclined(person.id, "coffee"))))
    assert store.get(Collection.SUBJECTS, person.id) == msgspec.structs.replace(person, declined=("coffee",))
