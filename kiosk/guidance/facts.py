"""What is known when a step is decided, and the document that conditions read."""

from typing import Any, NewType

import msgspec

from kiosk.model.customer import Subject
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, OrderId
from kiosk.model.order import COLLECTABLE, OPEN, WAITING, OrderState, PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.ticket import Departure, Journey, Ticket

Minutes = NewType("Minutes", int)

_PRESSING = (
    COLLECTABLE,
    frozenset({OrderState.PARTIAL, OrderState.PROBLEM}),
    frozenset({OrderState.PREPARING}),
    WAITING,
)
"""Groups of order states, those that need the customer most first."""


class Facts(msgspec.Struct, frozen=True):
    """Everything that a step depends on, as it is after the scan's operation.

    `orders` are the subject's; `focus` names the one that the scan was about, and without it the most pressing open
    one counts. `next_departure` is the next one that a late passenger could take. `name` is the short name to greet,
    empty when there is none. `as_of` is when the hub was last heard.
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
    """The order that the answer is about: the named one, the most pressing open one, or the last one closed."""
    for order in facts.orders:
        if order.id == facts.focus:
            return order
    pressing = open_orders(facts)
    if pressing:
        return pressing[0]
    return max(facts.orders, key=_last_moved, default=None)


def expected(departure: Departure) -> EpochMs:
    """When a departure is now expected to leave."""
    return departure.departs_at if departure.expected_at is None else departure.expected_at


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


def _last_moved(order: PickupOrder) -> tuple[EpochMs, str]:
    return (order.history[-1].at if order.history else EpochMs(0)), order.number
