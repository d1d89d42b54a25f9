"""What the hub's store in SQLite does beside the rest: its file, who may read it, and what is wrong with it."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from sync.hub.errors import DataError, DataInUse
from sync.hub.store.sqlite import SqliteHubStore
from tests.fakes.clock import FakeClock
from tests.unit.sync.hub.world import (
    SITE,
    World,
    envelope,
    event,
    redeemed,
)


def _held_below(folder: Path) -> list[Path]:
    """The files in `folder` that this process has open."""
    held = [entry.readlink() for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return [path for path in held if path.is_relative_to(folder)]


def test_versions_of_a_time_that_a_restored_backup_lost_are_not_known(tmp_path: Path) -> None:
    """Though the restored hub has gone on and passed them with other changes."""
    clock = FakeClock()
    world = World(tmp_path / "data", clock)
    kept = world.version()
    world.store.close()
    shutil.copy(tmp_path / "data" / "hub.db", tmp_path / "backup.db")
    clock.advance(1000)
    world = World(tmp_path / "data", clock)
    world.take(envelope(event(1, redeemed())))
    lost = world.version()
    world.store.close()
    for path in (tmp_path / "data").iterdir():
        path.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "data" / "hub.db")
    clock.advance(60_000)
    world = World(tmp_path / "data", clock)
    world.take(envelope(event(1, redeemed(), name="other")))
    assert world.version() > lost > kept
    with world.store.reading() as reading:
        assert not reading.knows(SITE, lost)
        assert reading.knows(SITE, kept)
        assert reading.knows(SITE, world.version())
    world.store.close()


def test_a_second_hub_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """Two writers would break the order of versions."""
    world = World(tmp_path)
    with pytest.raises(DataInUse, match="another hub"):
        SqliteHubStore(tmp_path, FakeClock())
    world.store.close()
    SqliteHubStore(tmp_path, FakeClock()).close()


def test_a_damaged_database_is_named_with_what_to_do(tmp_path: Path) -> None:
    """It is not overwritten, and not held on to."""
    (tmp_path / "hub.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(DataError, match="damaged") as caught:
        SqliteHubStore(tmp_path, FakeClock())
    assert "backup" in caught.value.todo
    assert (tmp_path / "hub.db").read_bytes().startswith(b"no database")
    assert _held_below(tmp_path) == []


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
