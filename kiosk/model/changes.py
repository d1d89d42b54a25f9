"""What an event does to a record: one set of transitions, run by the device at once and by the hub on arrival.

`apply` is total and idempotent: an event that a record already contains changes nothing, one that the record's state
does not allow is refused with a reason, and neither ever raises. A device lays its unconfirmed events over the hub's
newer copy of a record with the same function.
"""

import msgspec

from kiosk.model.case import Case, CaseState
from kiosk.model.customer import Subject
from kiosk.model.event import (
    REPORTING,
    CheckedIn,
    Event,
    EventBody,
    HelpCalled,
    HelpGiven,
    HelpTaken,
    OfferDeclined,
    PromiseKept,
    TicketRedeemed,
)
from kiosk.model.ids import DeviceId, SiteId
from kiosk.model.order import PickupOrder
from kiosk.model.orderchanges import OrderEvent, move_order
from kiosk.model.records import Collection, Record
from kiosk.model.refusal import Refusal
from kiosk.model.ticket import Entitlement, Journey, JourneyState, Redemption, Ticket

__all__ = ["Change", "Origin", "Refusal", "Target", "apply", "targets_of"]


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
        case TicketRedeemed() | CheckedIn():
            return _of_journey(body)
        case _ if isinstance(body, OrderEvent):
            return _of_order(body)
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
        case Ticket() | Journey():
            return _redeem(record, event, origin) if isinstance(record, Ticket) else _advance(record, event)
        case PickupOrder():
            return move_order(record, event)
        case Case():
            return _handle(record, event, origin)
        case Subject():
            return _decline(record, event)
        case _:
            return Refusal.NOT_FOUND


def _of_journey(body: TicketRedeemed | CheckedIn) -> tuple[Target, ...]:
    journeys = () if body.journey is None else (Target(Collection.JOURNEYS, body.journey),)
    return journeys if isinstance(body, CheckedIn) else (Target(Collection.TICKETS, body.ticket), *journeys)


def _of_order(body: OrderEvent) -> tuple[Target, ...]:
    first = Target(Collection.ORDERS, body.order)
    case = body.case if isinstance(body, PromiseKept) else None
    return (first,) if case is None else (first, Target(Collection.CASES, case))


def _open_case(event: Event, body: HelpCalled, origin: Origin) -> Case:
    lang, about = body.lang, body.about
    return Case(body.case, origin.site, body.kind, origin.device, body.place, event.at, lang=lang, about=about)


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
    gate = event.body.gate if isinstance(event.body, CheckedIn) else journey.gate
    return msgspec.structs.replace(journey, state=goal, last_event=event.id, gate=gate)


def _decline(subject: Subject, event: Event) -> Change:
    if not isinstance(event.body, OfferDeclined):
        return Refusal.WRONG_STATE
    if event.body.offer in subject.declined:
        return subject
    return msgspec.structs.replace(subject, declined=(*subject.declined, event.body.offer))


_UNSOLVED = frozenset({CaseState.OPEN, CaseState.ROUTED, CaseState.IN_HAND})
_CASE_MOVES: dict[type[EventBody], tuple[frozenset[CaseState], CaseState]] = {
    HelpTaken: (frozenset({CaseState.OPEN, CaseState.ROUTED}), CaseState.IN_HAND),
    HelpGiven: (_UNSOLVED, CaseState.FIXED),
    PromiseKept: (_UNSOLVED, CaseState.FIXED),
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
