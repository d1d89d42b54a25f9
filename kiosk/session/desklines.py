"""One line of the desk's queue: an order with its promise and what can be done with it."""

from kiosk.guidance import Guide
from kiosk.model.customer import Subject
from kiosk.model.ids import MS_PER_MINUTE, EpochMs
from kiosk.model.order import WAITING, OrderState, PickupOrder, call_promise_of, promise_of, ready_by
from kiosk.model.pack import Settings
from kiosk.model.records import Collection
from kiosk.model.view import DeskLine
from kiosk.session.deskacts import acts_of
from kiosk.store import DeviceStore

_OWED = WAITING | {OrderState.PREPARING, OrderState.PARTIAL, OrderState.PROBLEM}


def desk_line(
    store: DeviceStore, guide: Guide | None, order: PickupOrder, now: EpochMs, *, highlighted: bool
) -> DeskLine:
    """The line of `order` with its customer's name from the store."""
    subject = store.get(Collection.SUBJECTS, order.subject)
    name = store.name_of(subject) if isinstance(subject, Subject) else ""
    return line_of(order, guide, now, name, highlighted=highlighted)


def line_of(order: PickupOrder, guide: Guide | None, now: EpochMs, customer: str, *, highlighted: bool) -> DeskLine:
    """The line of `order`; the `customer`'s name is for the staff's eyes only.

    The promise that it shows is the one that is owed now: of a call, where one was promised, else of the order itself.
    """
    settings = Settings() if guide is None else guide.settings
    call = call_promise_of(order, now, settings.due_soon_min) if order.state is OrderState.PROBLEM else None
    due_at = owed_at(order)
    later = ready_by(order) if order.expected_at is not None and order.state in _OWED and call is None else None
    return DeskLine(
        order=order.id,
        number=order.number,
        customer=customer,
        articles=", ".join(f"{line.quantity} × {line.article}" for line in order.lines),
        due="" if guide is None else guide.local_time(due_at),
        minutes_left=(due_at - now) // MS_PER_MINUTE,
        state=order.state,
        promise=promise_of(order, now, settings.due_soon_min) if call is None else call,
        arrived=order.arrived_at is not None and order.fault_at is None,
        acts=acts_of(order, now, settings),
        highlighted=highlighted,
        later="" if guide is None or later is None else guide.local_time(later),
        faulty=order.fault_at is not None and order.state is OrderState.PROBLEM,
        call=call is not None,
    )


def owed_at(order: PickupOrder) -> EpochMs:
    """When the desk owes something for an order: the promised call, else, for what is faulty, at once, else the order."""
    if order.state is not OrderState.PROBLEM or order.fault_at is None:
        return order.due_at
    return order.fault_at if order.call is None or order.call.kept_at is not None else order.call.due_at
