"""Writes what happened: the change and its event, in one transaction."""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from kiosk.model.changes import Origin, Refusal, Target, apply, targets_of
from kiosk.model.clock import Instant
from kiosk.model.event import REPORTING, DatabaseRebuilt, Event, EventBody
from kiosk.model.ids import EventId, PackVersion, Seq
from kiosk.store import meta, queries, records, salvage, shedding
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

    Each of `items` has its id from the start: it stays the same however often the writing is tried. `dropped` counts
    events, by class, that found no room before this.
    """

    items: tuple[tuple[EventId, EventBody], ...]
    now: Instant
    pack: PackVersion
    dropped: Mapping[str, int] = {}

    @property
    def bodies(self) -> tuple[EventBody, ...]:
        """What happened."""
        return tuple(body for _, body in self.items)


def entry_of(bodies: Sequence[EventBody], now: Instant, pack: PackVersion) -> Entry:
    """An entry of new events."""
    return Entry(tuple((_new_id(now), body) for body in bodies), now, pack)


def write(connection: sqlite3.Connection, entry: Entry, origin: Origin) -> tuple[Event, ...]:
    """Number the events, change their records and put them into the outbox. Raises `ChangeRefused`.

    What found no room before is told by one event after them, which is not among those returned. An event that was
    written once, into a file that was put aside and salvaged at that moment, is not written again.
    """
    last = connection.execute(queries.LAST_SEQ).fetchone()[0]
    there = {event.id: event for event in salvage.newest(connection)}
    told = tuple((_new_id(entry.now), body) for body in shedding.take_untold(connection, entry.dropped))
    new = [item for item in (*entry.items, *told) if item[0] not in there]
    now, pack = entry.now, entry.pack
    events = [
        Event(name, Seq(seq), now.wall_ms, now.mono_ms, now.boot, pack, body)
        for seq, (name, body) in enumerate(new, start=last + 1)
    ]
    deeds = [event for event in events if type(event.body) not in REPORTING]
    changed = False
    for event in deeds:
        changed = _change(connection, event, origin) or changed
        if isinstance(event.body, DatabaseRebuilt):
            for key in (meta.Key.REBUILT_REASON, meta.Key.REBUILT_ASIDE, meta.Key.SALVAGED_COUNT):
                connection.execute(queries.DROP_META, (key,))
    _put(connection, events)
    _put_touched(connection, deeds)
    if changed:
        meta.bump(connection)
    if there:
        there.update((event.id, event) for event in events)
        return tuple(there[name] for name, _ in entry.items)
    return tuple(events[: len(entry.items)])


def _new_id(now: Instant) -> EventId:
    return EventId(new_id(now.wall_ms))


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


def _put_touched(connection: sqlite3.Connection, deeds: Sequence[Event]) -> None:
    touched = [(event.seq, target.collection, target.key) for event in deeds for target in targets_of(event.body)]
    connection.executemany(queries.ADD_TOUCHED, touched)
