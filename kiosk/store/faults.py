"""SQLite's errors, translated into the few families of `kiosk.errors`."""

import sqlite3
from enum import Enum, auto
from pathlib import Path

from kiosk.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked

_PRIMARY = 0xFF


class Fault(Enum):
    """What SQLite met."""

    CORRUPT = auto()
    MOVED = auto()
    """The file was put aside while this process had it open."""
    LOCKED = auto()
    FULL = auto()
    UNUSABLE = auto()
    """The folder or the disk does not let us."""
    OWN = auto()
    """A mistake of ours, such as wrong SQL."""


_EXTENDED = {sqlite3.SQLITE_READONLY_DBMOVED: Fault.MOVED, sqlite3.SQLITE_IOERR_SHMSIZE: Fault.FULL}
_FAULTS = {
    sqlite3.SQLITE_CORRUPT: Fault.CORRUPT,
    sqlite3.SQLITE_NOTADB: Fault.CORRUPT,
    sqlite3.SQLITE_BUSY: Fault.LOCKED,
    sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    sqlite3.SQLITE_PROTOCOL: Fault.LOCKED,
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: Fault.UNUSABLE,
    sqlite3.SQLITE_IOERR: Fault.UNUSABLE,
    sqlite3.SQLITE_PERM: Fault.UNUSABLE,
    sqlite3.SQLITE_AUTH: Fault.UNUSABLE,
}


def fault_of(error: sqlite3.Error) -> Fault:
    """What kind of trouble `error` tells of."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return Fault.OWN
    return _EXTENDED.get(code) or _FAULTS.get(code & _PRIMARY, Fault.OWN)


def translate(error: sqlite3.Error, path: Path) -> StoreError | None:
    """The error to raise instead; None where `error` is a mistake of ours that must stay visible."""
    match fault_of(error):
        case Fault.CORRUPT:
            return StoreCorrupt(
                f"{path}: the database is damaged ({error}) and could not be rebuilt.",
                "Check the disk or the memory card and replace it if this comes again.",
            )
        case Fault.LOCKED | Fault.MOVED:
            return locked(path)
        case Fault.FULL:
            return StoreFull(
                f"{path}: no room is left for the database.",
                "Free space on the disk, raise device.max_megabytes, or bring the connection to the hub back.",
            )
        case Fault.UNUSABLE:
            return unusable(path, error)
        case _:
            return None


def locked(path: Path) -> StoreLocked:
    """Somebody else holds the database for longer than we wait."""
    return StoreLocked(
        f"{path}: another process holds the database for too long.",
        "End programs that have the file open (fuser shows them), then start again.",
    )


def unusable(path: Path, error: Exception) -> StoreError:
    """The folder or the disk does not let us."""
    return StoreError(
        f"{path}: can't be opened or written ({error}).",
        "Check that the folder exists, that this user may write in it, and that the disk is healthy and not read-only.",
    )
