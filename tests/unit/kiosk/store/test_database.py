"""What happens to the file: damaged, emptied, truncated, removed, locked, full, out of reach, somebody else's."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.errors import StoreError, StoreFull, StoreLocked
from kiosk.model.event import DatabaseRebuilt
from kiosk.model.ids import DeviceId, EpochMs, HubVersion, PackVersion, Seq
from kiosk.model.records import Collection
from kiosk.store import queries
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Database, Place, Use
from kiosk.store.device import DeviceStore, open_store
from tests.fakes.clock import FakeClock
from tests.unit.kiosk.store.samples import DEVICE, HELP, ORDER, PACK, SITE, SITE_KEY, row, scanned


def reopen(path: Path, clock: FakeClock) -> DeviceStore:
    return open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(0)
        file.write(os.urandom(path.stat().st_size))


def spoil_pages(path: Path) -> None:
    """Leave the header and destroy what follows."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def cut_header(path: Path) -> None:
    os.truncate(path, 50)


DAMAGES: tuple[Callable[[Path], None], ...] = (overwrite, spoil_pages, truncate, empty, cut_header)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_put_aside_at_start_and_told(
    path: Path, clock: FakeClock, damage: Callable[[Path], None]
) -> None:
    """A new epoch begins; the old file lies beside it, and the event that tells of it is recorded once."""
    with closing(reopen(path, clock)) as store:
        store.record([scanned(n) for n in range(200)], PACK)
        epoch = store.epoch
    damage(path)
    with closing(reopen(path, clock)) as store:
        assert store.epoch != epoch
        told = store.rebuilt
        assert isinstance(told, DatabaseRebuilt)
        assert told.reason
        assert path.with_name(told.aside).exists()
        assert store.waiting() == told.salvaged < 200
        (event,) = store.record([told], PACK)
        assert event.seq == told.salvaged + 1
        assert store.rebuilt is None


@pytest.mark.parametrize("damage", [spoil_pages, truncate, empty, overwrite])
def test_damage_while_running_is_survived(path: Path, clock: FakeClock, damage: Callable[[Path], None]) -> None:
    """The call that meets it works on the new database; the app only sees `rebuilt`."""
    with closing(reopen(path, clock)) as store:
        store.record([scanned(n) for n in range(500)], PACK)
        epoch = store.epoch
        with closing(Database(Place(path, DEVICE, SITE, clock), Use.UPKEEP)) as other:
            other.read(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        damage(path)
        path.with_name("opas.db-wal").unlink(missing_ok=True)
        for _ in range(3):
            store.record([scanned(n) for n in range(500)], PACK)
            store.all(Collection.ORDERS)
    with closing(reopen(path, clock)) as store:
        assert store.epoch != epoch
        assert store.waiting() > 0


def test_everyone_moves_to_the_new_file(path: Path, clock: FakeClock, store: DeviceStore, agent: AgentStore) -> None:
    """One process rebuilds; the others go on in the new database at their next step."""
    agent.inbox.apply_delta(HubVersion(0), HubVersion(1), (row(ORDER, 1),))
    epoch = store.epoch
    path.rename(path.with_name("opas.db.corrupt-by-hand"))
    Database(Place(path, DEVICE, SITE, clock), Use.UPKEEP).close()
    assert store.epoch != epoch
    assert store.get(Collection.ORDERS, ORDER.id) is None
    store.record([scanned()], PACK)
    assert agent.outbox.marks().last == 1
    assert agent.outbox.marks().epoch == store.epoch
    assert agent.inbox.cursor() == 0


def test_a_removed_file_is_replaced_and_told(path: Path, clock: FakeClock, store: DeviceStore) -> None:
    """Somebody cleaned up too much: no crash, a new epoch, and a reason."""
    epoch = store.epoch
    path.unlink()
    assert store.epoch != epoch
    assert store.rebuilt is not None
    assert "removed" in store.rebuilt.reason


def test_closing_an_old_connection_leaves_the_new_log_alone(path: Path, clock: FakeClock) -> None:
    """SQLite deletes the log by name when the last connection closes; it must not be the new database's."""
    with closing(reopen(path, clock)) as store:
        store.record([scanned()], PACK)
        stale = sqlite3.connect(path, isolation_level=None)
        stale.execute("BEGIN IMMEDIATE")
        stale.execute("INSERT INTO meta VALUES ('late', 1)")
        stale.execute("COMMIT")
        path.rename(path.with_name("opas.db.corrupt-x"))
        path.with_name("opas.db-wal").rename(path.with_name("opas.db.corrupt-x-wal"))
        path.with_name("opas.db-shm").rename(path.with_name("opas.db.corrupt-x-shm"))
        store.record([scanned(2)], PACK)
        stale.close()
        store.record([scanned(3)], PACK)
        assert path.with_name("opas.db-wal").exists()
    with closing(reopen(path, clock)) as store:
        assert store.waiting() == 2


def test_only_the_last_few_damaged_files_are_kept(path: Path, clock: FakeClock) -> None:
    """A dying memory card must not be filled up by its own ruins."""
    for _ in range(6):
        reopen(path, clock).close()
        spoil_pages(path)
    reopen(path, clock).close()
    assert len([p for p in path.parent.iterdir() if "corrupt" in p.name and not p.name.endswith(("wal", "shm"))]) == 3


def test_a_log_without_its_database_is_put_aside(path: Path, clock: FakeClock) -> None:
    """It would be played into the new database otherwise."""
    path.parent.mkdir(parents=True)
    path.with_name("opas.db-wal").write_bytes(b"what was left")
    with closing(reopen(path, clock)) as store:
        assert store.rebuilt is not None
        assert "log" in store.rebuilt.reason


def test_a_database_locked_for_too_long(path: Path, clock: FakeClock, store: DeviceStore) -> None:
    """Says which file and what to do; works again afterwards."""
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with closing(Database(Place(path, DEVICE, SITE, clock, busy_s=0.05), Use.EVENTS)) as database:
        with pytest.raises(StoreLocked, match=r"opas\.db: another process holds") as locked:
            database.transaction(lambda connection: connection.execute(queries.BUMP_STAMP))
        assert "fuser" in locked.value.todo
        blocker.execute("ROLLBACK")
        blocker.close()
        database.transaction(lambda connection: connection.execute(queries.BUMP_STAMP))


def fill(store: DeviceStore) -> None:
    for _ in range(1000):
        store.record([HELP] * 20, PACK)


def test_a_full_database_refuses_new_events_and_loses_none(path: Path, clock: FakeClock) -> None:
    """What was recorded stays; acks are still taken, and then there is room again."""
    store = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock, max_megabytes=1)
    agent = AgentStore(Place(path, DEVICE, SITE, clock, max_megabytes=1))
    with closing(store), closing(agent):
        with pytest.raises(StoreFull, match="no room") as full:
            fill(store)
        assert "max_megabytes" in full.value.todo
        last = store.waiting()
        assert last > 100
        with pytest.raises(StoreFull):
            store.record([HELP] * 20, PACK)
        assert store.waiting() == last
        assert agent.outbox.marks().last == last
        agent.outbox.mark_acked(store.epoch, Seq(last), HubVersion(0))
        store.record([HELP] * 20, PACK)
        assert store.waiting() == 20


def test_confirmed_events_are_freed_by_the_clock_of_the_hub_only(store: DeviceStore, agent: AgentStore) -> None:
    """A device whose own clock jumps ten years ahead frees nothing."""
    store.record([scanned(), scanned()], PACK)
    agent.outbox.mark_acked(store.epoch, Seq(1), HubVersion(0))
    agent.outbox.free(EpochMs(1000), 500)
    assert len(agent.outbox.after(Seq(0), 9)) == 2


@pytest.mark.parametrize("where", ["file/opas.db", "folder"], ids=["the folder is a file", "the file is a folder"])
def test_a_place_that_cannot_be_used(tmp_path: Path, clock: FakeClock, where: str) -> None:
    """The error names the path and says what to check."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="can't be opened or written") as unusable:
        reopen(tmp_path / where, clock)
    assert str(tmp_path / where) in unusable.value.what
    assert "folder" in unusable.value.todo


def test_another_devices_database_is_not_taken_over(path: Path, clock: FakeClock) -> None:
    """A copied card or a changed id: nothing is sent under the wrong name, and nothing is thrown away."""
    reopen(path, clock).close()
    with pytest.raises(StoreError, match='holds the data of device "desk-1", but this is "desk-2"') as wrong:
        open_store(path, device=DeviceId("desk-2"), site=SITE, site_key=SITE_KEY, clock=clock)
    assert "device.id" in wrong.value.todo
    reopen(path, clock).close()


def test_a_second_agent_is_kept_away(path: Path, clock: FakeClock, agent: AgentStore) -> None:
    """Two would answer each other's acks."""
    with pytest.raises(StoreLocked, match="another agent"):
        AgentStore(Place(path, DEVICE, SITE, clock))


def test_a_database_of_a_newer_app_still_opens(path: Path, clock: FakeClock) -> None:
    """After a roll-back of the app its data is still there: newer tables only add."""
    with closing(reopen(path, clock)) as store:
        store.record([scanned()], PACK)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE tomorrow (x)")
        connection.execute("PRAGMA user_version = 99")
    with closing(reopen(path, clock)) as store:
        assert store.waiting() == 1


def test_a_mistake_in_sql_stays_visible(path: Path, clock: FakeClock) -> None:
    """It is ours, and no operator can do anything about it."""
    with (
        closing(Database(Place(path, DEVICE, SITE, clock), Use.EVENTS)) as database,
        pytest.raises(sqlite3.OperationalError, match="no such table"),
    ):
        database.read(lambda connection: connection.execute("SELECT * FROM nowhere"))


def test_only_the_owner_may_read_the_file(path: Path, store: DeviceStore) -> None:
    """It holds what a screen shows of people."""
    store.record([scanned()], PackVersion("1"))
    for name in ("opas.db", "opas.db-wal", "opas.db.lock", "kiosk.bell"):
        assert path.with_name(name).stat().st_mode & 0o077 == 0
