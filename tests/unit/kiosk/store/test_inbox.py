"""What comes down: order, staleness, generations, records from the future."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from kiosk.model.ids import HubVersion
from kiosk.model.records import Collection
from kiosk.store.agentside import AgentStore
from kiosk.store.device import DeviceStore
from kiosk.store.inbox import InboxRow
from tests.unit.kiosk.store.samples import ANNA, ORDER, PACK, STARTED, TICKET, gone, renamed, row

V = HubVersion


def test_a_delta_moves_the_cursor(store: DeviceStore, agent: AgentStore) -> None:
    """Outbox and inbox see the same version."""
    assert agent.inbox.apply_delta(V(0), V(4), (row(ORDER, 4),)) is True
    assert agent.inbox.cursor() == agent.outbox.cursor() == 4
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER


@pytest.mark.parametrize(("since", "version"), [(5, 6), (0, 3)], ids=["a hole before it", "older than what is here"])
def test_a_delta_that_does_not_follow_is_left_out(
    store: DeviceStore, agent: AgentStore, since: int, version: int
) -> None:
    """Nothing of it is applied, so that it can be asked for again."""
    agent.inbox.apply_delta(V(0), V(4), (row(ORDER, 4),))
    assert agent.inbox.apply_delta(V(since), V(version), (gone(ORDER, version),)) is False
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER
    assert agent.inbox.cursor() == 4


def test_overlapping_deltas_do_no_harm(store: DeviceStore, agent: AgentStore) -> None:
    """A row older than the one here is passed over."""
    agent.inbox.apply_delta(V(0), V(4), (row(renamed(ORDER, "new"), 4),))
    agent.inbox.apply_delta(V(0), V(5), (row(ORDER, 2), row(TICKET, 5)))
    assert store.get(Collection.ORDERS, ORDER.id) == renamed(ORDER, "new")
    assert store.get(Collection.TICKETS, TICKET.id) == TICKET


def test_a_tombstone_deletes(store: DeviceStore, agent: AgentStore) -> None:
    """Also what belongs to a subject; a tombstone for something unknown is nothing."""
    agent.inbox.apply_delta(V(0), V(4), (row(ORDER, 4), gone(TICKET, 4)))
    agent.inbox.apply_delta(V(4), V(5), (gone(ORDER, 5),))
    assert store.of_subject(Collection.ORDERS, ANNA) == ()


def test_old_generations_are_swept_in_batches(store: DeviceStore, agent: AgentStore) -> None:
    """Deleting is spread out, and never touches what is in use."""
    rows = [InboxRow(Collection.ORDERS, f"{n:016x}", V(1), row(ORDER, 1).body) for n in range(25)]
    agent.inbox.apply_delta(V(0), V(1), rows)
    generation = agent.inbox.begin_snapshot()
    agent.inbox.stage(generation, [row(ORDER, 2)])
    agent.inbox.finish_snapshot(generation, V(2))
    turns = 0
    while agent.inbox.sweep(10):
        turns += 1
    assert turns == 3
    assert store.all(Collection.ORDERS) == (ORDER,)


def test_a_snapshot_broken_off_leaves_no_trace(store: DeviceStore, agent: AgentStore) -> None:
    """The next attempt begins clean; rows that only the first one had are not in it."""
    broken = agent.inbox.begin_snapshot()
    agent.inbox.stage(broken, [row(TICKET, 1)])
    again = agent.inbox.begin_snapshot()
    agent.inbox.stage(again, [row(ORDER, 2)])
    agent.inbox.finish_snapshot(again, V(2))
    assert store.all(Collection.TICKETS) == ()
    assert store.all(Collection.ORDERS) == (ORDER,)


def test_a_record_from_the_future_is_kept_but_left_out(
    store: DeviceStore, agent: AgentStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A newer hub's state that this app does not know hides one record, and never stops the others."""
    body = (row(ORDER, 1).body or b"").replace(b'"A17"', b'"A17","state":"teleported"')
    with caplog.at_level(logging.WARNING):
        agent.inbox.apply_delta(V(0), V(1), (InboxRow(Collection.ORDERS, ORDER.id, V(1), body), row(TICKET, 1)))
    assert store.get(Collection.ORDERS, ORDER.id) is None
    assert store.all(Collection.ORDERS) == ()
    assert store.get(Collection.TICKETS, TICKET.id) == TICKET
    assert "can't be read" in caplog.text


def test_a_collection_from_the_future_is_kept_for_the_app_that_knows_it(
    store: DeviceStore, agent: AgentStore, path: Path
) -> None:
    """By delta and by snapshot, and it goes when the hub deletes it."""
    newer = InboxRow(cast("Collection", "parkings"), "p1", V(4), b'{"id":"p1"}')
    agent.inbox.apply_delta(V(0), V(4), (newer, row(ORDER, 4)))
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER
    assert kept(path, "parkings") == 1
    generation = agent.inbox.begin_snapshot()
    agent.inbox.stage(generation, [newer])
    agent.inbox.finish_snapshot(generation, V(5))
    assert kept(path, "parkings") == 1
    agent.inbox.apply_delta(V(5), V(6), (InboxRow(newer.collection, "p1", V(6), None),))
    assert kept(path, "parkings") == 0


def kept(path: Path, collection: str) -> int:
    """How many records of a collection are in use, whoever can read them."""
    question = """
        SELECT count(*) FROM record
        WHERE collection = ? AND generation = (SELECT value FROM meta WHERE key = 'generation')
    """
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(question, (collection,)).fetchone()[0])


def test_the_session_writes_while_a_snapshot_is_written(store: DeviceStore, agent: AgentStore) -> None:
    """Between two batches the app's changes go through, and none is lost at the turn."""
    agent.inbox.apply_delta(V(0), V(1), (row(ORDER, 1),))
    generation = agent.inbox.begin_snapshot()
    for batch in range(5):
        rows = [InboxRow(Collection.TICKETS, f"{batch:08x}{n:08x}", V(2), row(TICKET, 2).body) for n in range(200)]
        agent.inbox.stage(generation, rows)
        if batch == 2:
            store.record([STARTED], PACK)
    agent.inbox.stage(generation, [row(ORDER, 1)])
    agent.inbox.finish_snapshot(generation, V(2))
    assert len(store.all(Collection.TICKETS)) == 1000
    assert store.get(Collection.ORDERS, ORDER.id) != ORDER
