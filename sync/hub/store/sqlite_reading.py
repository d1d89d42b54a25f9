"""Reading from the hub's SQLite database, inside a transaction that somebody else opened."""

import sqlite3
from collections.abc import Mapping, Sequence

from kiosk.model.changes import Target
from kiosk.model.event import Health
from kiosk.model.ids import DeviceId, EventId, HubVersion, PackVersion, Seq, SiteId
from kiosk.model.records import Collection
from sync.hub.store import sql
from sync.hub.store.identity_rows import IdentityRows
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


class SqliteReading:
    """Implements `Reading` on a connection with an open transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @property
    def identities(self) -> IdentityRows:
        """Who asks to be let in, and the certificates that were given out."""
        return IdentityRows(self._db.execute)

    def version(self) -> HubVersion:
        """The hub's version."""
        return HubVersion(self._db.execute(sql.VERSION).fetchone()[0])

    def site(self, site: SiteId) -> Site | None:
        """One site."""
        row = self._db.execute(sql.SITE, (site,)).fetchone()
        return None if row is None else Site(*row)

    def sites(self) -> tuple[Site, ...]:
        """All sites, by name."""
        return tuple(Site(*row) for row in self._db.execute(sql.SITES))

    def devices(self) -> tuple[DeviceState, ...]:
        """All devices, by site and name."""
        return tuple(
            DeviceState(
                *(*row[:4], row[4] and _HEALTH[row[4]], *row[5:13], bool(row[13]), *row[14:16], bool(row[16]), row[17])
            )
            for row in self._db.execute(sql.DEVICES)
        )

    def devices_at(self, site: SiteId) -> tuple[DeviceId, ...]:
        """The devices of one site."""
        return tuple(DeviceId(row[0]) for row in self._db.execute(sql.DEVICES_AT, (site,)))

    def devices_of(self, devices: Sequence[DeviceId]) -> Mapping[DeviceId, Device]:
        """Those of `devices` that are registered."""
        rows = (self._db.execute(sql.DEVICE, (device,)).fetchone() for device in set(devices))
        return {row[0]: Device(*row) for row in rows if row is not None}

    def device_of_token(self, token_hash: str) -> tuple[Device, str] | None:
        """The device whose token has this hash, and the hash as stored."""
        row = self._db.execute(sql.DEVICE_BY_HASH, (token_hash,)).fetchone()
        return None if row is None else (Device(*row[:4]), row[4])

    def watermarks(self, keys: Sequence[EpochKey]) -> Mapping[EpochKey, Watermark]:
        """The watermarks of these epochs, as far as there are any."""
        rows = (self._db.execute(sql.WATERMARK, key).fetchone() for key in set(keys))
        return {(row[0], row[1]): Watermark(*row) for row in rows if row is not None}

    def all_watermarks(self) -> tuple[Watermark, ...]:
        """Every epoch of every device, oldest first."""
        return tuple(Watermark(*row) for row in self._db.execute(sql.WATERMARKS))

    def duplicates(self) -> int:
        """How many events came again and were dropped, in all."""
        return int(self._db.execute(sql.DUPLICATES).fetchone()[0])

    def held(self, key: EpochKey, first: Seq, last: Seq) -> Mapping[Seq, Held]:
        """The events held under the numbers `first` to `last` of one epoch."""
        rows = self._db.execute(sql.HELD, (*key, first, last))
        return {Seq(seq): Held(EventId(event), HubVersion(version)) for seq, event, version in rows}

    def records(self, site: SiteId, targets: Sequence[Target]) -> Mapping[Target, StoredRecord]:
        """These records of one site, as far as there are any, deleted ones included."""
        found: dict[Target, StoredRecord] = {}
        for target in targets:
            row = self._db.execute(sql.RECORD, (site, target.collection, target.key)).fetchone()
            if row is not None:
                found[target] = _record(row)
        return found

    def collection(self, site: SiteId, collection: Collection) -> tuple[StoredRecord, ...]:
        """All live records of one collection of one site, by key."""
        return tuple(map(_record, self._db.execute(sql.COLLECTION, (site, collection))))

    def knows(self, site: SiteId, since: HubVersion) -> bool:
        """Whether a delta from `since` is complete."""
        if self._db.execute(sql.SITE_KNOWS, (site, since)).fetchone() is None:
            return False
        return self._db.execute(sql.LIFE_SKIPS, (since, since)).fetchone() is None

    def changed(self, site: SiteId, since: HubVersion) -> tuple[StoredRecord, ...]:
        """The site's records changed after `since`, by version; for 0 all live ones."""
        rows = self._db.execute(sql.CHANGED, (site, since)) if since else self._db.execute(sql.LIVE, (site,))
        return tuple(map(_record, rows))

    def pack(self, site: SiteId, version: PackVersion) -> StoredPack | None:
        """A published pack."""
        row = self._db.execute(sql.PACK, (site, version)).fetchone()
        return None if row is None else StoredPack(*row)

    def events(self, after: int, limit: int) -> tuple[StoredEvent, ...]:
        """Kept events with a number above `after`, in the order of commits."""
        return tuple(StoredEvent(*row) for row in self._db.execute(sql.EVENTS, (after, limit)))

    def last_events(self, limit: int) -> tuple[StoredEvent, ...]:
        """The newest kept events, newest first."""
        return tuple(StoredEvent(*row) for row in self._db.execute(sql.EVENTS_LAST, (limit,)))

    def last_conflicts(self, limit: int) -> tuple[StoredEvent, ...]:
        """The newest events whose change was refused."""
        return tuple(StoredEvent(*row) for row in self._db.execute(sql.CONFLICTS_LAST, (limit,)))

    def quarantine(self, after: int, limit: int) -> tuple[Quarantined, ...]:
        """What is in quarantine and not replayed yet."""
        return tuple(Quarantined(*row) for row in self._db.execute(sql.ASIDE, (after, limit)))

    def quarantined(self, numbers: Sequence[int]) -> tuple[Quarantined, ...]:
        """These items, by number."""
        rows = (self._db.execute(sql.ASIDE_ONE, (number,)).fetchone() for number in sorted(set(numbers)))
        return tuple(Quarantined(*row) for row in rows if row is not None)

    def erasures(self) -> tuple[Erasure, ...]:
        """Every erasure, newest first."""
        return tuple(Erasure(*row) for row in self._db.execute(sql.ERASURES))

    def counts(self) -> Counts:
        """How much is held in all."""
        return Counts(*self._db.execute(sql.COUNTS).fetchone())


_HEALTH = {health.value: health for health in Health}
"""A look-up in it takes a tenth of the time that the class itself takes."""


def _record(row: tuple[str, str, int, bytes | None]) -> StoredRecord:
    return StoredRecord(Collection(row[0]), row[1], HubVersion(row[2]), row[3])
