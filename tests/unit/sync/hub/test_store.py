"""The hub's SQLite store: durable, consistent, clear about what stops it."""

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.model.ids import EpochMs, HubVersion, PackVersion
from kiosk.model.records import Collection
from sync.hub.errors import DataError, DataInUse
from sync.hub.store.rows import RecordChange, StoredPack
from sync.hub.store.sqlite import SqliteHubStore
from tests.fakes.clock import FakeClock
from tests.unit.sync.hub.world import (
    GATE,
    ORDER,
    OTHER_SITE,
    SITE,
    TICKET,
    World,
    change,
    envelope,
    event,
    order,
    redeemed,
)


def version(world: World) -> HubVersion:
    with world.store.reading() as reading:
        site = reading.site(SITE)
    assert site is not None
    return site.version


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """Events, watermarks, records and devices."""
    world = World(tmp_path)
    world.take(envelope(event(1, redeemed())))
    before = (world.events(), world.watermark(), world.device(), version(world))
    world.store.close()
    again = World(tmp_path)
    assert (again.events(), again.watermark(), again.device(), version(again)) == before
    again.store.close()


def test_a_transaction_that_raises_leaves_no_trace(world: World) -> None:
    """Not even its version."""
    with world.store.reading() as reading:
        before = reading.version()
    with suppress(LookupError), world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1))
        raise LookupError
    with world.store.reading() as reading:
        assert reading.version() == before
        assert len(reading.collection(SITE, Collection.ORDERS)) == 1


def test_a_reader_sees_one_picture_while_others_write(world: World) -> None:
    """No mix of before and after."""
    with world.store.reading() as reading:
        assert len(reading.collection(SITE, Collection.ORDERS)) == 1
        with world.store.writing() as writing:
            writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1))
        assert len(reading.collection(SITE, Collection.ORDERS)) == 1
    with world.store.reading() as reading:
        assert reading.collection(SITE, Collection.ORDERS) == ()


def test_a_delta_holds_what_changed_and_tombstones_of_what_went(world: World) -> None:
    """In the order of versions, of the one site only."""
    since = version(world)
    with world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1))
        writing.put_records(OTHER_SITE, [change(order(OTHER_SITE))], EpochMs(1))
    with world.store.reading() as reading:
        changed = reading.changed(SITE, since)
        live = reading.changed(SITE, HubVersion(0))
        assert reading.knows(SITE, since)
    assert [(record.key, record.body) for record in changed] == [(ORDER, None)]
    assert changed[0].version == version(world) > since
    assert [record.key for record in live] == [TICKET]


def test_a_version_that_this_hub_has_not_reached_is_not_known(world: World) -> None:
    """The device has seen more than we have: it gets a snapshot."""
    with world.store.reading() as reading:
        assert not reading.knows(SITE, HubVersion(version(world) + 1))


def test_versions_of_a_time_that_a_restored_backup_lost_are_not_known(tmp_path: Path) -> None:
    """Though the restored hub has gone on and passed them with other changes."""
    clock = FakeClock()
    world = World(tmp_path / "data", clock)
    kept = version(world)
    world.store.close()
    shutil.copy(tmp_path / "data" / "hub.db", tmp_path / "backup.db")
    clock.advance(1000)
    world = World(tmp_path / "data", clock)
    world.take(envelope(event(1, redeemed())))
    lost = version(world)
    world.store.close()
    for path in (tmp_path / "data").iterdir():
        path.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "data" / "hub.db")
    clock.advance(60_000)
    world = World(tmp_path / "data", clock)
    world.take(envelope(event(1, redeemed(), name="other")))
    assert version(world) > lost > kept
    with world.store.reading() as reading:
        assert not reading.knows(SITE, lost)
        assert reading.knows(SITE, kept)
        assert reading.knows(SITE, version(world))
    world.store.close()


def test_versions_grow_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    """A machine without a battery starts in the past."""
    clock = FakeClock()
    world = World(tmp_path, clock)
    first = version(world)
    world.store.close()
    clock.wall_ms = 1000
    world = World(tmp_path, clock)
    world.take(envelope(event(1, redeemed())))
    assert version(world) > first
    with world.store.reading() as reading:
        assert reading.knows(SITE, first)
    world.store.close()


def test_forgotten_tombstones_end_the_deltas_from_before_them(world: World) -> None:
    """A device that was away for too long gets a snapshot instead of keeping what was deleted."""
    since = version(world)
    with world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1000))
    gone_at = version(world)
    with world.store.writing() as writing:
        assert writing.forget_tombstones(EpochMs(1000)) == 0
        assert writing.forget_tombstones(EpochMs(1001)) == 1
    with world.store.reading() as reading:
        assert not reading.knows(SITE, since)
        assert reading.knows(SITE, gone_at)
        assert reading.changed(SITE, HubVersion(0)) == reading.changed(SITE, HubVersion(1))


def test_a_pack_becomes_the_sites_current_one(world: World) -> None:
    """Byte for byte, and for its own site only."""
    pack = StoredPack(SITE, PackVersion("p2"), "ab" * 32, b'{"a": 1}')
    with world.store.writing() as writing:
        writing.put_pack(pack, EpochMs(1))
        site = writing.site(SITE)
        assert site is not None
        assert site.pack == "p2"
        assert writing.pack(SITE, PackVersion("p2")) == pack
        assert writing.pack(OTHER_SITE, PackVersion("p2")) is None


def test_a_second_hub_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """Two writers would break the order of versions."""
    world = World(tmp_path)
    with pytest.raises(DataInUse, match="another hub"):
        SqliteHubStore(tmp_path, FakeClock())
    world.store.close()
    SqliteHubStore(tmp_path, FakeClock()).close()


def test_a_damaged_database_is_named_with_what_to_do(tmp_path: Path) -> None:
    """It is not overwritten."""
    (tmp_path / "hub.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(DataError, match="damaged") as caught:
        SqliteHubStore(tmp_path, FakeClock())
    assert "backup" in caught.value.todo
    assert (tmp_path / "hub.db").read_bytes().startswith(b"no database")


def test_a_database_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    """An old hub would not know what the new columns mean."""
    World(tmp_path).store.close()
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('opas-hub', 'of_2030', '')"
        )
    connection.close()
    with pytest.raises(DataError, match="newer release"):
        SqliteHubStore(tmp_path, FakeClock())


def test_only_the_hubs_user_can_read_the_database(tmp_path: Path) -> None:
    """Site keys are in it."""
    World(tmp_path / "new").store.close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new" / "hub.db").stat().st_mode & 0o077 == 0


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    """The message says what to change."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file"):
        SqliteHubStore(tmp_path / "file", FakeClock())


def test_the_site_keeps_its_first_key(world: World) -> None:
    """Every device derives from it what is sealed already."""
    with world.store.writing() as writing:
        site = writing.site(SITE)
        assert site is not None
        writing.put_site(type(site)(SITE, "Renamed", b"other", site.version, site.pack))
        again = writing.site(SITE)
    assert again is not None
    assert (again.name, again.key) == ("Renamed", site.key)


def test_a_device_is_found_by_the_hash_of_its_token(world: World) -> None:
    """And by nothing else."""
    with world.store.reading() as reading:
        found = reading.device_of_token(f"hash of {GATE}")
        assert found is not None
        assert (found[0].id, found[1]) == (GATE, f"hash of {GATE}")
        assert reading.device_of_token("another") is None
