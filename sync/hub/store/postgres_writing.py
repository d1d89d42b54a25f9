"""Writing to the hub's PostgreSQL database, inside a transaction that somebody else opened and commits."""

import hashlib
from collections.abc import Sequence

from psycopg import sql as compose

from kiosk.model.ids import EpochMs, HubVersion, SiteId
from sync.hub.store import postgres_sql as sql
from sync.hub.store.classes import EventClass, class_of, month_of
from sync.hub.store.interface import EpochKey
from sync.hub.store.postgres_reading import Connection, PostgresReading
from sync.hub.store.rows import Device, Erasure, NewEvents, PutAside, RecordChange, Sign, Site, StoredPack, Watermark


class PostgresWriting(PostgresReading):
    """Implements `Writing` on a connection with an open write transaction, whose turn it is.

    `months` are the partitions known to be there; what this transaction adds counts once it is committed.
    """

    def __init__(self, connection: Connection, months: frozenset[str]) -> None:
        super().__init__(connection)
        self._advanced: HubVersion | None = None
        self._streams: dict[EpochKey, int] = {}
        self.months = months

    def begin_life(self, at_least: int, now: EpochMs) -> None:
        """Leap to a version that no earlier life of this database can have issued, and remember the gap."""
        before = self.version()
        first = self._one(sql.LIFE_BEGIN, (at_least,))[0]
        self._db.execute(sql.LIFE_ADD, (before, first, now))

    def advance(self) -> HubVersion:
        """The version of this transaction's changes."""
        if self._advanced is None:
            self._advanced = HubVersion(self._one(sql.ADVANCE, ())[0])
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
        # The last change of a record counts; one statement must not touch a row twice.
        last = {(change.collection.value, change.key): change.body for change in changes}
        collections, keys = [pair[0] for pair in last], [pair[1] for pair in last]
        self._db.execute(sql.RECORDS_PUT, (site, version, at, collections, keys, list(last.values())))
        self._db.execute(sql.SITE_VERSION, (version, site))

    def put_pack(self, pack: StoredPack, at: EpochMs) -> None:
        """Keep a pack and make it the site's current one."""
        self._db.execute(sql.PACK_ADD, (pack.site, pack.version, pack.sha256, pack.body, at))
        self._db.execute(sql.SITE_PACK, (pack.version, pack.site))

    def put_watermarks(self, watermarks: Sequence[Watermark]) -> None:
        """Write watermarks as given."""
        if not watermarks:
            return
        rows = [(w.device, w.epoch, w.seq, w.version, w.events, w.duplicates, w.cloned_at) for w in watermarks]
        columns = [list(column) for column in zip(*rows, strict=True)]
        for device, epoch, stream in self._db.execute(sql.WATERMARKS_PUT, columns):
            self._streams[device, epoch] = stream

    def add_events(self, came: Sequence[NewEvents], version: HubVersion, committed_at: EpochMs) -> None:
        """Keep events; their watermarks must be written before."""
        count = sum(len(new.events) for new in came)
        if not count:
            return
        kinds = {type(event.body).__name__ for new in came for event in new.events}
        classes = {kind: class_of(kind) for kind in kinds}
        for needed in sorted(set(classes.values())):
            self._need_month(needed, committed_at)
        streams = [self._stream((new.device, new.epoch)) for new in came]
        number = self._one(sql.NUMBERS, (count,))[0] - count
        with self._db.cursor().copy(sql.EVENTS_COPY) as copy:
            copy.set_types(sql.EVENTS_COPY_TYPES)
            for stream, new in zip(streams, came, strict=True):
                for seq, name, kind, at, conflict, body in new.rows():
                    number += 1
                    keys = (number, stream, seq, name, new.site, kind, classes[kind].value)
                    copy.write_row((*keys, at, new.received_at, committed_at, version, conflict, body))

    def put_aside(self, items: Sequence[PutAside]) -> int:
        """Quarantine items; returns how many were not there yet."""
        if not items:
            return 0
        rows = [
            (
                self._stream((item.device, item.epoch)),
                item.seq,
                item.received_at,
                item.why,
                hashlib.sha256(item.body).digest(),
                item.body,
            )
            for item in items
        ]
        return self._db.execute(sql.ASIDE_ADD, [list(column) for column in zip(*rows, strict=True)]).rowcount

    def mark_replayed(self, numbers: Sequence[int], at: EpochMs) -> None:
        """Say that these items were taken in after all."""
        self._db.execute(sql.ASIDE_REPLAYED, (at, list(numbers)))

    def add_erasure(self, erasure: Erasure) -> None:
        """Note an erasure."""
        row = (erasure.site, erasure.subject, erasure.asked_at, erasure.version, erasure.records)
        self._db.execute(sql.ERASURE_PUT, row)

    def forget_events(self, kind: EventClass, before: EpochMs) -> int:
        """Drop the months of a class that end before `before`: no row is touched, the files go."""
        oldest_kept = _partition(kind, before)
        last = self.last_events(1)
        newest = _partition(kind, last[0].committed_at) if last else ""
        gone = 0
        for (name,) in self._all(sql.MONTHS, (f"events_{kind.value}",)):
            if name >= oldest_kept or name == newest:
                continue
            table = compose.Identifier(name)
            counted = self._db.execute(compose.SQL(sql.MONTH_COUNT).format(table)).fetchone()
            gone += counted[0] if counted is not None else 0
            self._db.execute(compose.SQL(sql.MONTH_DROP).format(table))
            self.months -= {name}
        return gone

    def note(self, signs: Sequence[Sign]) -> None:
        """Lay what devices told of themselves over what is known."""
        rows = [
            (
                *(s.at, s.health, s.problem, s.release, s.pack, s.version, s.waiting, s.epoch, s.told_site),
                *(s.unsent_since, s.data_as_of, s.route, s.device),
            )
            for s in signs
        ]
        if rows:
            self._db.cursor().executemany(sql.DEVICE_NOTE, rows)

    def forget_tombstones(self, before: EpochMs) -> int:
        """Drop tombstones older than `before` for good."""
        self._db.execute(sql.SITE_FLOOR, (before,))
        return self._db.execute(sql.TOMBSTONES_FORGET, (before,)).rowcount

    def _need_month(self, kind: EventClass, at: EpochMs) -> None:
        name = _partition(kind, at)
        if name in self.months:
            return
        month = month_of(at)
        parts = (compose.Identifier(name), compose.Identifier(f"events_{kind.value}"))
        bounds = (compose.Literal(month.first), compose.Literal(month.after))
        self._db.execute(compose.SQL(sql.MONTH_ADD).format(*parts, *bounds))
        self.months |= {name}

    def _stream(self, key: EpochKey) -> int:
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = int(self._one(sql.STREAM, key)[0])
        return stream


def _partition(kind: EventClass, at: EpochMs) -> str:
    return f"events_{kind.value}_{month_of(at).name}"
