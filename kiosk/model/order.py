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


class CallPromise(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call that the customer was promised by `due_at`. `event` made it here; without one the shop's own system did.

    `broken_at` is when it was counted as broken; a call that comes after that is kept late.
    """

    due_at: EpochMs
    made_at: EpochMs
    event: EventId | None = None
    kept_at: EpochMs | None = None
    broken_at: EpochMs | None = None


class PickupOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order that is collected here. `number` is what boards show; `due_at` is the promise.

    `expected_at` is the honest later time that staff gave, without moving the promise. `fault_at` is when the customer
    brought back something faulty, and `call` what was promised about it.
    """

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
    expected_at: EpochMs | None = None
    fault_at: EpochMs | None = None
    call: CallPromise | None = None


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
    # What is missing from an order that was partly handed over is still owed.
    if order.ready_at is not None and order.state is not OrderState.PARTIAL:
        return PromiseState.KEPT if order.ready_at <= order.due_at else PromiseState.KEPT_LATE
    return _open_promise(order.due_at, now, due_soon_minutes)


def call_promise_of(order: PickupOrder, now: EpochMs, due_soon_minutes: int = 5) -> PromiseState | None:
    """Where the promise of a call stands at `now`; None when there is none."""
    call = order.call
    if call is None:
        return None
    if call.kept_at is not None:
        return PromiseState.KEPT if call.kept_at <= call.due_at else PromiseState.KEPT_LATE
    if order.state is not OrderState.PROBLEM:
        # Settled in another way: nobody waits for the call any more.
        return PromiseState.WITHDRAWN
    return _open_promise(call.due_at, now, due_soon_minutes)


def ready_by(order: PickupOrder) -> EpochMs:
    """When an order will be ready by the last that is known: the honest later time, else the promise."""
    return order.due_at if order.expected_at is None else order.expected_at


def _open_promise(due_at: EpochMs, now: EpochMs, due_soon_minutes: int) -> PromiseState:
    if now > due_at:
        return PromiseState.BROKEN
    return PromiseState.DUE_SOON if due_at - now <= due_soon_minutes * MS_PER_MINUTE else PromiseState.MADE
