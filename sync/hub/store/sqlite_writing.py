"""Writing to the hub's SQLite database, inside a transaction that somebody else opened and commits."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from itertools import chain

from kiosk.model.ids import EpochMs, HubVersion, SiteId
from sync.hub.store import sql
from sync.hub.store.classes import READINGS, EventClass
from sync.hub.store.interface import EpochKey
from sync.hub.store.rows import Device, Erasure, NewEvents, PutAside, RecordChange, Sign, Site, StoredPack, Watermark
from sync.hub.store.sqlite_reading import SqliteReading


class SqliteWriting(SqliteReading):
    """Implements `Writing` on a connection with an open write transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._advanced: HubVersion | None = None
        self._streams: dict[EpochKey, int] = {}

    def advance(self) -> HubVersion:
        """The version of this transaction's changes."""
        if self._advanced is None:
            self._advanced = HubVersion(self._db.execute(sql.ADVANCE).fetchone()[0])
        return self._advanced

    def put_site(self, site: Site) -> None:
        """Add a site or change its name and pack; its key stays what it first was."""
        self._db.execute(sql.SITE_PUT, (site.id, site.name, site.key, site.pack))

    def put_device(self, device: Device, token_hash: str) -> None:
        """Add a device or change it, with a new token."""
        self._db.execute(sql.DEVICE_PUT, (device.id, device.site, device.role, device.name, token_hash))

    def put_records(self, site: SiteId, changes: Sequence[RecordChange], at: EpochMs) -> None:
        """Write records under this transaction's version."""
        if not changes:
            return
        version = self.advance()
        rows = ((site, change.collection, change.key, version, at, change.body) for change in changes)
        self._db.executemany(sql.RECORD_PUT, rows)
        self._db.execute(sql.SITE_VERSION, (version, site))

    def put_pack(self, pack: StoredPack, at: EpochMs) -> None:
        """Keep a pack and make it the site's current one."""
        self._db.execute(sql.PACK_ADD, (pack.site, pack.version, pack.sha256, pack.body, at))
        self._db.execute(sql.SITE_PACK, (pack.version, pack.site))

    def put_watermarks(self, watermarks: Sequence[Watermark]) -> None:
        """Write watermarks as given."""
        rows = ((w.device, w.epoch, w.seq, w.version, w.events, w.duplicates, w.cloned_at) for w in watermarks)
        self._db.executemany(sql.WATERMARK_PUT, rows)

    def add_events(self, came: Sequence[NewEvents], version: HubVersion, committed_at: EpochMs) -> None:
        """Keep events; their watermarks must be written before."""
        for new in came:
            shared = (self._stream((new.device, new.epoch)), new.site, new.received_at, committed_at, version)
            rows = new.rows()
            singly = len(rows) - len(rows) % sql.EVENTS_AT_ONCE
            for first in range(0, singly, sql.EVENTS_AT_ONCE):
                many = rows[first : first + sql.EVENTS_AT_ONCE]
                self._db.execute(sql.EVENTS_ADD, (*shared, *chain.from_iterable(many)))
            self._db.executemany(sql.EVENT_ADD, ((*shared, *row) for row in rows[singly:]))

    def put_aside(self, items: Sequence[PutAside]) -> int:
        """Quarantine items; returns how many were not there yet."""
        rows = (
            (
                self._stream((item.device, item.epoch)),
                item.seq,
                item.received_at,
                item.why,
                hashlib.sha256(item.body).digest(),
                item.body,
            )
            for item in items
        )
        return self._db.executemany(sql.ASIDE_ADD, rows).rowcount if items else 0

    def mark_replayed(self, numbers: Sequence[int], at: EpochMs) -> None:
        """Say that these items were taken in after all."""
        self._db.executemany(sql.ASIDE_REPLAYED, ((at, number) for number in numbers))

    def add_erasure(self, erasure: Erasure) -> None:
        """Note an erasure."""
        row = (erasure.site, erasure.subject, erasure.asked_at, erasure.version, erasure.records)
        self._db.execute(sql.ERASURE_PUT, row)

    def forget_events(self, kind: EventClass, before: EpochMs) -> int:
        """Drop old events of a class."""
        statement = sql.FORGET_THESE if kind is EventClass.READING else sql.FORGET_OTHERS
        return self._db.execute(statement, (before, json.dumps(sorted(READINGS)))).rowcount

    def note(self, signs: Sequence[Sign]) -> None:
        """Lay what devices told of themselves over what is known."""
        rows = (
            (
                *(s.at, s.health, s.problem, s.release, s.pack, s.version, s.waiting, s.epoch, s.told_site),
                *(s.unsent_since, s.data_as_of, s.route, s.device),
            )
            for s in signs
        )
        self._db.executemany(sql.DEVICE_NOTE, rows)

    def forget_tombstones(self, before: EpochMs) -> int:
        """Drop tombstones older than `before` for good."""
        self._db.execute(sql.SITE_FLOOR, (before,))
        return self._db.execute(sql.TOMBSTONES_FORGET, (before,)).rowcount

    def _stream(self, key: EpochKey) -> int:
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = int(self._db.execute(sql.STREAM, key).fetchone()[0])
        return stream
