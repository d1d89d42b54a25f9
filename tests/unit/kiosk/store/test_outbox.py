"""What the agent does with the outbox: acks, going back, new numbering, freeing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.model.event import Event
from kiosk.model.ids import Epoch, EpochMs, HubVersion, Seq
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.store.agentside import AgentStore
from kiosk.store.device import DeviceStore
from kiosk.store.outbox import Marks, OutOfStep
from tests.unit.kiosk.store.samples import ORDER, PACK, STARTED, row, scanned

DAY_MS = 86_400_000
V = HubVersion


def write(store: DeviceStore, count: int) -> None:
    store.record([scanned(number) for number in range(count)], PACK)


def ack(agent: AgentStore, seq: int, version: int = 0) -> bool:
    return agent.outbox.mark_acked(agent.outbox.marks().epoch, Seq(seq), V(version))


def sequence(agent: AgentStore, after: int = 0) -> list[int]:
    return [event.seq for event in agent.outbox.after(Seq(after), 1000)]


def test_events_wait_in_order_until_acked(store: DeviceStore, agent: AgentStore) -> None:
    """An ack is cumulative; rows stay for a hub that may lose them."""
    write(store, 5)
    assert ack(agent, 3) is True
    assert agent.outbox.marks() == Marks(store.epoch, Seq(1), Seq(5), Seq(3))
    assert agent.outbox.waiting() == store.waiting() == 2
    assert sequence(agent) == [1, 2, 3, 4, 5]
    assert sequence(agent, 3) == [4, 5]


def test_the_stored_form_is_the_event(store: DeviceStore, agent: AgentStore) -> None:
    """What is sent is byte for byte what was written with the change."""
    (event,) = store.record([scanned()], PACK)
    (stored,) = agent.outbox.after(Seq(0), 10)
    assert msgspec.json.decode(stored.body, type=Event) == event


def test_an_ack_of_another_epoch_changes_nothing(store: DeviceStore, agent: AgentStore) -> None:
    """It belongs to a database that was put aside."""
    write(store, 2)
    assert agent.outbox.mark_acked(Epoch("0" * 16), Seq(2), V(1)) is False
    assert store.waiting() == 2


def test_a_repeated_ack_changes_nothing(store: DeviceStore, agent: AgentStore) -> None:
    """The same seq at a later version still settles at the first."""
    agent.inbox.apply_delta(V(0), V(3), (row(ORDER, 3),))
    store.record([STARTED], PACK)
    ack(agent, 1, 3)
    ack(agent, 1, 9)
    assert store.waiting() == 0
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER


def test_a_lower_ack_takes_confirmations_back(store: DeviceStore, agent: AgentStore) -> None:
    """The hub was restored from a backup: what it lost waits again."""
    write(store, 5)
    ack(agent, 5)
    ack(agent, 2)
    assert store.waiting() == 3
    ack(agent, 0)
    assert store.waiting() == 5


def test_an_ack_of_what_was_never_written_is_out_of_step(store: DeviceStore, agent: AgentStore) -> None:
    """A cloned card, or a database restored on the device: believed to be neither."""
    write(store, 2)
    with pytest.raises(OutOfStep, match="the hub confirms 3, here are 1 to 2"):
        ack(agent, 3)
    assert store.waiting() == 2


def test_a_new_numbering_keeps_what_waits(store: DeviceStore, agent: AgentStore) -> None:
    """The events after the given one are numbered from 1 under a new epoch; ids stay, and changes stay laid over."""
    agent.inbox.apply_delta(V(0), V(3), (row(ORDER, 3),))
    write(store, 3)
    ack(agent, 3, 3)
    events = store.record([scanned(), STARTED], PACK)
    before = store.epoch
    epoch = agent.outbox.renew_epoch(Seq(3))
    assert epoch == store.epoch != before
    assert agent.outbox.marks() == Marks(epoch, Seq(1), Seq(2), Seq(0))
    stored = [msgspec.json.decode(item.body, type=Event) for item in agent.outbox.after(Seq(0), 10)]
    assert [event.id for event in stored] == [event.id for event in events]
    assert [event.seq for event in stored] == [1, 2]
    agent.inbox.apply_delta(V(3), V(4), (row(ORDER, 4),))
    order = store.get(Collection.ORDERS, ORDER.id)
    assert isinstance(order, PickupOrder)
    assert order.state is OrderState.PREPARING
    (following,) = store.record([scanned()], PACK)
    assert following.seq == 3


def test_confirmed_events_are_freed_after_some_days_of_the_hubs_clock(store: DeviceStore, agent: AgentStore) -> None:
    """The count begins when the hub's time is first known; the newest row stays for the numbering."""
    agent.inbox.apply_delta(V(0), V(1), ())
    write(store, 4)
    ack(agent, 3, 1)
    now = EpochMs(DAY_MS * 1000)
    assert agent.outbox.free(now, 7 * DAY_MS) is False
    assert agent.outbox.free(EpochMs(now + 7 * DAY_MS), 7 * DAY_MS) is False
    assert sequence(agent) == [1, 2, 3, 4]
    assert agent.outbox.free(EpochMs(now + 7 * DAY_MS + 1), 7 * DAY_MS) is True
    assert sequence(agent) == [4]
    assert agent.outbox.marks() == Marks(store.epoch, Seq(4), Seq(4), Seq(3))
    ack(agent, 4, 1)
    agent.outbox.free(now, 0)
    agent.outbox.free(EpochMs(now + 1), 0)
    assert sequence(agent) == [4]
    assert store.record([scanned()], PACK)[0].seq == 5


def test_unconfirmed_and_unsettled_events_are_never_freed(store: DeviceStore, agent: AgentStore) -> None:
    """Neither what the hub lacks, nor what our copy of its data does not show yet."""
    write(store, 4)
    ack(agent, 2, 8)
    for now in (1, DAY_MS, DAY_MS * 100):
        assert agent.outbox.free(EpochMs(now), DAY_MS) is False
    assert sequence(agent) == [1, 2, 3, 4]


def test_a_hub_that_needs_freed_events_is_out_of_step(store: DeviceStore, agent: AgentStore) -> None:
    """Restored from too old a backup, it can only be given what is still here, under a new epoch."""
    agent.inbox.apply_delta(V(0), V(1), ())
    write(store, 4)
    ack(agent, 3, 1)
    agent.outbox.free(EpochMs(1), 0)
    agent.outbox.free(EpochMs(2), 0)
    with pytest.raises(OutOfStep):
        ack(agent, 1, 1)
    agent.outbox.renew_epoch(Seq(1))
    assert sequence(agent) == [1]
    assert store.waiting() == 1


def test_a_row_whose_number_was_spoiled_goes_out_under_its_own(
    store: DeviceStore, agent: AgentStore, path: Path
) -> None:
    """The hub would ask for it for ever; what can't be read goes as it is, and is put aside there."""
    store.record([scanned(), scanned(), scanned()], PACK)
    with closing(sqlite3.connect(path)) as disk, disk:
        (body,) = disk.execute("SELECT event FROM outbox WHERE seq = 2").fetchone()
        disk.execute("UPDATE outbox SET event = ? WHERE seq = 2", (body.replace(b'"seq":2,', b'"seq":7,'),))
        disk.execute("UPDATE outbox SET event = X'00' WHERE seq = 3")
    bodies = [item.body for item in agent.outbox.after(Seq(0), 10)]
    assert [msgspec.json.decode(body, type=Event).seq for body in bodies[:2]] == [1, 2]
    assert bodies[2] == b"\0"
