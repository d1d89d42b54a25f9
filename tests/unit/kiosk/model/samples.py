"""One record of each kind and the events that happen to them, for the tests of what an event does to a record."""

import msgspec

from kiosk.model.case import Case, CaseKind
from kiosk.model.changes import Origin, Refusal, apply
from kiosk.model.customer import Subject
from kiosk.model.event import Event, EventBody, HelpCalled, TicketRedeemed
from kiosk.model.ids import (
    CaseId,
    DeviceId,
    EpochMs,
    EventId,
    JourneyId,
    Lang,
    MonotonicMs,
    OrderId,
    PackVersion,
    PlaceId,
    Seq,
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Record
from kiosk.model.ticket import Decision, Journey, Ticket

SITE = SiteId("harbour")
HERE = Origin(DeviceId("desk-1"), SITE)
THERE = Origin(DeviceId("desk-2"), SITE)
NOW = EpochMs(1_790_000_000_000)
ORDER = PickupOrder(OrderId("o"), "A1", SubjectId("s"), SITE, NOW, PlaceId("pickup"))
TICKET = Ticket(TicketId("t"), SubjectId("s"), SITE, "adult", NOW, EpochMs(NOW + 1))
JOURNEY = Journey(JourneyId("j"), SubjectId("s"), SITE, "ferry")
SUBJECT = Subject(SubjectId("s"), SITE)
CASE = Case(CaseId("c"), SITE, CaseKind.QUESTION, DeviceId("kiosk-1"), PlaceId("door"), NOW)
REDEEM = TicketRedeemed(TICKET.id, Decision.OFFLINE_PROVISIONAL, JOURNEY.id)
HELP = HelpCalled(CASE.id, CaseKind.QUESTION, PlaceId("door"), Lang("fi"))


def event(body: EventBody, name: str = "e1", at: int = NOW) -> Event:
    return Event(EventId(name), Seq(1), EpochMs(at), MonotonicMs(1), "boot", PackVersion("1"), body)


def order_in(state: OrderState) -> PickupOrder:
    return msgspec.structs.replace(ORDER, state=state)


def order_after(*events: Event, start: PickupOrder = ORDER) -> PickupOrder:
    record: Record = start
    for item in events:
        change = apply(record, item, HERE)
        assert not isinstance(change, Refusal), (item, change)
        record = change
    assert isinstance(record, PickupOrder)
    return record
