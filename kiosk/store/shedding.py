"""What goes first where there is no room: events that only report, each counted, none of the others ever.

A number that was given stays taken, for the hub wants no gaps and may have that event already: the event's body goes,
its id stays, and what is sent in its place says so. An event that finds no room at all never gets a number.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping

import msgspec

from kiosk.model.event import REPORTING, Event, EventsDropped
from kiosk.model.ids import EpochMs, EventId, MonotonicMs, PackVersion, Seq
from kiosk.store import meta, queries

_LOOK_AT_ONCE = 500
_HEAD_BYTES = 120
"""The number comes right after the id."""
_REPORTING = frozenset(kind.__name__ for kind in REPORTING)
_ENCODER = msgspec.json.Encoder()


class _Type(msgspec.Struct, frozen=True):
    type: str


class _Glance(msgspec.Struct, frozen=True):
    """Of an event, what it takes to drop it."""

    id: EventId
    at: EpochMs
    body: _Type


class _Shed(msgspec.Struct, frozen=True, array_like=True):
    """What stays of a dropped event."""

    type: str
    id: EventId
    at: EpochMs


_GLANCE = msgspec.json.Decoder(_Glance)
_SHED = msgspec.json.Decoder(_Shed)
_EVENT = msgspec.json.Decoder(Event)
_COUNTS = msgspec.json.Decoder(dict[str, int])


def shed(connection: sqlite3.Connection) -> bool:
    """Drop the bodies of the oldest events that only report, some hundred at a time; False when none are left."""
    after = meta.number(connection, meta.Key.SHED_UP_TO) or 0
    while rows := connection.execute(queries.EVENTS_AFTER, (after, _LOOK_AT_ONCE)).fetchall():
        after = rows[-1][0]
        found = [(seq, _ENCODER.encode(rest)) for seq, body in rows if (rest := _rest(body)) is not None]
        if found:
            connection.executemany(queries.TAKE_EVENT, [(seq,) for seq, _ in found])
            connection.executemany(queries.ADD_EVENT, found)
            meta.put(connection, meta.Key.SHED_UP_TO, after)
            return True
    return False


def whole(seq: Seq, stored: bytes) -> bytes:
    """The event as JSON that goes out for an outbox row: the row itself, or what is said of a dropped one."""
    if not stored.startswith(b"["):
        return stored if b'"seq":%d,' % seq in stored[:_HEAD_BYTES] else _renumbered(seq, stored)
    rest = _SHED.decode(stored)
    body = EventsDropped(1, {rest.type: 1})
    return _ENCODER.encode(Event(rest.id, seq, rest.at, MonotonicMs(0), "", PackVersion(""), body))


def _renumbered(seq: Seq, stored: bytes) -> bytes:
    """The hub takes no event at another's place; one that a bad disk gave another number would hold up all others."""
    try:
        return _ENCODER.encode(msgspec.structs.replace(_EVENT.decode(stored), seq=seq))
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The hub puts it aside together with its ack.
        return stored


def note(connection: sqlite3.Connection, dropped: Mapping[str, int]) -> None:
    """Remember events that never got a number."""
    counts = Counter(_untold(connection)) + Counter(dropped)
    meta.put(connection, meta.Key.UNTOLD_DROPS, _ENCODER.encode(dict(counts)).decode())


def take_untold(connection: sqlite3.Connection, dropped: Mapping[str, int]) -> tuple[EventsDropped, ...]:
    """The event to write about what was noted and `dropped` together, none when there is nothing; forgets the note."""
    counts = Counter(_untold(connection)) + Counter(dropped)
    if not counts:
        return ()
    connection.execute(queries.DROP_META, (meta.Key.UNTOLD_DROPS,))
    return (EventsDropped(counts.total(), dict(counts)),)


def _untold(connection: sqlite3.Connection) -> dict[str, int]:
    return _COUNTS.decode(meta.text(connection, meta.Key.UNTOLD_DROPS) or "{}")


def _rest(stored: bytes) -> _Shed | None:
    if stored.startswith(b"["):
        return None
    event = _GLANCE.decode(stored)
    return _Shed(event.body.type, event.id, event.at) if event.body.type in _REPORTING else None
