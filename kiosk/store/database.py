"""One connection to the device's SQLite file, which app and agent share, that survives what happens to the file.

Work is handed in as a function of the connection, because it runs again where the file was put aside under it.
"""

import sqlite3
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TypeVar

import msgspec

from kiosk.errors import StoreCorrupt, StoreError
from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, SiteId
from kiosk.store import queries
from kiosk.store.faults import Fault, fault_of, translate, unusable
from kiosk.store.lock import held
from kiosk.store.rebuild import Rebuild, Remains, remains_of
from kiosk.store.reserve import Reserve
from kiosk.store.schema import migrate

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
_PAGE_BYTES = 4096
_BUSY_S = 5.0
_OPENING_S = 30.0
_TRIES = 3
_LOG_PAGES, _SHORT_LOG_PAGES = 1000, 50
"""How long SQLite's log grows before its pages go into the database: as usual, and on a full disk."""


class Place(msgspec.Struct, frozen=True):
    """Which file, whose data it holds, and how large it may become."""

    path: Path
    device: DeviceId
    site: SiteId
    clock: Clock
    max_megabytes: int = 512
    busy_s: float = _BUSY_S


class Use(Enum):
    """What a connection is for: whether its commits reach the disk before they return, and its share of the room.

    What the hub can send again stops first, then events; freeing rows always has room to work.
    """

    EVENTS = ("FULL", 95)
    DOWNLINK = ("NORMAL", 90)
    UPKEEP = ("NORMAL", 100)

    def __init__(self, synchronous: str, percent: int) -> None:
        """`synchronous` as SQLite's pragma, `percent` of the page cap."""
        self.synchronous = synchronous
        self.percent = percent


class Database:
    """A connection for one thread at a time (which one may change)."""

    def __init__(self, place: Place, use: Use) -> None:
        """Open the file, or build it. Raises `StoreError` and its families."""
        self.place = place
        self._use = use
        self._reserve = Reserve(place.path, place.max_megabytes * 1_000_000)
        self._inode: tuple[int, int] | None = None
        self._closed = False
        self._connection: sqlite3.Connection | None = self._open()
        self.refill()

    def read(self, work: Work[T]) -> T:
        """What `work` reads; each statement sees one moment."""
        return self._again(work)

    def transaction(self, work: Work[T], *, synchronous: str | None = None) -> T:
        """Run `work` alone and commit it, or nothing of it. It may run more than once; the last run counts."""
        return self._again(lambda connection: self._commit(connection, work, synchronous))

    def data_version(self) -> int:
        """A number that changes when another connection commits."""
        row = self.read(lambda connection: connection.execute("PRAGMA data_version").fetchone())
        return int(row[0])

    def refill(self) -> None:
        """Hold room on the disk back again, if it is there."""
        self._reserve.fill()
        if not self._reserve.short():
            self._current().execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    def close(self) -> None:
        """Let go of the file; more than once does no harm."""
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _again(self, work: Work[T]) -> T:
        for _ in range(_TRIES):
            connection = self._current()
            try:
                result = work(connection)
            except sqlite3.Error as error:
                self._recover(error)
                continue
            # Work that went into a file put aside meanwhile is done again on the new one.
            if not self._moved():
                return result
        raise StoreCorrupt(
            f"{self.place.path}: the database was damaged again and again.",
            "Check the disk or the memory card and replace it.",
        )

    def _commit(self, connection: sqlite3.Connection, work: Work[T], synchronous: str | None) -> T:
        if synchronous is not None:
            connection.execute(f"PRAGMA synchronous = {synchronous}")
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        finally:
            if synchronous is not None:
                connection.execute(f"PRAGMA synchronous = {self._use.synchronous}")
        return result

    def _current(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("the store is closed")
        if self._connection is None or self._moved():
            self._let_go()
            self._connection = self._open()
        return self._connection

    def _moved(self) -> bool:
        return self._inode is not None and _inode_of(self.place.path) != self._inode

    def _recover(self, error: sqlite3.Error) -> None:
        """Return where the work should run again, on another file; raise otherwise."""
        fault = fault_of(error)
        if fault is Fault.CORRUPT:
            self._let_go()
            self._connection = self._open(str(error))
        elif fault is Fault.FULL and self._use is not Use.DOWNLINK and self._made_room():
            return
        elif fault is not Fault.MOVED and not self._moved():
            better = translate(error, self.place.path)
            if better is None:
                raise error
            raise better from error

    def _made_room(self) -> bool:
        """On a full disk: give back what was held back, and let the log take little from now on."""
        if not self._reserve.short():
            return False
        spent = self._reserve.spend()
        connection = self._current()
        try:
            before = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
            # The log begins anew in the blocks that it has; cut short it would have to find others.
            busy = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0]
            connection.execute(f"PRAGMA wal_autocheckpoint = {_SHORT_LOG_PAGES}")
        except sqlite3.Error:
            return spent
        return spent or (not busy and before > 0)

    def _open(self, damage: str = "") -> sqlite3.Connection:
        """Open what is there, or build it; `damage` says why the file known so far must go."""
        path = self.place.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unusable(path, error) from error
        with held(path.with_name(path.name + ".lock"), path, max(_OPENING_S, self.place.busy_s)):
            try:
                try:
                    return self._open_alone(damage)
                except sqlite3.Error as error:
                    if fault_of(error) is not Fault.FULL or not (self._reserve.short() and self._reserve.spend()):
                        raise
                    return self._open_alone(damage)
            except sqlite3.Error as error:
                better = translate(error, path)
                if better is None:
                    raise
                raise better from error
            except OSError as error:
                raise unusable(path, error) from error

    def _open_alone(self, damage: str) -> sqlite3.Connection:
        path = self.place.path
        rebuild = Rebuild(path, self.place.device, self.place.site, self.place.clock.now().wall_ms)
        remains = remains_of(path, known_before=self._inode is not None)
        if damage and _inode_of(path) == self._inode:
            rebuild.put_aside_and_build(damage)
        elif remains is Remains.FRESH:
            rebuild.build()
        elif remains is Remains.FILE:
            rebuild.forget_aside()
        else:
            rebuild.put_aside_and_build(remains.value)
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if fault_of(error) is not Fault.CORRUPT:
                raise
            rebuild.put_aside_and_build(str(error))
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        path = self.place.path
        self._inode = _inode_of(path)
        connection = sqlite3.connect(
            # "rw": a file that is missing is built by us, under the lock, never by SQLite.
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=self.place.busy_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if result != "ok":
            raise _damaged(str(result))
        pages = self.place.max_megabytes * 1_000_000 // _PAGE_BYTES
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {self._use.synchronous}",
            f"max_page_count = {pages * self._use.percent // 100}",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        migrate(connection)
        self._check_owner(connection)

    def _check_owner(self, connection: sqlite3.Connection) -> None:
        for name, expected in (("device", self.place.device), ("site", self.place.site)):
            row = connection.execute(queries.GET_META, (name,)).fetchone()
            if row is None:
                raise _damaged(f"it does not say its {name}")
            if row[0] != expected:
                raise StoreError(
                    f'{self.place.path}: holds the data of {name} "{row[0]}", but this is "{expected}".',
                    f"Correct device.{'id' if name == 'device' else name} in the configuration, or name another folder"
                    " in device.data.",
                )


def _inode_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _damaged(what: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(what)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error
