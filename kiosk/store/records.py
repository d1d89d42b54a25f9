"""The copy of the hub's records, with this device's own events laid over it."""

import logging
import sqlite3
from collections.abc import Iterable

import msgspec

from kiosk.model.changes import Origin, Refusal, Target, apply
from kiosk.model.event import Event
from kiosk.model.ids import Seq
from kiosk.model.records import Collection, Record, decode_record, encode_record, subject_of
from kiosk.store import queries

_log = logging.getLogger(__name__)
_EVENT = msgspec.json.Decoder(Event)


def get(connection: sqlite3.Connection, collection: Collection, key: str) -> Record | None:
    """One record as this device sees it."""
    row = connection.execute(queries.GET_RECORD, (collection, key)).fetchone()
    return None if row is None else _readable(collection, row[0])


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


def settled(connection: sqlite3.Connection) -> Seq:
    """Up to here the hub's copy that we hold contains this device's own events."""
    row = connection.execute(queries.SETTLED).fetchone()
    return Seq(0 if row is None else row[0])


def refold(connection: sqlite3.Connection, origin: Origin, targets: Iterable[Target]) -> None:
    """Lay the events that are not settled over the hub's copy of each target anew."""
    after = settled(connection)
    for target in targets:
        row = connection.execute(queries.GET_BASE, (target.collection, target.key)).fetchone()
        base = None if row is None or row[0] is None else _readable(target.collection, row[0])
        record = base
        for (body,) in connection.execute(queries.LATER_EVENTS_ON, (target.collection, target.key, after)).fetchall():
            change = apply(record, _EVENT.decode(body), origin)
            if not isinstance(change, Refusal):
                record = change
        if record is not None and record is not base:
            show(connection, target, record)
        elif row is not None and row[0] is None:
            connection.execute(queries.DROP_RECORD, (target.collection, target.key))
        elif base is not None:
            connection.execute(queries.SHOW_BASE, (subject_of(base), target.collection, target.key))


def _records(collection: Collection, rows: Iterable[tuple[bytes]]) -> tuple[Record, ...]:
    found = (_readable(collection, body) for (body,) in rows)
    return tuple(record for record in found if record is not None)


def _readable(collection: Collection, body: bytes) -> Record | None:
    """A record that a newer hub wrote in a way this app can't read counts as missing; it stays in the database."""
    try:
        return decode_record(collection, body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning("a record in %s can't be read and is left out: %s", collection, error)
        return None
