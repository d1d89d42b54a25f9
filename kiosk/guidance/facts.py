"""What is known when a step is decided, and the document that conditions read."""

from typing import Any, NewType

import msgspec

from kiosk.model.customer import Subject
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, OrderId, PlaceId
from kiosk.model.order import COLLECTABLE, OPEN, WAITING, OrderState, PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.pathway import PathwayState
from kiosk.model.ticket import Departure, Journey, Ticket

Minutes = NewType("Minutes", int)

_PRESSING = (
    COLLECTABLE,
    frozenset({OrderState.PARTIAL, OrderState.PROBLEM}),
    frozenset({OrderState.PREPARING}),
    WAITING,
)
"""Groups of order states, those that need the customer most first."""
_ONE_SCAN_MS = 1000
"""Orders handed over within this time of each other were handed over by one scan."""


class Facts(msgspec.Struct, frozen=True):
    """Everything that a step depends on, as it is after the scan's operation.

    `orders` are the subject's; `focus` names the one that the scan was about, and without it the most pressing open
    one counts. `next_departure` is the next one that a late passenger could take. `name` is the short name to greet,
    empty when there is none. `as_of` is when the hub was last heard. `pathways` are the ways that the site says are
    open or closed just now; `offers` is whether the person may be offered anything; `ahead` is how many customers came
    before this one and still wait at the same place.
    """

    now: EpochMs
    outcome: Outcome
    ticket: Ticket | None = None
    journey: Journey | None = None
    departure: Departure | None = None
    orders: tuple[PickupOrder, ...] = ()
    subject: Subject | None = None
    name: str = ""
    connected: bool = True
    as_of: EpochMs | None = None
    focus: OrderId | None = None
    next_departure: Departure | None = None
    pathways: tuple[PathwayState, ...] = ()
    offers: bool = True
    ahead: int = 0

    @property
    def step_free(self) -> bool | None:
        """Whether ways must be step-free; None when nobody is known."""
        if self.ticket is not None and self.ticket.step_free:
            return True
        if self.subject is not None:
            return self.subject.step_free
        return None if self.ticket is None else False


def open_orders(facts: Facts) -> tuple[PickupOrder, ...]:
    """The subject's open orders, the most pressing first."""
    return tuple(sorted((order for order in facts.orders if order.state in OPEN), key=_pressing))


def focus_order(facts: Facts) -> PickupOrder | None:
    """The order that the answer is about: the named one, the one just handed over, the most pressing open one, or
    the last one closed.
    """
    for order in facts.orders:
        if order.id == facts.focus:
            return order
    handed_over = [order for order in facts.orders if order.state is OrderState.HANDED_OVER]
    if facts.outcome is Outcome.HANDED_OVER and handed_over:
        return max(handed_over, key=_closed_last)
    pressing = open_orders(facts)
    return pressing[0] if pressing else max(facts.orders, key=_closed_last, default=None)


def said_orders(facts: Facts) -> tuple[PickupOrder, ...]:
    """The orders that the answer speaks of: all that this scan handed over, else the one in focus."""
    focus = focus_order(facts)
    if focus is None or facts.outcome is not Outcome.HANDED_OVER:
        return () if focus is None else (focus,)
    together = (
        order
        for order in facts.orders
        if order.state is OrderState.HANDED_OVER and abs(last_moved(order) - last_moved(focus)) <= _ONE_SCAN_MS
    )
    return tuple(sorted(together, key=lambda order: order.number))


def last_moved(order: PickupOrder) -> EpochMs:
    """When an order last changed its state here, 0 when nobody has noted it."""
    return order.history[-1].at if order.history else EpochMs(0)


def expected(departure: Departure) -> EpochMs:
    """When a departure is now expected to leave."""
    return departure.departs_at if departure.expected_at is None else departure.expected_at


def with_delay(moment: EpochMs, departure: Departure) -> EpochMs:
    """A planned time before a departure, put off as long as the departure itself is late."""
    return EpochMs(moment + max(0, expected(departure) - departure.departs_at))


def moved_from(facts: Facts) -> PlaceId | None:
    """The gate that the person was sent to at check-in, where the departure leaves from another one now."""
    told = None if facts.journey is None else facts.journey.gate
    return told if facts.departure is not None and told != facts.departure.gate else None


def minutes_until(moment: EpochMs | None, now: EpochMs) -> Minutes | None:
    """Whole minutes from `now` to `moment`, rounded down, negative once it has passed."""
    return None if moment is None else Minutes((moment - now) // MS_PER_MINUTE)


def nested(flat: dict[str, Any], unknown: str) -> dict[str, Any]:
    """The document for conditions: `a.b` becomes `b` in `a`, None becomes `unknown`."""
    document: dict[str, Any] = {}
    for name, value in flat.items():
        group, _, leaf = name.rpartition(".")
        target = document.setdefault(group, {}) if group else document
        target[leaf] = unknown if value is None else value
    return document


def _pressing(order: PickupOrder) -> tuple[int, EpochMs, str]:
    rank = next(rank for rank, states in enumerate(_PRESSING) if order.state in states)
    return rank, order.due_at, order.number


def _closed_last(order: PickupOrder) -> tuple[EpochMs, str]:
    return last_moved(order), order.number
