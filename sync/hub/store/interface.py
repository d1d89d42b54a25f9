"""What the hub asks of a database. SQLite stands behind it by default, PostgreSQL by
configuration; nothing here or above it names one.

A `Reading` is one consistent picture of the data, a `Writing` one transaction that sees its own changes: it commits
when its block ends and leaves no trace when the block raises. All lookups that ingest needs come in bulk, so that a
database across a network answers a batch in a few round trips.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from kiosk.model.changes import Target
from kiosk.model.ids import DeviceId, Epoch, EpochMs, HubVersion, PackVersion, Seq, SiteId
from kiosk.model.records import Collection
from sync.hub.store.classes import EventClass
from sync.hub.store.identity_rows import IdentityRows
from sync.hub.store.rows import (
    Counts,
    Device,
    DeviceState,
    Erasure,
    Held,
    NewEvents,
    PutAside,
    Quarantined,
    RecordChange,
    Sign,
    Site,
    StoredEvent,
    StoredPack,
    StoredRecord,
    Watermark,
)

EpochKey = tuple[DeviceId, Epoch]


class Reading(Protocol):
    """One consistent picture of the data."""

    @property
    def identities(self) -> IdentityRows:
        """Who asks to be let in, and the certificates that were given out."""
        ...

    def version(self) -> HubVersion:
        """The hub's version: it grows with every transaction that changes a record."""
        ...

    def site(self, site: SiteId) -> Site | None:
        """One site."""
        ...

    def sites(self) -> tuple[Site, ...]:
        """All sites, by name."""
        ...

    def devices(self) -> tuple[DeviceState, ...]:
        """All devices, by site and name."""
        ...

    def devices_at(self, site: SiteId) -> tuple[DeviceId, ...]:
        """The devices of one site."""
        ...

    def devices_of(self, devices: Sequence[DeviceId]) -> Mapping[DeviceId, Device]:
        """Those of `devices` that are registered."""
        ...

    def device_of_token(self, token_hash: str) -> tuple[Device, str] | None:
        """The device whose token has this hash, and the hash as stored."""
        ...

    def watermarks(self, keys: Sequence[EpochKey]) -> Mapping[EpochKey, Watermark]:
        """The watermarks of these epochs, as far as there are any."""
        ...

    def all_watermarks(self) -> tuple[Watermark, ...]:
        """Every epoch of every device, oldest first."""
        ...

    def duplicates(self) -> int:
        """How many events came again and were dropped, in all."""
        ...

    def held(self, key: EpochKey, first: Seq, last: Seq) -> Mapping[Seq, Held]:
        """The events held under the numbers `first` to `last` of one epoch."""
        ...

    def records(self, site: SiteId, targets: Sequence[Target]) -> Mapping[Target, StoredRecord]:
        """These records of one site, as far as there are any, deleted ones included."""
        ...

    def collection(self, site: SiteId, collection: Collection) -> tuple[StoredRecord, ...]:
        """All live records of one collection of one site, by key."""
        ...

    def knows(self, site: SiteId, since: HubVersion) -> bool:
        """Whether a delta from `since` is complete: it was issued here and is not older than forgotten tombstones."""
        ...

    def changed(self, site: SiteId, since: HubVersion) -> tuple[StoredRecord, ...]:
        """The site's records changed after `since`, by version; for 0 all live ones."""
        ...

    def pack(self, site: SiteId, version: PackVersion) -> StoredPack | None:
        """A published pack."""
        ...

    def events(self, after: int, limit: int) -> tuple[StoredEvent, ...]:
        """Kept events with a number above `after`, in the order of commits."""
        ...

    def last_events(self, limit: int) -> tuple[StoredEvent, ...]:
        """The newest kept events, newest first."""
        ...

    def last_conflicts(self, limit: int) -> tuple[StoredEvent, ...]:
        """The newest kept events whose change was refused, newest first."""
        ...

    def quarantine(self, after: int, limit: int) -> tuple[Quarantined, ...]:
        """What is in quarantine with a number above `after` and not replayed yet, oldest first."""
        ...

    def quarantined(self, numbers: Sequence[int]) -> tuple[Quarantined, ...]:
        """These items, replayed or not, as far as there are any, by number."""
        ...

    def erasures(self) -> tuple[Erasure, ...]:
        """Every erasure, newest first."""
        ...

    def counts(self) -> Counts:
        """How much is held in all."""
        ...


class Writing(Reading, Protocol):
    """One transaction."""

    def advance(self) -> HubVersion:
        """The version of this transaction's changes, one above all before; the same at every call."""
        ...

    def put_site(self, site: Site) -> None:
        """Add a site or change its name and pack; its key stays what it first was."""
        ...

    def put_device(self, device: Device, token_hash: str) -> None:
        """Add a device or change it, with a new token."""
        ...

    def put_records(self, site: SiteId, changes: Sequence[RecordChange], at: EpochMs) -> None:
        """Write records under this transaction's version; `at` dates tombstones."""
        ...

    def put_pack(self, pack: StoredPack, at: EpochMs) -> None:
        """Keep a pack and make it the site's current one."""
        ...

    def put_watermarks(self, watermarks: Sequence[Watermark]) -> None:
        """Write watermarks as given."""
        ...

    def add_events(self, came: Sequence[NewEvents], version: HubVersion, committed_at: EpochMs) -> None:
        """Keep events; their watermarks must be written before."""
        ...

    def put_aside(self, items: Sequence[PutAside]) -> int:
        """Quarantine items; returns how many were not there yet."""
        ...

    def mark_replayed(self, numbers: Sequence[int], at: EpochMs) -> None:
        """Say of these items of the quarantine that they were taken in after all."""
        ...

    def add_erasure(self, erasure: Erasure) -> None:
        """Note an erasure; a second one of the same subject takes the first one's place."""
        ...

    def forget_events(self, kind: EventClass, before: EpochMs) -> int:
        """Drop the events of a class that were committed before `before`, the beginning of a month; returns how many.

        At least the newest event of all stays, so that no number is given out twice.
        """
        ...

    def note(self, signs: Sequence[Sign]) -> None:
        """Lay what devices told of themselves over what is known."""
        ...

    def forget_tombstones(self, before: EpochMs) -> int:
        """Drop tombstones older than `before` for good; returns how many. Deltas from before them end with it."""
        ...


class HubStore(Protocol):
    """The hub's database."""

    def reading(self) -> AbstractContextManager[Reading]:
        """A consistent picture, from any thread, next to writers."""
        ...

    def writing(self) -> AbstractContextManager[Writing]:
        """A transaction, one at a time among all hubs on these data; durable when the block ends. Raises `DataError` when that fails."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
