"""What time does to the data: what is over for a day leaves every device, and tombstones are forgotten in the end."""

import logging
import threading
from collections.abc import Callable, Mapping

from kiosk.model.case import Case, CaseState
from kiosk.model.changes import Target
from kiosk.model.clock import Clock
from kiosk.model.ids import EpochMs, HubVersion, SiteId
from kiosk.model.order import OPEN, PickupOrder
from kiosk.model.records import Collection, Record, decode_record
from kiosk.model.ticket import Departure, Journey, Ticket
from sync.hub.errors import DataError
from sync.hub.leaps import ClockWatch
from sync.hub.store.classes import EventClass, month_of
from sync.hub.store.interface import HubStore
from sync.hub.store.rows import RecordChange, StoredRecord

_HOUR_S = 3_600.0
_DAY_MS = 86_400_000
KEPT_AFTER_MS = _DAY_MS
"""How long a journey is kept after its end."""
TOMBSTONES_MS = 30 * _DAY_MS
"""A device that was away for longer gets a snapshot."""
_AGEING = (Collection.DEPARTURES, Collection.JOURNEYS, Collection.TICKETS, Collection.ORDERS, Collection.CASES)
_SETTLED = frozenset({CaseState.FIXED, CaseState.REFUSED_WITH_REASON, CaseState.CLOSED})
_log = logging.getLogger(__name__)


def is_over(record: Record, departures: Mapping[str, Departure], tickets: Mapping[str, Ticket], now: EpochMs) -> bool:
    """Whether `record` ended more than a day ago and nobody needs it any more."""
    ended = _ended_at(record, departures, tickets)
    return ended is not None and now - ended > KEPT_AFTER_MS


def _ended_at(record: Record, departures: Mapping[str, Departure], tickets: Mapping[str, Ticket]) -> EpochMs | None:
    match record:
        case Departure():
            return max(record.departs_at, record.expected_at or record.departs_at)
        case Ticket():
            departure = departures.get(record.departure or "")
            return (
                EpochMs(max(record.valid_until, _ended_at(departure, {}, {}) or 0)) if departure else record.valid_until
            )
        case Journey():
            ticket = tickets.get(record.ticket or "")
            return None if ticket is None else _ended_at(ticket, departures, {})
        case PickupOrder() if record.state not in OPEN:
            return max([record.due_at, *(mark.at for mark in record.history)])
        case Case() if record.state in _SETTLED:
            return record.opened_at
        case _:
            return None


class Upkeep:
    """Runs once an hour on its own thread. `changed` is called with the sites whose records went."""

    def __init__(
        self,
        store: HubStore,
        clock: Clock,
        changed: Callable[[set[SiteId]], None],
        keep_days: Mapping[EventClass, int] | None = None,
    ) -> None:
        """`keep_days` says how long events are kept, by class; a class that is not named is kept for ever."""
        self._keep_days = keep_days or {}
        self._forgotten: dict[EventClass, EpochMs] = {}
        self._watch = ClockWatch(clock)
        self._store = store
        self._clock = clock
        self._changed = changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End at once."""
        self._stopping.set()
        self._thread.join()

    def once(self) -> set[SiteId]:
        """Do what is due; returns the sites whose records went."""
        now = self._clock.now().wall_ms
        gone: set[SiteId] = set()
        with self._store.reading() as reading:
            sites = [site.id for site in reading.sites()]
            newest = next((event.committed_at for event in reading.last_events(1)), None)
        if not self._watch.trusted(newest):
            return gone
        for site in sites:
            with self._store.reading() as reading:
                over = _over([record for name in _AGEING for record in reading.collection(site, name)], now)
            if over and (count := self._delete(site, over, now)):
                gone.add(site)
                _log.info("site %s: %d records of what is over were deleted", site, count)
        with self._store.writing() as writing:
            writing.forget_tombstones(EpochMs(now - TOMBSTONES_MS))
        for kind, days in self._keep_days.items():
            self._forget(kind, month_of(EpochMs(now - days * _DAY_MS)).first)
        return gone

    def _forget(self, kind: EventClass, before: EpochMs) -> None:
        """Drop a class's events of the months that have passed out of their time, once a month."""
        if self._forgotten.get(kind) == before:
            return
        with self._store.writing() as writing:
            count = writing.forget_events(kind, before)
        self._forgotten[kind] = before
        if count:
            _log.info("%d events of the class %s were kept long enough and dropped", count, kind.value)

    def _delete(self, site: SiteId, over: Mapping[Target, HubVersion], now: EpochMs) -> int:
        """Delete what has not changed since it was looked at."""
        with self._store.writing() as writing:
            current = writing.records(site, list(over))
            changes = [
                RecordChange(target.collection, target.key, None)
                for target, version in over.items()
                if target in current and current[target].version == version
            ]
            writing.put_records(site, changes, now)
        return len(changes)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if gone := self.once():
                    self._changed(gone)
            except DataError as error:
                _log.error("what is over could not be deleted: %s", error)
            self._stopping.wait(_HOUR_S)


def _over(stored: list[StoredRecord], now: EpochMs) -> dict[Target, HubVersion]:
    read = [(item, decode_record(item.collection, item.body)) for item in stored if item.body is not None]
    departures: dict[str, Departure] = {record.id: record for _, record in read if isinstance(record, Departure)}
    tickets: dict[str, Ticket] = {record.id: record for _, record in read if isinstance(record, Ticket)}
    return {
        Target(item.collection, item.key): item.version
        for item, record in read
        if is_over(record, departures, tickets, now)
    }
