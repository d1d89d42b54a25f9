"""One line of the desk's queue: an order with its promise and what can be done with it."""

from kiosk.guidance import Guide
from kiosk.model.customer import Subject
from kiosk.model.ids import MS_PER_MINUTE, EpochMs
from kiosk.model.order import COLLECTABLE, WAITING, OrderState, PickupOrder, promise_of
from kiosk.model.records import Collection
from kiosk.model.view import DeskLine, OrderAct
from kiosk.store import DeviceStore


def desk_line(
    store: DeviceStore, guide: Guide | None, order: PickupOrder, now: EpochMs, *, highlighted: bool
) -> DeskLine:
    """The line of `order`; the customer's name is for the staff's eyes only."""
    subject = store.get(Collection.SUBJECTS, order.subject)
    due_soon = 5 if guide is None else guide.settings.due_soon_min
    return DeskLine(
        order=order.id,
        number=order.number,
        customer=store.name_of(subject) if isinstance(subject, Subject) else "",
        articles=", ".join(f"{line.quantity} × {line.article}" for line in order.lines),
        due="" if guide is None else guide.local_time(order.due_at),
        minutes_left=(order.due_at - now) // MS_PER_MINUTE,
        state=order.state,
        promise=promise_of(order, now, due_soon),
        arrived=order.arrived_at is not None,
        acts=_acts(order),
        highlighted=highlighted,
    )


def _acts(order: PickupOrder) -> tuple[OrderAct, ...]:
    forward: tuple[OrderAct, ...] = ()
    if order.state in WAITING:
        forward = (OrderAct.START,)
    elif order.state in {OrderState.PREPARING, OrderState.PROBLEM}:
        forward = (OrderAct.READY,)
    elif order.state in COLLECTABLE:
        forward = (OrderAct.HAND_OVER,)
    return (*forward, OrderAct.UNDO) if order.history else forward
