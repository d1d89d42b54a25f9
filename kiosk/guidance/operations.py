"""What a touchpoint does with what it recognised: check in, admit, hand over, or guide. Facts in, verdict out.

The words that people read are the content pack's; the rules here are the ones that a ticket or an order itself carries:
whether it is valid, for here, for now, and not yet used.
"""

from collections.abc import Callable

import msgspec

from kiosk.model.customer import RefKind, Subject
from kiosk.model.event import CheckedIn, CustomerArrived, EventBody, OrderHandedOver, TicketRedeemed
from kiosk.model.ids import EpochMs
from kiosk.model.order import COLLECTABLE, OPEN, WAITING, OrderState, PickupOrder
from kiosk.model.outcome import Operation, Outcome
from kiosk.model.ticket import (
    Decision,
    Departure,
    DepartureState,
    Entitlement,
    Journey,
    JourneyState,
    Ticket,
)


class Recognised(msgspec.Struct, frozen=True):
    """Who or what a code stands for. `orders` are the subject's, or the one order that was shown.

    With `problem` the code itself settles the outcome (forged, unknown, …) and the rest may be empty. `live` says that
    the code was a rotating one, drawn just now.
    """

    problem: Outcome | None = None
    shown: RefKind | None = None
    subject: Subject | None = None
    ticket: Ticket | None = None
    journey: Journey | None = None
    departure: Departure | None = None
    orders: tuple[PickupOrder, ...] = ()
    live: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What it came to, and the events that make it so."""

    outcome: Outcome
    bodies: tuple[EventBody, ...] = ()


def operate(operation: Operation, recognised: Recognised, now: EpochMs) -> Verdict:
    """The verdict of `operation` on `recognised` at `now`."""
    if recognised.problem is not None:
        return Verdict(recognised.problem)
    return _OPERATIONS[operation](recognised, now)


_SURENESS = (Decision.OFFLINE_PROVISIONAL, Decision.SITE_CONFIRMED, Decision.ONLINE_CONFIRMED)


def decided(verdict: Verdict, sure: Decision, needed: Decision) -> Verdict:
    """The verdict once it is known how `sure` its redemption is; `DATA_TOO_OLD` where that is less than `needed`."""
    if _SURENESS.index(sure) < _SURENESS.index(needed):
        return Verdict(Outcome.DATA_TOO_OLD)
    bodies = tuple(
        msgspec.structs.replace(body, decision=sure) if isinstance(body, TicketRedeemed) else body
        for body in verdict.bodies
    )
    return Verdict(verdict.outcome, bodies)


def next_ticket(tickets: tuple[Ticket, ...], now: EpochMs) -> Ticket | None:
    """The ticket that its owner means: the first to be used of those valid now, else the next one, else the last."""
    usable = [ticket for ticket in tickets if ticket.state is Entitlement.VALID]
    current = [ticket for ticket in usable if ticket.valid_from <= now < ticket.valid_until]
    coming = [ticket for ticket in usable if ticket.valid_from > now]
    for choice in (current, coming):
        if choice:
            return min(choice, key=lambda ticket: (ticket.valid_until, ticket.id))
    return max(tickets, key=lambda ticket: (ticket.valid_until, ticket.id), default=None)


def _ticket_problem(ticket: Ticket, now: EpochMs) -> Outcome | None:
    if ticket.state in {Entitlement.REVOKED, Entitlement.ANNULLED}:
        return Outcome.REVOKED
    if ticket.state is Entitlement.BLOCKED:
        return Outcome.BLOCKED
    if now < ticket.valid_from:
        return Outcome.WRONG_DAY
    if now >= ticket.valid_until:
        return Outcome.EXPIRED
    return None


def _code_problem(recognised: Recognised, ticket: Ticket) -> Outcome | None:
    """A picture of a ticket is none where only its rotating code counts. What is known by another code is not shown."""
    if ticket.rotating and recognised.shown is RefKind.TICKET and not recognised.live:
        return Outcome.OLD_PICTURE
    return None


_CLOSED = frozenset({DepartureState.GATE_CLOSED, DepartureState.DEPARTED, DepartureState.CANCELLED})


def _closed(departure: Departure | None, now: EpochMs, *, for_check_in: bool) -> bool:
    if departure is None:
        return False
    delay = 0 if departure.expected_at is None else max(0, departure.expected_at - departure.departs_at)
    limit = departure.check_in_until if for_check_in else departure.gate_closes_at
    return departure.state in _CLOSED or now >= limit + delay


def _check_in(recognised: Recognised, now: EpochMs) -> Verdict:
    ticket, journey = recognised.ticket, recognised.journey
    if ticket is None or journey is None:
        return _guide(recognised, now)
    problem = _ticket_problem(ticket, now) or _code_problem(recognised, ticket)
    if problem is not None:
        return Verdict(problem)
    if journey.state is JourneyState.BOOKED:
        if _closed(recognised.departure, now, for_check_in=True):
            return Verdict(Outcome.TOO_LATE)
        gate = None if recognised.departure is None else recognised.departure.gate
        return Verdict(Outcome.CHECKED_IN, (CheckedIn(journey.id, ticket.id, gate),))
    if journey.state is JourneyState.CHECKED_IN and _closed(recognised.departure, now, for_check_in=False):
        return Verdict(Outcome.TOO_LATE)
    return Verdict(Outcome.INFORMED)


def _admit(recognised: Recognised, now: EpochMs) -> Verdict:
    ticket = recognised.ticket
    if ticket is None or recognised.shown is not RefKind.TICKET:
        return Verdict(Outcome.INFORMED)
    # One used elsewhere comes down from the hub as redeemed, without the redemption itself.
    if ticket.redemption is not None or ticket.state is Entitlement.REDEEMED:
        return Verdict(Outcome.ALREADY_USED)
    problem = _ticket_problem(ticket, now) or _code_problem(recognised, ticket)
    if problem is not None:
        return Verdict(problem)
    if _closed(recognised.departure, now, for_check_in=False):
        return Verdict(Outcome.TOO_LATE)
    journey = recognised.journey
    if journey is not None and journey.state is JourneyState.BOOKED:
        return Verdict(Outcome.NOT_CHECKED_IN)
    # Until `decided` it is the device's own word; the hub keeps every attempt and settles a race by its first commit.
    redeemed = TicketRedeemed(ticket.id, Decision.OFFLINE_PROVISIONAL, None if journey is None else journey.id)
    return Verdict(Outcome.ADMITTED, (redeemed,))


def _hand_over(recognised: Recognised, now: EpochMs) -> Verdict:
    del now  # an order does not expire by the clock: staff decide
    ready = [order for order in recognised.orders if order.state in COLLECTABLE]
    if ready:
        return Verdict(Outcome.HANDED_OVER, tuple(OrderHandedOver(order.id) for order in ready))
    waiting = [order for order in recognised.orders if order.state in OPEN]
    if waiting:
        return Verdict(Outcome.NOT_READY, _arrivals(waiting))
    return _closed_orders(recognised)


def _guide(recognised: Recognised, now: EpochMs) -> Verdict:
    del now
    open_orders = [order for order in recognised.orders if order.state in OPEN]
    arrivals = _arrivals(open_orders)
    if arrivals:
        return Verdict(Outcome.ARRIVED, arrivals)
    return Verdict(Outcome.INFORMED) if open_orders else _closed_orders(recognised)


def _closed_orders(recognised: Recognised) -> Verdict:
    if recognised.shown is not RefKind.ORDER:
        return Verdict(Outcome.INFORMED)
    states = {order.state for order in recognised.orders}
    if OrderState.CANCELLED in states:
        return Verdict(Outcome.REVOKED)
    return Verdict(Outcome.EXPIRED if OrderState.NOT_COLLECTED in states else Outcome.ALREADY_USED)


_AWAITED = WAITING | {OrderState.PREPARING, OrderState.READY}
"""Whose customer's coming is news; about what is faulty or was handed over in part they come to ask."""


def _arrivals(orders: list[PickupOrder]) -> tuple[EventBody, ...]:
    return tuple(CustomerArrived(order.id) for order in orders if order.arrived_at is None and order.state in _AWAITED)


_OPERATIONS: dict[Operation, Callable[[Recognised, EpochMs], Verdict]] = {
    Operation.CHECK_IN: _check_in,
    Operation.ADMIT: _admit,
    Operation.HAND_OVER: _hand_over,
    Operation.GUIDE: _guide,
}
