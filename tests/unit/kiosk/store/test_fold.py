"""A record is the hub's copy with this device's own events laid over it, whatever arrives in whatever order."""

from kiosk.model.event import OrderHandedOver
from kiosk.model.ids import HubVersion, Seq
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.store.agentside import AgentStore
from kiosk.store.device import DeviceStore
from kiosk.store.inbox import InboxRow
from tests.unit.kiosk.store.samples import (
    HELP,
    ORDER,
    PACK,
    READIED,
    STARTED,
    applied,
    elsewhere,
    gone,
    renamed,
    row,
)


def delta(agent: AgentStore, since: int, version: int, *rows: InboxRow) -> bool:
    return agent.inbox.apply_delta(HubVersion(since), HubVersion(version), rows)


def snapshot(agent: AgentStore, version: int, *rows: InboxRow) -> None:
    generation = agent.inbox.begin_snapshot()
    agent.inbox.stage(generation, rows)
    agent.inbox.finish_snapshot(generation, HubVersion(version))


def ack(agent: AgentStore, store: DeviceStore, seq: int, version: int) -> None:
    assert agent.outbox.mark_acked(store.epoch, Seq(seq), HubVersion(version))


def order(store: DeviceStore) -> PickupOrder:
    record = store.get(Collection.ORDERS, ORDER.id)
    assert isinstance(record, PickupOrder)
    return record


def test_a_stale_downlink_does_not_take_a_local_change_away(store: DeviceStore, agent: AgentStore) -> None:
    """The hub's copy from before the event arrives after it; what staff did stays, what the hub changed comes too."""
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([STARTED], PACK)
    delta(agent, 1, 2, row(renamed(ORDER, "B1"), 2))
    assert order(store).state is OrderState.PREPARING
    assert order(store).number == "B1"


def test_a_change_stays_between_the_ack_and_the_hubs_copy_of_it(store: DeviceStore, agent: AgentStore) -> None:
    """Confirmed at version 5, but our data is at 1: the event still counts; at 5 the hub's copy speaks alone."""
    delta(agent, 0, 1, row(ORDER, 1))
    (event,) = store.record([STARTED], PACK)
    ack(agent, store, 1, 5)
    delta(agent, 1, 4, row(renamed(ORDER, "B1"), 3))
    assert order(store).state is OrderState.PREPARING
    delta(agent, 4, 5, row(applied(renamed(ORDER, "B1"), event), 5))
    assert order(store) == applied(renamed(ORDER, "B1"), event)


def test_an_event_the_hub_refused_is_given_up_once_its_data_is_here(store: DeviceStore, agent: AgentStore) -> None:
    """The hub committed the event, but another device had been first: its record has the last word."""
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([STARTED], PACK)
    assert order(store).state is OrderState.PREPARING
    delta(agent, 1, 2)
    ack(agent, store, 1, 2)
    assert order(store) == ORDER


def test_an_event_the_hub_refused_is_given_up_when_the_data_comes_later(store: DeviceStore, agent: AgentStore) -> None:
    """The same with the ack before the data, although the record itself is not among the changes."""
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([STARTED], PACK)
    ack(agent, store, 1, 3)
    assert order(store).state is OrderState.PREPARING
    delta(agent, 1, 3)
    assert order(store) == ORDER


def test_two_devices_work_on_one_order(store: DeviceStore, agent: AgentStore) -> None:
    """Another desk started it, ours made it ready before it knew: both steps show."""
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([READIED], PACK)
    delta(agent, 1, 2, row(elsewhere(ORDER, STARTED), 2))
    assert order(store).state is OrderState.READY
    assert [mark.before for mark in order(store).history] == [OrderState.ACCEPTED, OrderState.PREPARING]


def test_a_snapshot_keeps_unsettled_changes_and_drops_what_the_hub_no_longer_has(
    store: DeviceStore, agent: AgentStore
) -> None:
    """It replaces everything at one moment, with our own events on top."""
    other = renamed(ORDER, "C3")
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([STARTED, HELP], PACK)
    snapshot(agent, 9, row(other, 8))
    assert order(store).state is OrderState.PREPARING
    assert order(store).number == "C3"
    assert [case.id for case in store.all(Collection.CASES)] == ["c1"]
    ack(agent, store, 2, 9)
    assert order(store) == other
    assert store.all(Collection.CASES) == ()


def test_nobody_sees_a_snapshot_before_it_is_whole(store: DeviceStore, agent: AgentStore) -> None:
    """While it is written the old copy stays in use, and what is recorded meanwhile is in the new one."""
    delta(agent, 0, 1, row(ORDER, 1))
    generation = agent.inbox.begin_snapshot()
    agent.inbox.stage(generation, [row(renamed(ORDER, "C3"), 8)])
    assert order(store) == ORDER
    store.record([STARTED], PACK)
    assert order(store).number == "A17"
    agent.inbox.finish_snapshot(generation, HubVersion(9))
    assert (order(store).number, order(store).state) == ("C3", OrderState.PREPARING)


def test_a_tombstone_removes_a_record_with_our_events_on_it(store: DeviceStore, agent: AgentStore) -> None:
    """Erased at the hub is erased here; the event still goes to the hub."""
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([STARTED], PACK)
    delta(agent, 1, 2, gone(ORDER, 2))
    assert store.get(Collection.ORDERS, ORDER.id) is None
    assert store.waiting() == 1


def test_a_hub_that_lost_events_gets_them_laid_on_its_copy_again(store: DeviceStore, agent: AgentStore) -> None:
    """Restored from a backup, the hub takes its confirmation back; the device shows its own change all the while."""
    delta(agent, 0, 1, row(ORDER, 1))
    (event,) = store.record([STARTED], PACK)
    ack(agent, store, 1, 5)
    delta(agent, 1, 5, row(applied(ORDER, event), 5))
    ack(agent, store, 0, 1)
    snapshot(agent, 1, row(ORDER, 1))
    assert order(store).state is OrderState.PREPARING
    assert store.waiting() == 1


def test_a_handover_on_top_of_an_unsettled_step(store: DeviceStore, agent: AgentStore) -> None:
    """Steps are laid over a late copy in the order in which they were made."""
    delta(agent, 0, 1, row(ORDER, 1))
    store.record([READIED], PACK)
    ack(agent, store, 1, 7)
    store.record([OrderHandedOver(ORDER.id)], PACK)
    delta(agent, 1, 6, row(renamed(ORDER, "D4"), 6))
    assert order(store).state is OrderState.HANDED_OVER
