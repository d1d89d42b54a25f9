"""An order from its start to its handover: every step from every state, what is refused, and what can be undone."""

from itertools import product

import pytest

from kiosk.model.changes import Refusal, apply
from kiosk.model.event import CustomerArrived, OrderHandedOver, OrderReadied, OrderStarted, OrderUndone
from kiosk.model.ids import EventId
from kiosk.model.order import COLLECTABLE, WAITING, OrderState, PickupOrder
from tests.unit.kiosk.model.samples import HERE, NOW, ORDER, REDEEM, event, order_after, order_in

MOVES = {
    OrderStarted: (WAITING, OrderState.PREPARING),
    OrderReadied: (WAITING | {OrderState.PREPARING, OrderState.PARTIAL, OrderState.PROBLEM}, OrderState.READY),
    OrderHandedOver: (COLLECTABLE, OrderState.HANDED_OVER),
}


@pytest.mark.parametrize(("kind", "state"), list(product(MOVES, OrderState)))
def test_staffs_steps_from_every_state(
    kind: type[OrderStarted | OrderReadied | OrderHandedOver], state: OrderState
) -> None:
    """Allowed where the table says so, refused everywhere else; the step and the state before it are noted."""
    allowed, goal = MOVES[kind]
    change = apply(order_in(state), event(kind(ORDER.id)), HERE)
    if state not in allowed:
        assert change is Refusal.WRONG_STATE
        return
    assert isinstance(change, PickupOrder)
    assert change.state is goal
    assert [(mark.event, mark.at, mark.before) for mark in change.history] == [("e1", NOW, state)]
    assert change.ready_at == (NOW if kind is OrderReadied else None)


@pytest.mark.parametrize("state", OrderState)
def test_a_customer_arrives_in_every_state(state: OrderState) -> None:
    """Ready: the order waits for the handover. Too early: the desk is told. Otherwise there is nothing to collect."""
    change = apply(order_in(state), event(CustomerArrived(ORDER.id)), HERE)
    if state is OrderState.READY:
        assert isinstance(change, PickupOrder)
        assert (change.state, change.arrived_at) == (OrderState.CUSTOMER_ARRIVED, NOW)
    elif state in WAITING | {OrderState.PREPARING}:
        assert isinstance(change, PickupOrder)
        assert (change.state, change.arrived_at, change.history) == (state, NOW, ())
    else:
        assert change is Refusal.WRONG_STATE


def test_an_early_customer_is_remembered() -> None:
    """Once ready, the order is at once one whose customer is here; arriving twice changes nothing."""
    early = order_after(event(CustomerArrived(ORDER.id), "e1", NOW - 60_000))
    assert apply(early, event(CustomerArrived(ORDER.id), "e2"), HERE) is early
    ready = order_after(event(OrderReadied(ORDER.id), "e3"), start=early)
    assert (ready.state, ready.arrived_at, ready.ready_at) == (OrderState.CUSTOMER_ARRIVED, NOW - 60_000, NOW)


def test_the_last_step_can_be_undone() -> None:
    """And the one before it after that; a promise that was kept by mistake is open again."""
    started, readied = event(OrderStarted(ORDER.id), "e1"), event(OrderReadied(ORDER.id), "e2", NOW + 1)
    handed = event(OrderHandedOver(ORDER.id), "e3", NOW + 2)
    order = order_after(started, readied, handed)
    order = order_after(event(OrderUndone(ORDER.id, handed.id), "u1"), start=order)
    assert (order.state, order.ready_at) == (OrderState.READY, NOW + 1)
    order = order_after(event(OrderUndone(ORDER.id, readied.id), "u2"), start=order)
    assert (order.state, order.ready_at) == (OrderState.PREPARING, None)
    assert order_after(event(OrderUndone(ORDER.id, started.id), "u3"), start=order) == ORDER


def test_an_arrival_undone_is_no_arrival() -> None:
    """The desk does not go on seeing a customer who is not here."""
    ready = order_after(event(OrderReadied(ORDER.id), "e1"))
    arrived = order_after(event(CustomerArrived(ORDER.id), "e2"), start=ready)
    assert order_after(event(OrderUndone(ORDER.id, EventId("e2")), "u"), start=arrived) == ready


@pytest.mark.parametrize("undoes", ["e1", "nothing"])
def test_only_the_last_step_can_be_undone(undoes: str) -> None:
    """Two desks: the one that undoes what the other has built upon is refused."""
    order = order_after(event(OrderStarted(ORDER.id), "e1"), event(OrderReadied(ORDER.id), "e2"))
    assert apply(order, event(OrderUndone(ORDER.id, EventId(undoes)), "u"), HERE) is Refusal.NOTHING_TO_UNDO
    assert apply(ORDER, event(OrderUndone(ORDER.id, EventId(undoes)), "u"), HERE) is Refusal.NOTHING_TO_UNDO


def test_an_order_takes_no_other_records_events() -> None:
    """A ticket's event does not move an order."""
    assert apply(ORDER, event(REDEEM), HERE) is Refusal.WRONG_STATE
