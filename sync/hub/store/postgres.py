"""The hub's PostgreSQL database: any number of hubs on it, one writer at a time, readers beside it."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import StrBinaryDumper, StrDumper

from kiosk.model.clock import Clock
from sync.hub.errors import DataError, DataFull
from sync.hub.store import postgres_sql as sql
from sync.hub.store.postgres_reading import Connection, PostgresReading
from sync.hub.store.postgres_schema import MIGRATIONS
from sync.hub.store.postgres_writing import PostgresWriting
from sync.hub.store.sqlite import VERSIONS_FROM_MS

_CONNECT_S = 5
_DEAD_MS = 10_000
_SESSION = {
    # A commit is on the disk when it returns, whatever the server's own default.
    "synchronous_commit": "on",
    # A turn that never comes is an error, and a hub that hangs loses its turn.
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}


class _Text(StrDumper):
    """Texts as PostgreSQL can hold them: without the character zero."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


class _BinaryText(StrBinaryDumper):
    """The same for binary parameters."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


class PostgresHubStore:
    """Implements `HubStore` with the PostgreSQL database at `address`, a `postgresql://` URL.

    A connection that breaks is an error for whoever used it; the next one who asks gets a new one. Raises `DataError`
    for a database that can't be used.
    """

    def __init__(self, address: str, clock: Clock) -> None:
        self._address = address
        self._name = _shown(address)
        self._write = threading.Lock()
        self._writer: Connection | None = None
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._months: frozenset[str] = frozenset()
        try:
            self._migrate()
            self._begin_life(clock)
        except DataError:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[PostgresReading]:
        """A consistent picture, from any thread, next to the writers."""
        with self._translated():
            connection = self._reader()
            try:
                connection.execute(sql.BEGIN_READING)
                yield PostgresReading(connection)
            finally:
                with suppress(psycopg.Error):
                    connection.rollback()
                if connection.broken or connection.closed:
                    connection.close()
                else:
                    self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[PostgresWriting]:
        """A transaction, one at a time; durable when the block ends."""
        with self._write, self._translated():
            connection = self._writer = self._usable(self._writer)
            try:
                connection.execute(sql.BEGIN_WRITING)
                connection.execute(sql.TURN)
                writing = PostgresWriting(connection, self._months)
                yield writing
                connection.execute("COMMIT")
                self._months = writing.months
            except BaseException:
                # It may have been committed before the connection broke; the watermarks tell when a device sends again.
                self._months = frozenset()
                with suppress(psycopg.Error):
                    connection.rollback()
                raise

    def close(self) -> None:
        """Let go of the database."""
        with self._write:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _reader(self) -> Connection:
        while True:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                return self._connect()
            if _alive(connection):
                return connection
            connection.close()

    def _usable(self, connection: Connection | None) -> Connection:
        if connection is not None and _alive(connection):
            return connection
        if connection is not None:
            connection.close()
        return self._connect()

    def _connect(self) -> Connection:
        connection: Connection = psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=_CONNECT_S,
            tcp_user_timeout=_DEAD_MS,
            application_name="opas-hub",
        )
        for name, value in _SESSION.items():
            connection.execute(sql.SESSION, (name, value))
        connection.adapters.register_dumper(str, _Text)
        connection.adapters.register_dumper(str, _BinaryText)
        return connection

    def _migrate(self) -> None:
        with self.writing():
            connection = self._writer
            if connection is None:
                return
            connection.execute(sql.MIGRATIONS_TABLE)
            done = {row[0] for row in connection.execute(sql.MIGRATIONS)}
            if done - set(MIGRATIONS):
                todo = "Install the newer release again, or put back the backup that was made before it."
                raise DataError(f"{self._name}: was written by a newer release.", todo)
            for name, statements in MIGRATIONS.items():
                if name not in done:
                    for statement in statements:
                        connection.execute(statement)
                    connection.execute(sql.MIGRATION_DONE, (name,))

    def _begin_life(self, clock: Clock) -> None:
        now = clock.now().wall_ms
        with self.writing() as writing:
            writing.begin_life(now - VERSIONS_FROM_MS, now)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise _error(self._name, error) from error


def _alive(connection: Connection) -> bool:
    """Whether the server still holds the session; an idle one that was ended is noticed here, not by whoever needs it."""
    if connection.closed or connection.broken:
        return False
    try:
        connection.execute("")
    except psycopg.Error:
        return False
    return True


def _shown(address: str) -> str:
    """The address without its password, for messages. Raises `DataError` for one that is none."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error as error:
        todo = "Write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE."
        raise DataError("hub.database is no address of a PostgreSQL database.", todo) from error
    host, port = parts.get("host") or "the local server", parts.get("port")
    return f"PostgreSQL database {parts.get('dbname') or '(default)'} at {host}{f':{port}' if port else ''}"


def _error(name: str, error: psycopg.Error) -> DataError:
    state = error.sqlstate or ""
    said = " ".join(str(error).split())[:300]
    if state == "53100":
        return DataFull(f"{name}: the disk is full.", "Make room on the server; the devices send their events again.")
    if state.startswith("28") or state == "42501":
        return DataError(
            f"{name}: refuses this user ({said}).", "Give the user of hub.database a login and the schema."
        )
    # A connection that fails has no state, only words; in another language they end in the general advice.
    if state == "3D000" or (not state and "does not exist" in said and "database" in said):
        return DataError(f"{name}: is not there.", "Create it first: createdb -O USER DATABASE.")
    if isinstance(error, psycopg.OperationalError):
        return DataError(f"{name}: can't be reached ({said}).", "Start the server, or correct hub.database.")
    return DataError(f"{name}: {said}.", "Look into the server's log, then start the hub again.")
