"""A hub's store with two sites and their devices, and devices' messages to put before it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from kiosk.model.changes import Target
from kiosk.model.code import Symbology
from kiosk.model.event import CodeScanned, Event, EventBody, TicketRedeemed
from kiosk.model.ids import (
    DeviceId,
    DurationMs,
    Epoch,
    EpochMs,
    EventId,
    HubVersion,
    MonotonicMs,
    OrderId,
    PackVersion,
    PlaceId,
    ScanId,
    Seq,
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.records import COLLECTION_OF, Record, decode_record, encode_record
from kiosk.model.ticket import Decision, Ticket
from sync.hub.intake import Arrival, Taken, take_in
from sync.hub.sound import read_run
from sync.hub.store.interface import Writing
from sync.hub.store.opening import open_hub_store
from sync.hub.store.rows import Device, DeviceState, RecordChange, Site, StoredEvent, Watermark
from sync.wire.codec import encode_event
from sync.wire.messages import WIRE_VERSION, Hello, RawEnvelope, Status
from tests.fakes.clock import NOON, FakeClock

SITE = SiteId("terminal")
OTHER_SITE = SiteId("shop")
GATE = DeviceId("terminal-gate-1")
SECOND_GATE = DeviceId("terminal-gate-2")
DESK = DeviceId("shop-desk-1")
EPOCH = Epoch("0192-aaaa")
TICKET = TicketId("00000000000000aa")
ORDER = OrderId("00000000000000bb")
PERSON = SubjectId("00000000000000cc")
SITE_KEY = bytes(range(32))
HOUR_MS = 3_600_000


def ticket(site: SiteId = SITE, key: TicketId = TICKET) -> Ticket:
    return Ticket(key, PERSON, site, "ferry", EpochMs(NOON - HOUR_MS), EpochMs(NOON + HOUR_MS))


def order(site: SiteId = SITE, key: OrderId = ORDER) -> PickupOrder:
    return PickupOrder(key, "A17", PERSON, site, EpochMs(NOON + HOUR_MS), PlaceId("desk"))


def change(record: Record) -> RecordChange:
    return RecordChange(COLLECTION_OF[type(record)], record.id, encode_record(record))


def furnish(writing: Writing, site: SiteId, devices: Sequence[DeviceId], role: str) -> None:
    writing.put_site(Site(site, site.title(), SITE_KEY))
    for device in devices:
        writing.put_device(Device(device, site, role, device.replace("-", " ").title()), f"hash of {device}")
    writing.put_records(site, [change(ticket(site)), change(order(site))], NOON)


def event(seq: int, body: EventBody | None = None, name: str = "e") -> Event:
    body = body or CodeScanned(ScanId(f"s{seq}"), Outcome.ADMITTED, Symbology.QR, "zxing", DurationMs(7))
    return Event(EventId(f"{name}-{seq}"), Seq(seq), NOON, MonotonicMs(1), "0badb007", PackVersion("p1"), body)


def redeemed(key: TicketId = TICKET) -> TicketRedeemed:
    return TicketRedeemed(key, Decision.OFFLINE_PROVISIONAL)


def envelope(*events: Event | bytes, first: int | None = None, epoch: Epoch = EPOCH) -> RawEnvelope:
    """The events as a device sends them; bytes stand for one that is no event."""
    if first is None:
        first = next((item.seq for item in events if isinstance(item, Event)), 1)
    raw = tuple(msgspec.Raw(item if isinstance(item, bytes) else encode_event(item)) for item in events)
    return RawEnvelope(WIRE_VERSION, epoch, Seq(first), raw)


class World:
    """Two gates at one site, a desk at the other; a ticket and an order at each, under the same ids.

    In SQLite in the folder `data`, unless `database` is the address of a PostgreSQL database.
    """

    def __init__(self, data: Path, clock: FakeClock | None = None, database: str = "") -> None:
        self.clock = clock or FakeClock()
        self.store = open_hub_store(data, database, self.clock)
        with self.store.writing() as writing:
            if writing.site(SITE) is None:
                furnish(writing, SITE, (GATE, SECOND_GATE), "gate")
                furnish(writing, OTHER_SITE, (DESK,), "desk")

    def take(self, *messages: RawEnvelope | Hello | Status, device: DeviceId = GATE) -> Taken:
        """One batch from one device, in one transaction."""
        return self.batch(*((device, message) for message in messages))

    def batch(self, *messages: tuple[DeviceId, RawEnvelope | Hello | Status]) -> Taken:
        now = self.clock.now().wall_ms
        arrivals = [
            Arrival(device, now, read_run(message) if isinstance(message, RawEnvelope) else message)
            for device, message in messages
        ]
        with self.store.writing() as writing:
            return take_in(writing, arrivals, self.clock)

    def events(self) -> tuple[StoredEvent, ...]:
        with self.store.reading() as reading:
            return reading.events(0, 1000)

    def seqs(self) -> list[tuple[DeviceId, Seq]]:
        """Device and number of each kept event, in the order of commits."""
        return [(kept.device, kept.seq) for kept in self.events()]

    def record(self, site: SiteId, like: Record) -> Record | None:
        """The record with the collection and id of `like`, as it is now."""
        collection = COLLECTION_OF[type(like)]
        with self.store.reading() as reading:
            stored = reading.records(site, [Target(collection, like.id)]).get(Target(collection, like.id))
        return None if stored is None or stored.body is None else decode_record(collection, stored.body)

    def version(self) -> HubVersion:
        """The version that last changed a record of the site with the gates."""
        with self.store.reading() as reading:
            site = reading.site(SITE)
        assert site is not None
        return site.version

    def watermark(self, device: DeviceId = GATE, epoch: Epoch = EPOCH) -> Watermark | None:
        with self.store.reading() as reading:
            return reading.watermarks([(device, epoch)]).get((device, epoch))

    def device(self, device: DeviceId = GATE) -> DeviceState:
        with self.store.reading() as reading:
            return next(state for state in reading.devices() if state.id == device)
