"""The app's end: the change and its event are one, and everything else it asks."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.errors import StoreError
from kiosk.model.case import Case
from kiosk.model.changes import Refusal
from kiosk.model.customer import Subject
from kiosk.model.event import Health, HealthChanged, OrderHandedOver
from kiosk.model.ids import HubVersion, OrderId, PackVersion, Seq, SubjectId
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.model.sitekey import names_key
from kiosk.model.ticket import Entitlement, Journey, JourneyState, Ticket
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.device import DeviceStore, open_store
from kiosk.store.journal import MAX_EVENT_BYTES, ChangeRefused
from kiosk.store.packs import StoredPack
from tests.fakes.clock import BOOT, NOON, FakeClock
from tests.unit.kiosk.store.samples import (
    ANNA,
    DEVICE,
    HELP,
    JOURNEY,
    ORDER,
    PACK,
    READIED,
    REDEEMED,
    SITE,
    SITE_KEY,
    STARTED,
    TICKET,
    row,
    scanned,
)


def fill(agent: AgentStore) -> None:
    agent.inbox.apply_delta(HubVersion(0), HubVersion(1), (row(ORDER, 1), row(TICKET, 1), row(JOURNEY, 1)))


def test_a_new_store_is_empty_and_nobody_is_heard(store: DeviceStore) -> None:
    """Nothing is known, nothing waits, nothing was rebuilt."""
    assert len(store.epoch) == 16
    assert store.rebuilt is None
    assert store.waiting() == 0
    assert store.freshness().connected is False
    assert store.freshness().as_of is None
    assert store.active_pack() is None
    assert store.staged_pack() is None
    assert store.get(Collection.ORDERS, "x") is None
    assert store.all(Collection.TICKETS) == ()


def test_events_are_numbered_without_gaps_and_stamped(store: DeviceStore, clock: FakeClock) -> None:
    """Seq counts from 1 across calls; each event tells the three times, the pack and an id of its own."""
    first = store.record([scanned(1), scanned(2)], PACK)
    clock.advance(50)
    (second,) = store.record([scanned(3)], PackVersion("next"))
    assert [event.seq for event in (*first, second)] == [1, 2, 3]
    assert (second.at, second.mono, second.boot, second.pack) == (NOON + 50, 1_000_050, BOOT, "next")
    assert len({event.id for event in (*first, second)}) == 3
    assert store.waiting() == 3


def test_a_change_and_its_event_come_together(store: DeviceStore, agent: AgentStore) -> None:
    """After recording, the records show it and the outbox holds it."""
    fill(agent)
    store.record([STARTED], PACK)
    store.record([REDEEMED], PACK)
    order, ticket = store.get(Collection.ORDERS, ORDER.id), store.get(Collection.TICKETS, TICKET.id)
    journey = store.get(Collection.JOURNEYS, JOURNEY.id)
    assert isinstance(order, PickupOrder)
    assert order.state is OrderState.PREPARING
    assert isinstance(ticket, Ticket)
    assert ticket.state is Entitlement.REDEEMED
    assert isinstance(journey, Journey)
    assert journey.state is JourneyState.BOARDING
    assert [event.seq for event in agent.outbox.after(Seq(0), 10)] == [1, 2]


def test_a_refused_change_leaves_nothing_behind(store: DeviceStore, agent: AgentStore) -> None:
    """One refusal rolls back the events before it in the same call, too."""
    fill(agent)
    with pytest.raises(ChangeRefused) as refused:
        store.record([scanned(), STARTED, OrderHandedOver(ORDER.id)], PACK)
    assert refused.value.refusal is Refusal.WRONG_STATE
    assert refused.value.target.key == ORDER.id
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER
    assert store.waiting() == 0


def test_an_event_on_an_unknown_record_is_refused(store: DeviceStore) -> None:
    """Nothing is invented for a record that is not here."""
    with pytest.raises(ChangeRefused) as refused:
        store.record([STARTED], PACK)
    assert refused.value.refusal is Refusal.NOT_FOUND


def test_a_missing_second_record_does_not_stop_a_redemption(store: DeviceStore, agent: AgentStore) -> None:
    """The journey may have been forgotten already; the ticket decides."""
    agent.inbox.apply_delta(HubVersion(0), HubVersion(1), (row(TICKET, 1),))
    store.record([REDEEMED], PACK)
    assert store.get(Collection.JOURNEYS, JOURNEY.id) is None
    assert store.waiting() == 1


def test_a_call_for_help_makes_its_record(store: DeviceStore) -> None:
    """A case begins on the device."""
    store.record([HELP], PACK)
    (case,) = store.all(Collection.CASES)
    assert isinstance(case, Case)
    assert (case.id, case.device, case.opened_at) == ("c1", DEVICE, NOON)


def test_records_of_one_subject(store: DeviceStore, agent: AgentStore) -> None:
    """Only what is theirs, in the order of ids."""
    other = PickupOrder(OrderId("00000000000000a0"), "A16", SubjectId("b"), SITE, NOON, ORDER.place)
    second = PickupOrder(OrderId("00000000000000a2"), "A18", ANNA, SITE, NOON, ORDER.place)
    agent.inbox.apply_delta(HubVersion(0), HubVersion(1), (row(second, 1), row(other, 1), row(ORDER, 1)))
    assert store.of_subject(Collection.ORDERS, ANNA) == (ORDER, second)
    assert store.all(Collection.ORDERS) == (other, ORDER, second)
    assert store.of_subject(Collection.TICKETS, ANNA) == ()


def test_an_event_too_large_for_the_wire_is_a_mistake(store: DeviceStore) -> None:
    """It is refused where it is made, not where it would block all others."""
    with pytest.raises(ValueError, match="at most"):
        store.record([HealthChanged(Health.DEGRADED, "x" * MAX_EVENT_BYTES)], PACK)
    assert store.waiting() == 0


def sealed(name: str, subject: str, key: bytes = SITE_KEY) -> bytes:
    nonce = b"123456789012"
    return nonce + AESGCM(names_key(key)).encrypt(nonce, name.encode(), subject.encode())


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (sealed("Änna K.", ANNA), "Änna K."),
        (b"", ""),
        (b"short", ""),
        (sealed("Anna K.", "somebody-else"), ""),
        (sealed("Anna K.", ANNA, bytes(32)), ""),
        (sealed("Anna K.", ANNA)[:-1] + b"?", ""),
    ],
    ids=["right", "none", "short", "moved to another subject", "another site's key", "tampered"],
)
def test_names_open_only_with_the_right_key_and_subject(store: DeviceStore, box: bytes, expected: str) -> None:
    """Anything else shows no name, and no error to a visitor."""
    assert store.name_of(Subject(ANNA, SITE, sealed_name=box)) == expected


def test_change_stamp_tells_own_and_others_changes(store: DeviceStore, agent: AgentStore) -> None:
    """It differs after a downlink and after an own change, and stays when only an event was written."""
    start = store.change_stamp()
    fill(agent)
    downlink = store.change_stamp()
    store.record([STARTED], PACK)
    own = store.change_stamp()
    store.record([scanned()], PACK)
    assert len({start, downlink, own}) == 3
    assert store.change_stamp() == own


def test_wait_ends_when_the_agent_rings(store: DeviceStore, agent: AgentStore) -> None:
    """A downlink ends the sleep; afterwards nothing is pending."""
    timer = threading.Timer(0.05, fill, (agent,))
    timer.start()
    assert store.wait(30) is True
    timer.join()
    store.wait(0)
    assert store.wait(0) is False


def test_wait_ends_on_wake_from_another_thread(store: DeviceStore) -> None:
    """Frames and taps reach the session at once."""
    timer = threading.Timer(0.05, store.wake)
    timer.start()
    assert store.wait(30) is True
    timer.join()


def test_wait_notices_a_change_without_a_ring(store: DeviceStore, agent: AgentStore, path: Path) -> None:
    """A lost pipe delays, but loses nothing."""
    path.with_name("kiosk.bell").unlink()
    fill(agent)
    assert store.wait(0) is True


def test_packs_are_staged_then_taken_into_use(store: DeviceStore, agent: AgentStore) -> None:
    """The app alone decides when the new one shows."""
    first = StoredPack(PackVersion("1"), "aa", b"{}")
    agent.inbox.stage_pack(first)
    assert store.staged_pack() == first
    assert store.active_pack() is None
    store.activate(first.version)
    assert store.active_pack() == first
    assert store.staged_pack() is None


def test_a_pack_that_is_not_here_cannot_be_activated(store: DeviceStore) -> None:
    """The error says what to wait for."""
    with pytest.raises(StoreError, match="holds no content pack"):
        store.activate(PackVersion("7"))


def test_health_is_told_to_the_agent_once(store: DeviceStore, agent: AgentStore) -> None:
    """The agent reads what the app said last."""
    assert agent.link.health() == (Health.DEGRADED, "starting")
    store.report_health(Health.DEGRADED, "camera")
    store.report_health(Health.DEGRADED, "camera")
    assert agent.link.health() == (Health.DEGRADED, "camera")


def test_an_app_that_is_gone_is_no_healthy_touchpoint(path: Path, clock: FakeClock) -> None:
    """However it ended, its last word is not believed."""
    app = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)
    with closing(AgentStore(Place(path, DEVICE, SITE, clock))) as agent:
        app.report_health(Health.READY, "")
        assert agent.link.health() == (Health.READY, "")
        app.close()
        assert agent.link.health() == (Health.DEGRADED, "app")


def test_a_closed_store_is_not_reopened_by_accident(path: Path, clock: FakeClock) -> None:
    """Use after close is a mistake that shows."""
    store = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)
    store.close()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.waiting()


def test_readied_is_an_event_like_others(store: DeviceStore, agent: AgentStore) -> None:
    """A batch lays its events one upon the other."""
    fill(agent)
    events = store.record([STARTED, READIED], PACK)
    order = store.get(Collection.ORDERS, ORDER.id)
    assert isinstance(order, PickupOrder)
    assert [mark.event for mark in order.history] == [event.id for event in events]
    assert order.ready_at == NOON
