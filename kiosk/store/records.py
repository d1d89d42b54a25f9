"""The copy of the hub's records, as this device sees them."""

import logging
import sqlite3
from collections.abc import Iterable

import msgspec

from kiosk.model.changes import Target
from kiosk.model.records import Collection, Record, decode_record, encode_record, subject_of
from kiosk.store import queries

_log = logging.getLogger(__name__)


def get(connection: sqlite3.Connection, collection: Collection, key: str) -> Record | None:
    """One record as this device sees it."""
    row = connection.execute(queries.GET_RECORD, (collection, key)).fetchone()
    return None if row is None else readable(collection, row[0])


def all_of(connection: sqlite3.Connection, collection: Collection) -> tuple[Record, ...]:
    """A whole collection, ordered by key."""
    return _records(collection, connection.execute(queries.ALL_RECORDS, (collection,)))


def of_subject(connection: sqlite3.Connection, collection: Collection, subject: str) -> tuple[Record, ...]:
    """What of a collection belongs to one subject, ordered by key."""
    return _records(collection, connection.execute(queries.RECORDS_OF_SUBJECT, (collection, subject)))


def show(connection: sqlite3.Connection, target: Target, record: Record) -> None:
    """From now on `record` is what this device sees; the hub's copy stays beneath."""
    values = {
        "collection": target.collection,
        "key": target.key,
        "body": encode_record(record),
        "subject": subject_of(record),
    }
    connection.execute(queries.SET_BODY, values)


def _records(collection: Collection, rows: Iterable[tuple[bytes]]) -> tuple[Record, ...]:
    found = (readable(collection, body) for (body,) in rows)
    return tuple(record for record in found if record is not None)


def readable(collection: Collection, body: bytes) -> Record | None:
    """A record that a newer hub wrote in a way this app can't read counts as missing; it stays in the database."""
    try:
        return decode_record(collection, body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning("a record in %s can't be read and is left out: %s", collection, error)
        return None
