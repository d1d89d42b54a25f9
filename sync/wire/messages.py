"""The messages themselves. Unknown fields are ignored, so that a newer end can speak to an older one."""

from enum import StrEnum

import msgspec

from kiosk.model.event import Event, Health
from kiosk.model.ids import DeviceId, Epoch, EpochMs, EventId, HubVersion, PackVersion, Seq, SiteId, TicketId
from kiosk.model.records import Collection

WIRE_VERSION = 1
MAX_EVENTS = 2_000
"""In one envelope, where the hub says that it takes so many."""
LEAST_EVENTS = 500
"""Every hub takes so many; what a device sends before it has heard more."""
MAX_ENVELOPE_BYTES = 100_000
"""Of the compressed envelope."""
MAX_PLAIN_BYTES = 4_000_000
"""Of the envelope once decompressed; a larger one is refused unread."""


class Envelope(msgspec.Struct, frozen=True):
    """A run of one device's events, without gaps: `events[i].seq == from_seq + i`."""

    v: int
    epoch: Epoch
    from_seq: Seq
    events: tuple[Event, ...]


class RawEnvelope(msgspec.Struct, frozen=True):
    """The same with each event left as JSON, so that one unreadable event doesn't take the others with it."""

    v: int
    epoch: Epoch
    from_seq: Seq
    events: tuple[msgspec.Raw, ...]


class Hello(msgspec.Struct, frozen=True):
    """A device is back: its epoch and the highest sequence number it has written (0: none)."""

    v: int
    epoch: Epoch
    last_seq: Seq
    release: str
    since: HubVersion
    """The version of the hub's data that it holds; 0 asks for a snapshot."""
    parted: Epoch | None = None
    """The epoch that this one was parted from, since another device was found to number its events under it too."""
    ask: str = ""
    """A name for this very question, which its answer repeats."""


class Ack(msgspec.Struct, frozen=True):
    """All events of `epoch` up to and including `seq` are committed at the hub, as part of its version `version`.

    A `seq` below what the device has sent, after a gap or a restored backup, makes it send again from `seq + 1`.
    `event` is the id of the event held under `seq`, empty where none is: a device that has another one there has a
    double, of whose events this ack speaks. `differs` is the first number under which the device sent another event than
    the one held, 0 where there is none.
    """

    epoch: Epoch
    seq: Seq
    version: HubVersion
    event: EventId = EventId("")
    differs: Seq = Seq(0)
    answers: str = ""
    """The `ask` of the hello that this answers; empty for any other ack."""
    takes: int = LEAST_EVENTS
    """So many events the hub takes in one envelope; a hub that does not say takes the least."""


class Notice(msgspec.Struct, frozen=True):
    """The hub's data for this device's site has reached `version`, its content pack `pack`; `at` is the hub's clock.

    `run` names the hub's process. A device that reads a name for the first time says hello again: that hub may have been
    restored from a backup that lacks what was confirmed before.
    """

    version: HubVersion
    pack: PackVersion | None
    at: EpochMs
    run: str = ""


class Route(StrEnum):
    """By which way goes what is between a device and the hub."""

    DIRECT = "direct"
    """Over the central broker; the site has none of its own."""
    BRIDGE = "bridge"
    """Over the site's own broker and its bridge, as it should be."""
    PAST = "past"
    """Past that bridge, which is dead; the site's broker is there, and used among neighbours."""
    CENTRAL = "central"
    """Over the central broker, as the site's own one can't be reached."""


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a device is. The last will is a `Status` with `health` offline and nothing else known."""

    health: Health
    site: SiteId | None = None
    role: str = ""
    release: str = ""
    epoch: Epoch | None = None
    pack: PackVersion | None = None
    version: HubVersion = HubVersion(0)
    waiting: int = 0
    """Events that the hub has not confirmed."""
    problem: str = ""
    at: EpochMs | None = None
    unsent_ms: int = 0
    """For how long the oldest of the waiting events has waited."""
    data_age_ms: int | None = None
    """How long ago the hub last confirmed that the data here is its newest; None: never."""
    route: str = ""
    """A `Route`; a text, so that one of a newer release spoils nothing. Empty from releases that don't tell."""


class Wish(msgspec.Struct, frozen=True):
    """A device of the site wants to be the one who redeems `ticket`; `id` is new with every wish.

    Every device of a site's broker hears the wishes in one order. The first one for a ticket counts, its device then
    claims the ticket; it counts no more after some seconds without.
    """

    id: str
    ticket: TicketId


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a device did to tickets, orders and people's records, device to the others of its site, as the hub may be away.

    `events` are unconfirmed ones of `epoch`, ordered but with gaps; those up to `acked` are in the hub's `version`.
    `ask`: the sender has just come and wants to hear the others' claims again.
    """

    v: int
    device: DeviceId
    epoch: Epoch
    acked: Seq
    version: HubVersion
    events: tuple[Event, ...] = ()
    ask: bool = False
    wishes: tuple[Wish, ...] = ()


class RawClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    """The same with each event left as JSON, so that one of a type unknown here doesn't take the others with it."""

    v: int
    device: DeviceId
    epoch: Epoch
    acked: Seq
    version: HubVersion
    events: tuple[msgspec.Raw, ...] = ()
    ask: bool = False
    wishes: tuple[Wish, ...] = ()


TOMBSTONE = msgspec.Raw(b"null")


class Row(msgspec.Struct, frozen=True):
    """One record at one version as JSON; the body of a deleted one is `TOMBSTONE`."""

    collection: Collection
    key: str
    version: HubVersion
    body: msgspec.Raw = TOMBSTONE

    @property
    def deleted(self) -> bool:
        """Whether the record is gone."""
        return bytes(self.body) == b"null"


class ChangesKind(StrEnum):
    """Whether rows add to what the device has, or replace all of it."""

    SNAPSHOT = "snapshot"
    DELTA = "delta"


class Changes(msgspec.Struct, frozen=True):
    """The answer to `GET /v1/changes?since=N`: everything of the site that changed in (`since`, `version`].

    `kind` snapshot replaces all collections; `since` 0, a version unknown to the hub, or one older than its
    tombstones gives one. `checksum` is the hex SHA-256 of the rows' canonical form, see `codec.checksum`.
    """

    v: int
    kind: ChangesKind
    site: SiteId
    since: HubVersion
    version: HubVersion
    checksum: str
    pack: PackVersion | None
    at: EpochMs
    rows: tuple[Row, ...]
