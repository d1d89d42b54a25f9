"""Content packs on the device: one in use, perhaps a newer one staged, the last few kept for a way back."""

import sqlite3
from enum import StrEnum

import msgspec

from kiosk.model.ids import PackVersion
from kiosk.store import meta, queries

_KEPT = 4


class PackState(StrEnum):
    """Where a pack stands on this device."""

    STAGED = "staged"
    ACTIVE = "active"
    KEPT = "kept"
    REJECTED = "rejected"
    """This app could not use it; it is not fetched again."""


class StoredPack(msgspec.Struct, frozen=True):
    """A pack as it arrived: its canonical JSON and the hex SHA-256 of that."""

    version: PackVersion
    sha256: str
    body: bytes


def active(connection: sqlite3.Connection) -> StoredPack | None:
    """The pack in use."""
    return _pack(connection.execute(queries.ACTIVE_PACK).fetchone())


def active_version(connection: sqlite3.Connection) -> PackVersion | None:
    """The version of the pack in use, without its body."""
    row = connection.execute(queries.ACTIVE_VERSION).fetchone()
    return None if row is None else PackVersion(row[0])


def staged(connection: sqlite3.Connection) -> StoredPack | None:
    """The pack that the hub wants here instead."""
    return _pack(connection.execute(queries.STAGED_PACK).fetchone())


def state_of(connection: sqlite3.Connection, version: PackVersion) -> PackState | None:
    """Where a pack stands, None when it is not here."""
    row = connection.execute(queries.PACK_STATE, (version,)).fetchone()
    return None if row is None else PackState(row[0])


def is_settled(connection: sqlite3.Connection, version: PackVersion) -> bool:
    """Whether nothing is to be done so that the app shows this pack: it does, or will next, or can't."""
    waiting = connection.execute(queries.STAGED_VERSION).fetchone()
    match state_of(connection, version):
        case PackState.ACTIVE:
            return waiting is None
        case PackState.STAGED:
            return waiting is not None and waiting[0] == version
        case PackState.REJECTED:
            return True
        case _:
            return False


def stage(connection: sqlite3.Connection, pack: StoredPack) -> None:
    """Keep a pack that was fetched, for the app to take into use between two visits."""
    connection.execute(queries.ADD_PACK, (pack.version, pack.sha256, pack.body))
    _only_staged(connection, pack.version)


def stage_again(connection: sqlite3.Connection, version: PackVersion) -> bool:
    """The hub went back to a pack that may still be here, in use even; False when it is not."""
    if state_of(connection, version) in {None, PackState.REJECTED}:
        return False
    connection.execute(queries.STAGE_KEPT_PACK, (version,))
    _only_staged(connection, version)
    return True


def activate(connection: sqlite3.Connection, version: PackVersion) -> bool:
    """Take a pack into use; False when it is not here."""
    if connection.execute(queries.ACTIVATE_PACK, (version,)).rowcount == 0:
        return False
    connection.execute(queries.KEEP_ACTIVE_PACK, (version,))
    connection.execute(queries.FORGET_PACKS, {"keep": _KEPT})
    meta.bump(connection)
    return True


def reject(connection: sqlite3.Connection, version: PackVersion, why: str) -> None:
    """Never offer this pack again; the one in use stays."""
    connection.execute(queries.REJECT_PACK, (why, version))
    meta.bump(connection)


def _only_staged(connection: sqlite3.Connection, version: PackVersion) -> None:
    connection.execute(queries.UNSTAGE_PACKS, (version,))
    meta.bump(connection)


def _pack(row: tuple[str, str, bytes] | None) -> StoredPack | None:
    return None if row is None else StoredPack(PackVersion(row[0]), row[1], row[2])
