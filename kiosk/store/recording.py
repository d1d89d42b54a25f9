"""Writes entries into the database, and makes room for what must not be lost where there is none."""

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from kiosk.errors import StoreFull
from kiosk.model.changes import Origin
from kiosk.model.event import REPORTING, Event, EventBody
from kiosk.store import outbox, shedding
from kiosk.store.database import Database, Work
from kiosk.store.journal import Entry, write

_Room = Callable[[], bool]


class Recorder:
    """One thread at a time."""

    def __init__(self, database: Database) -> None:
        """`database` is open for events."""
        self._database = database
        self._origin = Origin(database.place.device, database.place.site)
        self._unnoted: Counter[str] = Counter()
        """Dropped while not even their number could be written down."""

    def record(self, entry: Entry) -> tuple[Event, ...]:
        """Write an entry; where there is no room, what is weighty of it. Raises `ChangeRefused`, or `StoreFull`."""
        try:
            return self._write(entry)
        except StoreFull:
            # Rows that the hub has confirmed are kept only in case it loses them; they make room first.
            events = self._written_after(self._settled_freed, entry)
        if events is not None:
            return events
        weighty = tuple(item for item in entry.items if type(item[1]) not in REPORTING)
        self._drop(body for body in entry.bodies if type(body) in REPORTING)
        if not weighty:
            return ()
        entry = msgspec.structs.replace(entry, items=weighty)
        events = self._written_after(self._some_shed, entry)
        return self._write(entry) if events is None else events

    def _written_after(self, make_room: _Room, entry: Entry) -> tuple[Event, ...] | None:
        """Write as soon as `make_room` has made enough; None when it can make no more."""
        while make_room():
            try:
                return self._write(entry)
            except StoreFull:
                continue
        return None

    def _settled_freed(self) -> bool:
        return self._made(outbox.free_all_settled)

    def _some_shed(self) -> bool:
        return self._made(shedding.shed)

    def _made(self, work: Work[bool]) -> bool:
        try:
            return self._database.transaction(work, synchronous="NORMAL")
        except StoreFull:
            return False

    def _drop(self, bodies: Iterable[EventBody]) -> None:
        self._unnoted.update(type(body).__name__ for body in bodies)
        counts = dict(self._unnoted)
        try:
            self._database.transaction(lambda connection: shedding.note(connection, counts))
        except StoreFull:
            return
        self._unnoted.clear()

    def _write(self, entry: Entry) -> tuple[Event, ...]:
        entry = msgspec.structs.replace(entry, dropped=dict(self._unnoted))
        events = self._database.transaction(lambda connection: write(connection, entry, self._origin))
        self._unnoted.clear()
        return events
