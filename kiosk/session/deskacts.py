"""What each act of the staff writes down, and which acts an order takes as it stands."""

from collections.abc import Callable

from kiosk.model.case import Case, CaseKind, CaseState, case_of_broken_promise
from kiosk.model.command import (
    CallCustomer,
    CloseCase,
    Command,
    HandOver,
    HandOverPart,
    KeepPromise,
    Postpone,
    PromiseCall,
    ReadyOrder,
    ReportFault,
    StartOrder,
    SwapItem,
    TakeCase,
    UndoOrder,
)
from kiosk.model.customer import RefKind
from kiosk.model.event import (
    CustomerCalled,
    EventBody,
    FaultReported,
    HelpGiven,
    HelpTaken,
    ItemSwapped,
    OrderHandedOver,
    OrderPartlyHandedOver,
    OrderPostponed,
    OrderReadied,
    OrderStarted,
    OrderUndone,
    PromiseKept,
    PromiseMade,
)
from kiosk.model.ids import MS_PER_MINUTE, CaseId, EpochMs, OrderId
from kiosk.model.order import COLLECTABLE, WAITING, OrderState, PickupOrder, call_promise_of, ready_by
from kiosk.model.pack import Settings
from kiosk.model.records import Collection
from kiosk.model.view import OrderAct
from kiosk.store import DeviceStore

UNSOLVED = frozenset({CaseState.OPEN, CaseState.ROUTED, CaseState.IN_HAND})
_Plain = StartOrder | ReadyOrder | HandOver | HandOverPart | CallCustomer | ReportFault | SwapItem
_PLAIN: dict[type[_Plain], Callable[[OrderId], EventBody]] = {
    StartOrder: OrderStarted,
    ReadyOrder: OrderReadied,
    HandOver: OrderHandedOver,
    HandOverPart: OrderPartlyHandedOver,
    CallCustomer: CustomerCalled,
    ReportFault: FaultReported,
    SwapItem: ItemSwapped,
}
_COLLECTING = {
    OrderState.READY: (OrderAct.HAND_OVER, OrderAct.PART),
    OrderState.CUSTOMER_ARRIVED: (OrderAct.HAND_OVER, OrderAct.CALL),
    OrderState.CALLED: (OrderAct.HAND_OVER, OrderAct.PART),
    OrderState.HANDING_OVER: (OrderAct.HAND_OVER, OrderAct.PART),
}


class Acts:
    """Turns the staff's commands into events, from the records as they are now."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store

    def reported(self, command: Command, settings: Settings, now: EpochMs) -> EventBody | None:
        """The event that carries out `command`; None for one that is not the staff's, or has nothing to work on."""
        match command:
            case _ if isinstance(command, _Plain):
                return _PLAIN[type(command)](command.order)
            case Postpone(order=order):
                return OrderPostponed(order, _later(now, settings.later_min))
            case PromiseCall(order=order):
                return PromiseMade(order, _later(now, settings.call_back_min))
            case UndoOrder() | KeepPromise():
                return self._undone(command.order) if isinstance(command, UndoOrder) else self._kept(command.order)
            case TakeCase() | CloseCase():
                return HelpTaken(command.case) if isinstance(command, TakeCase) else self._closed(command.case)
            case _:
                return None

    def _undone(self, key: OrderId) -> EventBody | None:
        order = self._store.get(Collection.ORDERS, key)
        if not isinstance(order, PickupOrder) or not order.history:
            return None
        return OrderUndone(key, order.history[-1].event)

    def _kept(self, key: OrderId) -> EventBody:
        """The promise, and the case that it has become where it was broken before."""
        order = self._store.get(Collection.ORDERS, key)
        if not isinstance(order, PickupOrder) or order.call is None:
            return PromiseKept(key)
        case = self._store.get(Collection.CASES, case_of_broken_promise(key, order.call.made_at))
        return PromiseKept(key, case.id if isinstance(case, Case) and case.state in UNSOLVED else None)

    def _closed(self, key: CaseId) -> EventBody:
        """A claim about a promised call is settled by the call: the promise does not stay without its outcome."""
        case = self._store.get(Collection.CASES, key)
        about = case.about if isinstance(case, Case) and case.kind is CaseKind.CLAIM else None
        if about is not None and about.kind is RefKind.ORDER:
            order = self._store.get(Collection.ORDERS, about.id)
            if isinstance(order, PickupOrder) and order.state is OrderState.PROBLEM and _waits_for_call(order):
                return PromiseKept(order.id, key)
        return HelpGiven(key)


def acts_of(order: PickupOrder, now: EpochMs, settings: Settings) -> tuple[OrderAct, ...]:
    """What can be done with an order now: the next step first, at most one beside it, and the way back."""
    forward = _forward(order, now, settings)
    broken = order.call is not None and order.call.kept_at is None and order.call.broken_at is not None
    return (*forward, OrderAct.UNDO) if order.history and not broken else forward


def _forward(order: PickupOrder, now: EpochMs, settings: Settings) -> tuple[OrderAct, ...]:
    if order.state in COLLECTABLE:
        return _COLLECTING[order.state]
    if order.state is OrderState.HANDED_OVER:
        return (OrderAct.FAULTY,)
    if order.state is OrderState.PROBLEM and order.fault_at is not None:
        return (OrderAct.KEEP, OrderAct.SWAP) if _waits_for_call(order) else (OrderAct.SWAP, OrderAct.PROMISE)
    first = OrderAct.START if order.state in WAITING else OrderAct.READY
    pressing = ready_by(order) - now <= settings.due_soon_min * MS_PER_MINUTE
    return (first, OrderAct.LATER) if pressing else (first,)


def _waits_for_call(order: PickupOrder) -> bool:
    return call_promise_of(order, EpochMs(0)) is not None and order.call is not None and order.call.kept_at is None


def _later(now: EpochMs, minutes: int) -> EpochMs:
    """So many minutes from now, up to the next whole one: nobody is told 16:41:23."""
    moment = now + minutes * MS_PER_MINUTE
    return EpochMs(-(-moment // MS_PER_MINUTE) * MS_PER_MINUTE)
