"""The hub's SQLite database: one file, one writer at a time, readers beside it, durable at every commit."""

import fcntl
import os
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import IO

import sqlite_utils

from kiosk.model.clock import Clock
from sync.hub.errors import DataError, DataFull, DataInUse
from sync.hub.store import sql
from sync.hub.store.schema import MIGRATIONS, written_by_newer
from sync.hub.store.sqlite_reading import SqliteReading
from sync.hub.store.sqlite_writing import SqliteWriting

VERSIONS_FROM_MS = 1_735_689_600_000
"""2025-01-01. Versions count from the milliseconds since then at each start."""
_BUSY_MS = 5_000


class SqliteHubStore:
    """Implements `HubStore` with SQLite in the folder `data`, which only the hub's user can read.

    A start skips ahead to a version that no earlier run can have issued, and remembers the gap: a device that comes
    with a version from it has seen changes that a restored backup does not have, and gets a snapshot.

    Raises `DataError` for a folder or database that can't be used, `DataInUse` when another hub runs on it.
    """

    def __init__(self, data: Path, clock: Clock) -> None:
        self._path = data / "hub.db"
        self._write = threading.Lock()
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        with ExitStack() as opened:
            self._lock_file = opened.enter_context(_claim(data))
            self._writer = opened.enter_context(closing(_open(self._path)))
            self._begin_life(clock)
            opened.pop_all()

    @contextmanager
    def reading(self) -> Iterator[SqliteReading]:
        """A consistent picture, from any thread, next to the writer."""
        with _translated(self._path):
            connection = self._reader()
            try:
                connection.execute("BEGIN")
                yield SqliteReading(connection)
            finally:
                with suppress(sqlite3.Error):
                    connection.rollback()
                self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[SqliteWriting]:
        """A transaction, one at a time; durable when the block ends."""
        with self._write, _translated(self._path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteWriting(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                # A full disk may have ended the transaction already.
                with suppress(sqlite3.Error):
                    self._writer.rollback()
                raise

    def close(self) -> None:
        """Let go of the database."""
        with self._write:
            self._writer.close()
        while not self._idle.empty():
            self._idle.get_nowait().close()
        self._lock_file.close()

    def _reader(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            connection = _connect(self._path)
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _begin_life(self, clock: Clock) -> None:
        now = clock.now().wall_ms
        with self.writing() as writing:
            before = writing.version()
            first = self._writer.execute(sql.LIFE_BEGIN, (now - VERSIONS_FROM_MS,)).fetchone()[0]
            self._writer.execute(sql.LIFE_ADD, (before, first, now))


def _claim(data: Path) -> IO[str]:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (data / "hub.lock").open("w", encoding="utf-8")
    except OSError as error:
        todo = "Give the hub's user write access, or name another folder as hub.data."
        raise DataError(f"{data}: can't be written ({error.strerror}).", todo) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        todo = "Stop the other hub, or give this one a folder of its own as hub.data."
        raise DataInUse(f"{data}: another hub runs on this data.", todo) from error
    return lock


def _open(path: Path) -> sqlite3.Connection:
    try:
        # Site keys are in it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        todo = "Give the hub's user write access to the folder and the file."
        raise DataError(f"{path}: can't be opened ({error.strerror}).", todo) from error
    with _translated(path), ExitStack() as opened:
        connection = opened.enter_context(closing(_connect(path)))
        connection.execute("PRAGMA journal_mode = WAL")
        db = sqlite_utils.Database(connection)
        if written_by_newer(db):
            todo = "Install the newer release again, or put back the backup that was made before it."
            raise DataError(f"{path}: was written by a newer release.", todo)
        MIGRATIONS.apply(db)
        opened.pop_all()
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000)
    with ExitStack() as opened:
        opened.enter_context(closing(connection))
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32000")
        opened.pop_all()
    return connection


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _error(path, error) from error


def _error(path: Path, error: sqlite3.Error) -> DataError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        todo = "Make room on that disk; the devices keep their events and send them again."
        return DataFull(f"{path}: the disk is full.", todo)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        todo = (
            "Stop the hub, move the file and its -wal and -shm aside, and put the last backup there;"
            " the devices send again what it lacks."
        )
        return DataError(f"{path}: the database is damaged.", todo)
    return DataError(f"{path}: {error}.", "Check the disk and the access rights, then start the hub again.")
