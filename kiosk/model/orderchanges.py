"""What an event does to a pickup order: from announced to handed over, faults and promises included. Total, as `changes`."""

from msgspec.structs import replace

from kiosk.model.event import (
    CustomerArrived,
    CustomerCalled,
    Event,
    EventBody,
    FaultReported,
    ItemSwapped,
    OrderHandedOver,
    OrderPartlyHandedOver,
    OrderPostponed,
    OrderReadied,
    OrderStarted,
    OrderUndone,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
)
from kiosk.model.ids import EpochMs
from kiosk.model.order import COLLECTABLE, WAITING, CallPromise, OrderMark, OrderState, PickupOrder
from kiosk.model.refusal import Refusal

OrderEvent = (
    OrderStarted
    | OrderReadied
    | CustomerArrived
    | CustomerCalled
    | OrderHandedOver
    | OrderPartlyHandedOver
    | OrderPostponed
    | OrderUndone
    | FaultReported
    | ItemSwapped
    | PromiseMade
    | PromiseKept
    | PromiseBroken
)
"""All that an order takes; each names it by `order`."""
_UNREADY = WAITING | {OrderState.PREPARING, OrderState.PARTIAL}
_FAULTY = frozenset({OrderState.PROBLEM})
_MOVES: dict[type[EventBody], tuple[frozenset[OrderState], OrderState]] = {
    OrderStarted: (WAITING, OrderState.PREPARING),
    OrderReadied: (_UNREADY | _FAULTY, OrderState.READY),
    CustomerArrived: (frozenset({OrderState.READY}), OrderState.CUSTOMER_ARRIVED),
    CustomerCalled: (frozenset({OrderState.READY, OrderState.CUSTOMER_ARRIVED}), OrderState.CALLED),
    OrderHandedOver: (COLLECTABLE, OrderState.HANDED_OVER),
    OrderPartlyHandedOver: (COLLECTABLE, OrderState.PARTIAL),
    FaultReported: (frozenset({OrderState.HANDED_OVER}), OrderState.PROBLEM),
    ItemSwapped: (_FAULTY, OrderState.HANDED_OVER),
    PromiseMade: (_FAULTY, OrderState.PROBLEM),
    PromiseKept: (_FAULTY, OrderState.HANDED_OVER),
}


def move_order(order: PickupOrder, event: Event) -> PickupOrder | Refusal:
    """The order after `event` (the same object when nothing changed), or why it was refused."""
    if any(mark.event == event.id for mark in order.history):
        return order
    match event.body:
        case OrderUndone():
            return _undo(order, event.body)
        case OrderPostponed() | PromiseBroken():
            return _noted_only(order, event.at, event.body)
        case CustomerArrived() if order.state not in COLLECTABLE:
            return _note_arrival(order, event)
    move = _MOVES.get(type(event.body))
    if move is None or order.state not in move[0] or not _fits(order, event.body):
        return Refusal.WRONG_STATE
    mark = OrderMark(event.id, event.at, order.state)
    return _noted(replace(order, state=move[1], history=(*order.history, mark)), event)


def _noted(order: PickupOrder, event: Event) -> PickupOrder:
    """The moved order with what else its step says."""
    match event.body:
        case OrderReadied():
            # Who brought something back has gone home since: they come anew for what replaces it.
            waits = order.arrived_at is not None and order.fault_at is None
            return replace(order, ready_at=event.at, state=OrderState.CUSTOMER_ARRIVED if waits else order.state)
        case CustomerArrived():
            return replace(order, arrived_at=event.at)
        case FaultReported():
            return replace(order, fault_at=event.at)
        case PromiseMade(due_at=due_at):
            return replace(order, call=CallPromise(due_at, event.at, event.id))
        case PromiseKept() if order.call is not None:
            return replace(order, call=replace(order.call, kept_at=event.at))
        case _:
            return order


def _fits(order: PickupOrder, body: EventBody) -> bool:
    """Whether there is a fault to settle, or a promise to keep; one promise at a time."""
    is_open = order.call is not None and order.call.kept_at is None
    match body:
        case ItemSwapped():
            return order.fault_at is not None
        case PromiseMade():
            return not is_open
        case PromiseKept():
            return is_open
        case _:
            return True


def _noted_only(order: PickupOrder, at: EpochMs, body: OrderPostponed | PromiseBroken) -> PickupOrder | Refusal:
    """What moves nothing: another time, or that a time has passed."""
    if isinstance(body, PromiseBroken):
        return _break(order, at)
    if order.state not in _UNREADY | _FAULTY:
        return Refusal.WRONG_STATE
    return order if order.expected_at == body.ready_by else replace(order, expected_at=body.ready_by)


def _break(order: PickupOrder, at: EpochMs) -> PickupOrder | Refusal:
    """Every device that sees the time pass says so; the first one counts."""
    call = order.call
    if call is None or call.kept_at is not None or order.state not in _FAULTY or at <= call.due_at:
        return Refusal.WRONG_STATE
    return order if call.broken_at is not None else replace(order, call=replace(call, broken_at=at))


def _note_arrival(order: PickupOrder, event: Event) -> PickupOrder | Refusal:
    """A customer who is early moves nothing yet, but the desk is told."""
    if order.state not in WAITING | {OrderState.PREPARING} or order.arrived_at is not None:
        return order if order.arrived_at is not None else Refusal.WRONG_STATE
    return replace(order, arrived_at=event.at)


def _undo(order: PickupOrder, body: OrderUndone) -> PickupOrder | Refusal:
    if not order.history or order.history[-1].event != body.undoes:
        return Refusal.NOTHING_TO_UNDO
    last = order.history[-1]
    if order.call is not None and order.call.event == last.event and order.call.broken_at is not None:
        # A broken promise has its outcome: it can't be made never to have been.
        return Refusal.NOTHING_TO_UNDO
    was_unready = last.before in _UNREADY | _FAULTY and order.state in COLLECTABLE
    arrival_undone = last.before is OrderState.READY and order.state is OrderState.CUSTOMER_ARRIVED
    return replace(
        order,
        state=last.before,
        history=order.history[:-1],
        ready_at=None if was_unready else order.ready_at,
        arrived_at=None if arrival_undone else order.arrived_at,
        fault_at=None if last.before is OrderState.HANDED_OVER else order.fault_at,
        call=_call_before(order, last),
    )


def _call_before(order: PickupOrder, last: OrderMark) -> CallPromise | None:
    """The promise as it was before the last step made or kept it."""
    call = order.call
    if call is None or call.event == last.event:
        return None
    return replace(call, kept_at=None) if call.kept_at == last.at and last.before in _FAULTY else call
