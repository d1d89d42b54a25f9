"""What the hub's store holds, as frozen values, the same for every database behind it."""

from collections.abc import Mapping, Sequence

import msgspec

from kiosk.model.event import Event, Health
from kiosk.model.ids import DeviceId, Epoch, EpochMs, EventId, HubVersion, PackVersion, Seq, SiteId, SubjectId
from kiosk.model.records import Collection


class Site(msgspec.Struct, frozen=True):
    """One site. `key` is its 32-byte secret; `version` the hub's version that last changed one of its records."""

    id: SiteId
    name: str
    key: bytes
    version: HubVersion = HubVersion(0)
    pack: PackVersion | None = None


class Device(msgspec.Struct, frozen=True):
    """A registered device."""

    id: DeviceId
    site: SiteId
    role: str
    name: str


class DeviceState(msgspec.Struct, frozen=True, gc=False):
    """A device as it last told of itself; None where it has not yet. `seen_at` is the last sign of life, hub's clock.

    `cloned` says that its epoch carried two different events under one number. `unsent_since` is when the oldest event that
    waits there was written (0: none waits), `data_as_of` when its data was the hub's newest. `removed`: it had certificates,
    and none of them counts any more. `route` is a `Route`, or what a release that is newer than this one says instead.
    """

    id: DeviceId
    site: SiteId
    role: str
    name: str
    health: Health | None
    problem: str
    release: str
    pack: PackVersion | None
    version: HubVersion
    waiting: int
    epoch: Epoch | None
    told_site: SiteId | None
    seen_at: EpochMs | None
    cloned: bool
    unsent_since: EpochMs | None = None
    data_as_of: EpochMs | None = None
    removed: bool = False
    route: str = ""


class Watermark(msgspec.Struct, frozen=True):
    """How far one device's events of one epoch are held here: all up to `seq`; 0 for none.

    `version` is the hub's version when the last of them was committed. `events` were kept, `quarantined` put aside
    (counted by the store, not written), `duplicates` refused because they were held already. `cloned_at` is when an event came under a number that another
    event has, None as long as that never happened.
    """

    device: DeviceId
    epoch: Epoch
    seq: Seq = Seq(0)
    version: HubVersion = HubVersion(0)
    events: int = 0
    quarantined: int = 0
    duplicates: int = 0
    cloned_at: EpochMs | None = None


EventRow = tuple[Seq, EventId, str, EpochMs, str | None, bytes]
"""Of one event: number, id, type, the device's time, why its change was refused (None if it was not), JSON as it came."""


class NewEvents(msgspec.Struct, frozen=True):
    """Events to keep that came together from one device; `bodies` is the JSON of each of `events`, as it came.

    `conflicts` says of those whose change was refused why.
    """

    device: DeviceId
    epoch: Epoch
    site: SiteId
    received_at: EpochMs
    events: Sequence[Event]
    bodies: Sequence[bytes]
    conflicts: Mapping[Seq, str] = {}

    def rows(self) -> list[EventRow]:
        """What differs from event to event. Plain tuples: there are hundreds of thousands of them a second."""
        why = self.conflicts.get
        return [
            (event.seq, event.id, type(event.body).__name__, event.at, why(event.seq), body)
            for event, body in zip(self.events, self.bodies, strict=True)
        ]


class StoredEvent(msgspec.Struct, frozen=True):
    """A kept event; `number` counts in the order of commits. `committed_at` was read right before the commit."""

    number: int
    device: DeviceId
    epoch: Epoch
    seq: Seq
    site: SiteId
    type: str
    received_at: EpochMs
    committed_at: EpochMs
    conflict: str | None
    body: bytes


class Held(msgspec.Struct, frozen=True):
    """What is held under one number of one epoch: the event's id, and the hub's version at its commit."""

    id: EventId
    version: HubVersion


class PutAside(msgspec.Struct, frozen=True):
    """Something that came as an event and is none, or came under another event's number. `why` holds none of it."""

    device: DeviceId
    epoch: Epoch
    seq: Seq
    received_at: EpochMs
    why: str
    body: bytes


class Quarantined(msgspec.Struct, frozen=True):
    """Something in quarantine, by its `number`. `replayed_at` is when it was taken in after all, None until then."""

    number: int
    device: DeviceId
    epoch: Epoch
    seq: Seq
    received_at: EpochMs
    why: str
    replayed_at: EpochMs | None
    body: bytes


class Erasure(msgspec.Struct, frozen=True):
    """A subject whose records were erased at a site; `version` is the hub's version that carries the tombstones."""

    site: SiteId
    subject: SubjectId
    asked_at: EpochMs
    version: HubVersion
    records: int
    """How many records went."""


class StoredRecord(msgspec.Struct, frozen=True):
    """A record as JSON at one version; `body` is None when it is deleted."""

    collection: Collection
    key: str
    version: HubVersion
    body: bytes | None


class RecordChange(msgspec.Struct, frozen=True):
    """A record to write; None deletes it and leaves a tombstone."""

    collection: Collection
    key: str
    body: bytes | None


class StoredPack(msgspec.Struct, frozen=True):
    """A content pack as it was published, byte for byte. `sha256` is hex."""

    site: SiteId
    version: PackVersion
    sha256: str
    body: bytes


class Sign(msgspec.Struct, frozen=True):
    """A sign of life from a device: what it told of itself, None for what it did not."""

    device: DeviceId
    at: EpochMs
    health: Health | None = None
    problem: str | None = None
    release: str | None = None
    pack: PackVersion | None = None
    version: HubVersion | None = None
    waiting: int | None = None
    epoch: Epoch | None = None
    told_site: SiteId | None = None
    unsent_since: EpochMs | None = None
    data_as_of: EpochMs | None = None
    route: str | None = None


class Counts(msgspec.Struct, frozen=True):
    """How much the hub holds in all; `quarantined` leaves out what was replayed."""

    events: int
    conflicts: int
    quarantined: int
