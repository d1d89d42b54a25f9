"""Invented records and events."""

import msgspec

from kiosk.model.case import CaseKind
from kiosk.model.changes import Origin, Refusal, apply
from kiosk.model.code import Symbology
from kiosk.model.event import CodeScanned, Event, EventBody, HelpCalled, OrderReadied, OrderStarted, TicketRedeemed
from kiosk.model.ids import (
    CaseId,
    DeviceId,
    DurationMs,
    EpochMs,
    EventId,
    HubVersion,
    JourneyId,
    Lang,
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
from kiosk.model.records import COLLECTION_OF, Record, encode_record
from kiosk.model.ticket import Decision, Journey, Ticket
from kiosk.store.inbox import InboxRow
from tests.fakes.clock import NOON

DEVICE = DeviceId("desk-1")
SITE = SiteId("harbour")
SITE_KEY = bytes(range(32))
PACK = PackVersion("2026-10-01")
ANNA = SubjectId("00000000000000aa")
ORDER = PickupOrder(OrderId("00000000000000a1"), "A17", ANNA, SITE, EpochMs(NOON + 600_000), PlaceId("pickup"))
JOURNEY = Journey(JourneyId("j1"), ANNA, SITE, "ferry")
TICKET = Ticket(
    TicketId("00000000000000f1"),
    ANNA,
    SITE,
    "adult",
    EpochMs(NOON - 1),
    EpochMs(NOON + 3_600_000),
    journey=JOURNEY.id,
)
STARTED = OrderStarted(ORDER.id)
READIED = OrderReadied(ORDER.id)
REDEEMED = TicketRedeemed(TICKET.id, Decision.OFFLINE_PROVISIONAL, JOURNEY.id)
HELP = HelpCalled(CaseId("c1"), CaseKind.QUESTION, PlaceId("door"), Lang("et"))


def scanned(number: int = 1) -> CodeScanned:
    return CodeScanned(ScanId(f"scan-{number}"), Outcome.UNKNOWN, Symbology.QR, "zxing", DurationMs(7))


def row(record: Record, version: int) -> InboxRow:
    return InboxRow(COLLECTION_OF[type(record)], record.id, HubVersion(version), encode_record(record))


def gone(record: Record, version: int) -> InboxRow:
    return InboxRow(COLLECTION_OF[type(record)], record.id, HubVersion(version), None)


def elsewhere(record: Record, body: EventBody, event_id: str = "elsewhere", device: str = "desk-9") -> Record:
    """The record after another device's event."""
    event = Event(EventId(event_id), Seq(1), NOON, MonotonicMs(1), "b", PACK, body)
    return applied(record, event, device)


def applied(record: Record, event: Event, device: str = DEVICE) -> Record:
    """The record after `event` at the hub."""
    after = apply(record, event, Origin(DeviceId(device), SITE))
    assert not isinstance(after, Refusal)
    return after


def renamed(order: PickupOrder, number: str) -> PickupOrder:
    """A change that the hub made by itself."""
    return msgspec.structs.replace(order, number=number)
