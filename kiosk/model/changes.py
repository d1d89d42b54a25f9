"""What an event does to a record: one set of transitions, run by the device at once and by the hub on arrival.

`apply` is total and idempotent: an event that a record already contains changes nothing, one that the record's state
does not allow is refused with a reason, and neither ever raises. A device lays its unconfirmed events over the hub's
newer copy of a record with the same function.
"""

from enum import StrEnum

import msgspec

from kiosk.model.case import Case, CaseState
from kiosk.model.customer import Subject
from kiosk.model.event import (
    REPORTING,
    CheckedIn,
    CustomerArrived,
    Event,
    EventBody,
    HelpCalled,
    HelpGiven,
    HelpTaken,
    OfferDeclined,
    OrderHandedOver,
    OrderReadied,
    OrderStarted,
    OrderUndone,
    TicketRedeemed,
)
from kiosk.model.ids import DeviceId, SiteId
from kiosk.model.order import COLLECTABLE, WAITING, OrderMark, OrderState, PickupOrder
from kiosk.model.records import Collection, Record
from kiosk.model.ticket import Entitlement, Journey, JourneyState, Redemption, Ticket


class Refusal(StrEnum):
    """Why a record does not take an event."""

    NOT_FOUND = "not_found"
    ALREADY_USED = "already_used"
    NOT_VALID = "not_valid"
    WRONG_STATE = "wrong_state"
    NOTHING_TO_UNDO = "nothing_to_undo"


class Origin(msgspec.Struct, frozen=True):
    """Where an event comes from."""

    device: DeviceId
    site: SiteId


class Target(msgspec.Struct, frozen=True):
    """A record that an event touches."""

    collection: Collection
    key: str


Change = Record | Refusal
"""The record after the event (the same object when nothing changed), or why it was refused."""


def targets_of(body: EventBody) -> tuple[Target, ...]:
    """The records that an event changes, the deciding one first; empty for an event that only reports."""
    if type(body) in REPORTING:
        # By far the most, so they are told at once.
        return ()
    match body:
        case TicketRedeemed(ticket=ticket, journey=journey):
            first = Target(Collection.TICKETS, ticket)
            return (first,) if journey is None else (first, Target(Collection.JOURNEYS, journey))
        case CheckedIn(journey=journey):
            return (Target(Collection.JOURNEYS, journey),)
        case OrderStarted() | OrderReadied() | CustomerArrived() | OrderHandedOver() | OrderUndone():
            return (Target(Collection.ORDERS, body.order),)
        case OfferDeclined():
            return (Target(Collection.SUBJECTS, body.subject),)
        case HelpCalled() | HelpTaken() | HelpGiven():
            return (Target(Collection.CASES, body.case),)
        case _:
            return ()


def apply(record: Record | None, event: Event, origin: Origin) -> Change:
    """The record after `event`, or the refusal. `record` is None when there is none yet."""
    if isinstance(event.body, HelpCalled):
        return record if isinstance(record, Case) else _open_case(event, event.body, origin)
    match record:
        case Ticket():
            return _redeem(record, event, origin)
        case Journey():
            return _advance(record, event)
        case PickupOrder():
            return _move(record, event)
        case Case():
            return _handle(record, event, origin)
        case Subject():
            return _decline(record, event)
        case _:
            return Refusal.NOT_FOUND


def _open_case(event: Event, body: HelpCalled, origin: Origin) -> Case:
    return Case(body.case, origin.site, body.kind, origin.device, body.place, event.at, lang=body.lang)


def _redeem(ticket: Ticket, event: Event, origin: Origin) -> Change:
    if not isinstance(event.body, TicketRedeemed):
        return Refusal.WRONG_STATE
    if ticket.redemption is not None:
        return ticket if ticket.redemption.event == event.id else Refusal.ALREADY_USED
    if ticket.state is not Entitlement.VALID:
        return Refusal.NOT_VALID
    redemption = Redemption(event.id, origin.device, event.at, event.body.decision)
    return msgspec.structs.replace(ticket, state=Entitlement.REDEEMED, redemption=redemption)


_JOURNEY_ORDER = list(JourneyState)


def _advance(journey: Journey, event: Event) -> Change:
    match event.body:
        case CheckedIn():
            goal = JourneyState.CHECKED_IN
        case TicketRedeemed():
            goal = JourneyState.BOARDING
        case _:
            return Refusal.WRONG_STATE
    if _JOURNEY_ORDER.index(journey.state) >= _JOURNEY_ORDER.index(goal):
        return journey
    return msgspec.structs.replace(journey, state=goal, last_event=event.id)


_ORDER_MOVES: dict[type[EventBody], tuple[frozenset[OrderState], OrderState]] = {
    OrderStarted: (WAITING, OrderState.PREPARING),
    OrderReadied: (WAITING | {OrderState.PREPARING, OrderState.PROBLEM}, OrderState.READY),
    CustomerArrived: (frozenset({OrderState.READY}), OrderState.CUSTOMER_ARRIVED),
    OrderHandedOver: (COLLECTABLE, OrderState.HANDED_OVER),
}


def _move(order: PickupOrder, event: Event) -> Change:
    if any(mark.event == event.id for mark in order.history):
        return order
    if isinstance(event.body, OrderUndone):
        return _undo(order, event.body)
    if isinstance(event.body, CustomerArrived) and order.state not in COLLECTABLE:
        return _note_arrival(order, event)
    move = _ORDER_MOVES.get(type(event.body))
    if move is None or order.state not in move[0]:
        return Refusal.WRONG_STATE
    mark = OrderMark(event.id, event.at, order.state)
    moved = msgspec.structs.replace(order, state=move[1], history=(*order.history, mark))
    if isinstance(event.body, OrderReadied):
        moved = msgspec.structs.replace(moved, ready_at=event.at)
        if order.arrived_at is not None:
            moved = msgspec.structs.replace(moved, state=OrderState.CUSTOMER_ARRIVED)
    if isinstance(event.body, CustomerArrived):
        moved = msgspec.structs.replace(moved, arrived_at=event.at)
    return moved


def _note_arrival(order: PickupOrder, event: Event) -> Change:
    """A customer who is early moves nothing yet, but the desk is told."""
    if order.state not in WAITING | {OrderState.PREPARING} or order.arrived_at is not None:
        return order if order.arrived_at is not None else Refusal.WRONG_STATE
    return msgspec.structs.replace(order, arrived_at=event.at)


def _undo(order: PickupOrder, body: OrderUndone) -> Change:
    if not order.history or order.history[-1].event != body.undoes:
        return Refusal.NOTHING_TO_UNDO
    last = order.history[-1]
    was_ready = last.before in COLLECTABLE
    arrival_undone = last.before is OrderState.READY and order.state is OrderState.CUSTOMER_ARRIVED
    return msgspec.structs.replace(
        order,
        state=last.before,
        history=order.history[:-1],
        ready_at=order.ready_at if was_ready else None,
        arrived_at=None if arrival_undone else order.arrived_at,
    )


def _decline(subject: Subject, event: Event) -> Change:
    if not isinstance(event.body, OfferDeclined):
        return Refusal.WRONG_STATE
    if event.body.offer in subject.declined:
        return subject
    return msgspec.structs.replace(subject, declined=(*subject.declined, event.body.offer))


_CASE_MOVES: dict[type[EventBody], tuple[frozenset[CaseState], CaseState]] = {
    HelpTaken: (frozenset({CaseState.OPEN, CaseState.ROUTED}), CaseState.IN_HAND),
    HelpGiven: (frozenset({CaseState.OPEN, CaseState.ROUTED, CaseState.IN_HAND}), CaseState.FIXED),
}


def _handle(case: Case, event: Event, origin: Origin) -> Change:
    move = _CASE_MOVES.get(type(event.body))
    if move is None:
        return Refusal.WRONG_STATE
    if case.state is move[1]:
        # Taking what another desk has in hand is no repetition: one owner, and the second one is told.
        taken_elsewhere = isinstance(event.body, HelpTaken) and case.owner != origin.device
        return Refusal.WRONG_STATE if taken_elsewhere else case
    if case.state not in move[0]:
        return Refusal.WRONG_STATE
    hops = case.hops + (case.owner not in {None, origin.device})
    return msgspec.structs.replace(case, state=move[1], owner=origin.device, hops=hops)
