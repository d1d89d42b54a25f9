"""Pickup orders and the promise that each one carries."""

from enum import StrEnum

import msgspec

from kiosk.model.ids import MS_PER_MINUTE, EpochMs, EventId, OrderId, PlaceId, SiteId, SubjectId


class OrderState(StrEnum):
    """The life of a pickup order; it is complete only after the handover."""

    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    PREPARING = "preparing"
    READY = "ready"
    CUSTOMER_ARRIVED = "customer_arrived"
    CALLED = "called"
    HANDING_OVER = "handing_over"
    HANDED_OVER = "handed_over"
    PARTIAL = "partial"
    NOT_COLLECTED = "not_collected"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    PROBLEM = "problem"


WAITING = frozenset({OrderState.ANNOUNCED, OrderState.ACCEPTED})
COLLECTABLE = frozenset({OrderState.READY, OrderState.CUSTOMER_ARRIVED, OrderState.CALLED, OrderState.HANDING_OVER})
OPEN = WAITING | COLLECTABLE | {OrderState.PREPARING, OrderState.PARTIAL, OrderState.PROBLEM}


class OrderLine(msgspec.Struct, frozen=True):
    """One article and how many of it."""

    article: str
    quantity: int


class OrderMark(msgspec.Struct, frozen=True):
    """One step in an order's history: the event that moved it, when, and the state before it."""

    event: EventId
    at: EpochMs
    before: OrderState


class PickupOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order that is collected here. `number` is what boards show; `due_at` is the promise."""

    id: OrderId
    number: str
    subject: SubjectId
    site: SiteId
    due_at: EpochMs
    place: PlaceId
    state: OrderState = OrderState.ACCEPTED
    lines: tuple[OrderLine, ...] = ()
    arrived_at: EpochMs | None = None
    ready_at: EpochMs | None = None
    history: tuple[OrderMark, ...] = ()


class PromiseState(StrEnum):
    """Where a promise stands."""

    MADE = "made"
    DUE_SOON = "due_soon"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


def promise_of(order: PickupOrder, now: EpochMs, due_soon_minutes: int = 5) -> PromiseState:
    """Where the promise "ready by `due_at`" stands at `now`."""
    if order.state is OrderState.CANCELLED:
        return PromiseState.WITHDRAWN
    if order.ready_at is not None:
        return PromiseState.KEPT if order.ready_at <= order.due_at else PromiseState.KEPT_LATE
    if now > order.due_at:
        return PromiseState.BROKEN
    if order.due_at - now <= due_soon_minutes * MS_PER_MINUTE:
        return PromiseState.DUE_SOON
    return PromiseState.MADE
