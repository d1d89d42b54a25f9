"""Writes what happened: the change and its event, in one transaction."""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from kiosk.model.changes import Origin, Refusal, Target, apply, targets_of
from kiosk.model.clock import Instant
from kiosk.model.event import DatabaseRebuilt, Event, EventBody
from kiosk.model.ids import EventId, PackVersion, Seq
from kiosk.store import meta, queries, records, shedding
from kiosk.store.clock import new_id

MAX_EVENT_BYTES = 32_000
"""An event larger than this would endanger the envelope's limit and with it all events after it."""
_ENCODER = msgspec.json.Encoder()


class ChangeRefused(Exception):
    """A record does not take the event, so nothing was written. `refusal` says why, `target` which record."""

    def __init__(self, refusal: Refusal, target: Target) -> None:
        """See the class."""
        super().__init__(refusal, target)
        self.refusal = refusal
        self.target = target


class Entry(msgspec.Struct, frozen=True):
    """What is to be written down: what happened, when, and the content pack in use then.

    `dropped` counts events, by class, that found no room before this.
    """

    bodies: tuple[EventBody, ...]
    now: Instant
    pack: PackVersion
    dropped: Mapping[str, int] = {}


def write(connection: sqlite3.Connection, entry: Entry, origin: Origin) -> tuple[Event, ...]:
    """Number the events, change their records and put them into the outbox. Raises `ChangeRefused`.

    What found no room before is told by one event after them, which is not among those returned.
    """
    last = connection.execute(queries.LAST_SEQ).fetchone()[0]
    bodies = (*entry.bodies, *shedding.take_untold(connection, entry.dropped))
    events = tuple(_event(entry, body, Seq(last + 1 + turn)) for turn, body in enumerate(bodies))
    changed = False
    for event in events:
        changed = _change(connection, event, origin) or changed
        if isinstance(event.body, DatabaseRebuilt):
            for key in (meta.Key.REBUILT_REASON, meta.Key.REBUILT_ASIDE):
                connection.execute(queries.DROP_META, (key,))
    _put(connection, events)
    if changed:
        meta.bump(connection)
    return events[: len(entry.bodies)]


def _event(entry: Entry, body: EventBody, seq: Seq) -> Event:
    now = entry.now
    return Event(EventId(new_id(now.wall_ms)), seq, now.wall_ms, now.mono_ms, now.boot, entry.pack, body)


def _change(connection: sqlite3.Connection, event: Event, origin: Origin) -> bool:
    """Whether a record changed. Only the first target can refuse; another that is missing is left out."""
    changed = False
    for turn, target in enumerate(targets_of(event.body)):
        before = records.get(connection, target.collection, target.key)
        after = apply(before, event, origin)
        if isinstance(after, Refusal):
            if turn == 0:
                raise ChangeRefused(after, target)
        elif after is not before:
            records.show(connection, target, after)
            changed = True
    return changed


def _put(connection: sqlite3.Connection, events: Sequence[Event]) -> None:
    rows = [(event.seq, _ENCODER.encode(event)) for event in events]
    for seq, body in rows:
        if len(body) > MAX_EVENT_BYTES:
            raise ValueError(f"event {seq} has {len(body)} bytes, at most {MAX_EVENT_BYTES} fit")
    connection.executemany(queries.ADD_EVENT, rows)
    touched = [(event.seq, target.collection, target.key) for event in events for target in targets_of(event.body)]
    connection.executemany(queries.ADD_TOUCHED, touched)
