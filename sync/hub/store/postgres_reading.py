"""Reading from the hub's PostgreSQL database, inside a transaction that somebody else opened."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg

from kiosk.model.changes import Target
from kiosk.model.event import Health
from kiosk.model.ids import DeviceId, EventId, HubVersion, PackVersion, Seq, SiteId
from kiosk.model.records import Collection
from sync.hub.store import postgres_sql as sql
from sync.hub.store.identity_rows import IdentityRows, Rows, Value
from sync.hub.store.interface import EpochKey
from sync.hub.store.rows import (
    Counts,
    Device,
    DeviceState,
    Erasure,
    Held,
    Quarantined,
    Site,
    StoredEvent,
    StoredPack,
    StoredRecord,
    Watermark,
)

Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresReading:
    """Implements `Reading` on a connection with an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    @property
    def identities(self) -> IdentityRows:
        """Who asks to be let in, and the certificates that were given out."""
        return IdentityRows(self._common)

    def version(self) -> HubVersion:
        """The hub's version."""
        return HubVersion(self._one(sql.VERSION, ())[0])

    def site(self, site: SiteId) -> Site | None:
        """One site."""
        row = self._first(sql.SITE, (site,))
        return None if row is None else Site(*row)

    def sites(self) -> tuple[Site, ...]:
        """All sites, by name."""
        return tuple(Site(*row) for row in self._all(sql.SITES))

    def devices(self) -> tuple[DeviceState, ...]:
        """All devices, by site and name."""
        return tuple(
            DeviceState(*(*row[:4], None if row[4] is None else Health(row[4]), *row[5:]))
            for row in self._all(sql.DEVICES)
        )

    def devices_at(self, site: SiteId) -> tuple[DeviceId, ...]:
        """The devices of one site."""
        return tuple(DeviceId(row[0]) for row in self._all(sql.DEVICES_AT, (site,)))

    def devices_of(self, devices: Sequence[DeviceId]) -> Mapping[DeviceId, Device]:
        """Those of `devices` that are registered."""
        return {row[0]: Device(*row) for row in self._all(sql.DEVICES_OF, (list(set(devices)),))}

    def device_of_token(self, token_hash: str) -> tuple[Device, str] | None:
        """The device whose token has this hash, and the hash as stored."""
        row = self._first(sql.DEVICE_BY_HASH, (token_hash,))
        return None if row is None else (Device(*row[:4]), row[4])

    def watermarks(self, keys: Sequence[EpochKey]) -> Mapping[EpochKey, Watermark]:
        """The watermarks of these epochs, as far as there are any."""
        wanted = list(set(keys))
        rows = self._all(sql.WATERMARKS_OF, ([key[0] for key in wanted], [key[1] for key in wanted])) if wanted else ()
        return {(row[0], row[1]): Watermark(*row) for row in rows}

    def all_watermarks(self) -> tuple[Watermark, ...]:
        """Every epoch of every device, oldest first."""
        return tuple(Watermark(*row) for row in self._all(sql.WATERMARKS))

    def duplicates(self) -> int:
        """How many events came again and were dropped, in all."""
        return int(self._one(sql.DUPLICATES, ())[0])

    def held(self, key: EpochKey, first: Seq, last: Seq) -> Mapping[Seq, Held]:
        """The events held under the numbers `first` to `last` of one epoch."""
        rows = self._all(sql.HELD, (*key, first, last))
        return {Seq(seq): Held(EventId(event), HubVersion(version)) for seq, event, version in rows}

    def records(self, site: SiteId, targets: Sequence[Target]) -> Mapping[Target, StoredRecord]:
        """These records of one site, as far as there are any, deleted ones included."""
        wanted = list(dict.fromkeys((target.collection.value, target.key) for target in targets))
        if not wanted:
            return {}
        rows = self._all(sql.RECORDS, ([pair[0] for pair in wanted], [pair[1] for pair in wanted], site))
        return {Target(record.collection, record.key): record for record in map(_record, rows)}

    def collection(self, site: SiteId, collection: Collection) -> tuple[StoredRecord, ...]:
        """All live records of one collection of one site, by key."""
        return tuple(map(_record, self._all(sql.COLLECTION, (site, collection.value))))

    def knows(self, site: SiteId, since: HubVersion) -> bool:
        """Whether a delta from `since` is complete."""
        if self._first(sql.SITE_KNOWS, (site, since)) is None:
            return False
        return self._first(sql.LIFE_SKIPS, (since, since)) is None

    def changed(self, site: SiteId, since: HubVersion) -> tuple[StoredRecord, ...]:
        """The site's records changed after `since`, by version; for 0 all live ones."""
        rows = self._all(sql.CHANGED, (site, since)) if since else self._all(sql.LIVE, (site,))
        return tuple(map(_record, rows))

    def pack(self, site: SiteId, version: PackVersion) -> StoredPack | None:
        """A published pack."""
        row = self._first(sql.PACK, (site, version))
        return None if row is None else StoredPack(*row)

    def events(self, after: int, limit: int) -> tuple[StoredEvent, ...]:
        """Kept events with a number above `after`, in the order of commits."""
        return tuple(StoredEvent(*row) for row in self._all(sql.EVENTS, (after, limit)))

    def last_events(self, limit: int) -> tuple[StoredEvent, ...]:
        """The newest kept events, newest first."""
        return tuple(StoredEvent(*row) for row in self._all(sql.EVENTS_LAST, (limit,)))

    def last_conflicts(self, limit: int) -> tuple[StoredEvent, ...]:
        """The newest events whose change was refused."""
        return tuple(StoredEvent(*row) for row in self._all(sql.CONFLICTS_LAST, (limit,)))

    def quarantine(self, after: int, limit: int) -> tuple[Quarantined, ...]:
        """What is in quarantine and not replayed yet."""
        return tuple(Quarantined(*row) for row in self._all(sql.ASIDE, (after, limit)))

    def quarantined(self, numbers: Sequence[int]) -> tuple[Quarantined, ...]:
        """These items, by number."""
        return tuple(Quarantined(*row) for row in self._all(sql.ASIDE_THESE, (list(numbers),)))

    def erasures(self) -> tuple[Erasure, ...]:
        """Every erasure, newest first."""
        return tuple(Erasure(*row) for row in self._all(sql.ERASURES))

    def counts(self) -> Counts:
        """How much is held in all."""
        return Counts(*self._one(sql.COUNTS, ()))

    def _common(self, statement: LiteralString, values: Sequence[Value] = ()) -> Rows:
        """Run a statement that SQLite understands, too."""
        cursor = self._db.execute(statement.replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description else ()

    def _all(self, statement: LiteralString, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self._db.execute(statement, values, binary=True).fetchall()

    def _first(self, statement: LiteralString, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        return self._db.execute(statement, values, binary=True).fetchone()

    def _one(self, statement: LiteralString, values: tuple[Any, ...]) -> tuple[Any, ...]:
        row = self._first(statement, values)
        if row is None:
            msg = "the database lacks a row that it was made with"
            raise psycopg.DataError(msg)
        return row


def _record(row: tuple[Any, ...]) -> StoredRecord:
    return StoredRecord(Collection(row[0]), row[1], HubVersion(row[2]), row[3])
