"""Lays what the hub does not know yet over its copy of a record: this device's own events and other devices' claims."""

import sqlite3
from collections.abc import Iterable

import msgspec

from kiosk.model.changes import Origin, Refusal, Target, apply
from kiosk.model.event import Event
from kiosk.model.ids import DeviceId, Seq, SiteId
from kiosk.model.records import subject_of
from kiosk.store import queries, records

_EVENT = msgspec.json.Decoder(Event)


def settled(connection: sqlite3.Connection) -> Seq:
    """Up to here the hub's copy that we hold contains this device's own events."""
    row = connection.execute(queries.SETTLED).fetchone()
    return Seq(0 if row is None else row[0])


def refold(connection: sqlite3.Connection, device: DeviceId, site: SiteId, targets: Iterable[Target]) -> None:
    """Lay what is not settled over the hub's copy of each target anew, in the order in which it came to be known here."""
    after = settled(connection)
    for target in targets:
        row = connection.execute(queries.GET_BASE, (target.collection, target.key)).fetchone()
        base = None if row is None or row[0] is None else records.readable(target.collection, row[0])
        record = base
        place = {"collection": target.collection, "key": target.key, "after": after, "device": device}
        for origin, body in connection.execute(queries.LATER_EVENTS_ON, place).fetchall():
            change = apply(record, _EVENT.decode(body), Origin(DeviceId(origin), site))
            if not isinstance(change, Refusal):
                record = change
        if record is not None and record is not base:
            records.show(connection, target, record)
        elif row is not None and row[0] is None:
            connection.execute(queries.DROP_RECORD, (target.collection, target.key))
        elif base is not None:
            connection.execute(queries.SHOW_BASE, (subject_of(base), target.collection, target.key))
