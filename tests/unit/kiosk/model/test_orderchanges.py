"""Partly handed over, postponed, called; something faulty, swapped or with a promise of a call that is kept or broken."""

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.case import Case, CaseKind, CaseState, case_of_broken_promise
from kiosk.model.changes import Target, apply, targets_of
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import (
    CheckedIn,
    CustomerCalled,
    Event,
    EventBody,
    FaultReported,
    HelpCalled,
    ItemSwapped,
    OrderHandedOver,
    OrderPartlyHandedOver,
    OrderPostponed,
    OrderReadied,
    OrderUndone,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
)
from kiosk.model.ids import EpochMs, EventId, JourneyId, Lang, PlaceId, SubjectId, TicketId
from kiosk.model.order import COLLECTABLE, CallPromise, OrderState, PickupOrder, PromiseState, call_promise_of, ready_by
from kiosk.model.records import Collection
from kiosk.model.refusal import Refusal
from kiosk.model.ticket import Journey
from tests.unit.kiosk.model.samples import CASE, HERE, NOW, ORDER, SITE, THERE, event, order_after, order_in

MINUTE = 60_000
DUE = EpochMs(NOW + 30 * MINUTE)
GIVEN = order_in(OrderState.HANDED_OVER)
FAULT = FaultReported(ORDER.id)
PROMISE = PromiseMade(ORDER.id, DUE)
BROKEN = PromiseBroken(ORDER.id)
KEPT = PromiseKept(ORDER.id)


def faulty() -> PickupOrder:
    return order_after(event(FAULT, "f"), start=GIVEN)


def promised() -> PickupOrder:
    return order_after(event(PROMISE, "p"), start=faulty())


def undone(name: str) -> Event:
    return event(OrderUndone(ORDER.id, EventId(name)), f"u-{name}")


def refused(order: PickupOrder, body: EventBody, at: int = NOW) -> bool:
    return isinstance(apply(order, event(body, "x", at), HERE), Refusal)


MOVES = {
    CustomerCalled: ({OrderState.READY, OrderState.CUSTOMER_ARRIVED}, OrderState.CALLED),
    OrderPartlyHandedOver: (COLLECTABLE, OrderState.PARTIAL),
    FaultReported: ({OrderState.HANDED_OVER}, OrderState.PROBLEM),
}


@pytest.mark.parametrize(("kind", "state"), list(product(MOVES, OrderState)))
def test_each_step_from_every_state(
    kind: type[CustomerCalled | OrderPartlyHandedOver | FaultReported], state: OrderState
) -> None:
    """Allowed where the table says so, refused everywhere else; undone, the order is what it was."""
    allowed, goal = MOVES[kind]
    if state not in allowed:
        assert refused(order_in(state), kind(ORDER.id))
        return
    moved = order_after(event(kind(ORDER.id), "m"), start=order_in(state))
    assert moved.state is goal
    assert order_after(undone("m"), start=moved) == order_in(state)


def test_the_rest_of_an_order_is_still_owed() -> None:
    """What was handed over in part is no kept promise before the rest is there."""
    ready = order_after(event(OrderReadied(ORDER.id), "r", NOW - MINUTE))
    part = order_after(event(OrderPartlyHandedOver(ORDER.id), "h"), start=ready)
    rest = order_after(event(OrderReadied(ORDER.id), "r2", NOW + MINUTE), start=part)
    assert (part.state, rest.state, rest.ready_at) == (OrderState.PARTIAL, OrderState.READY, NOW + MINUTE)
    assert order_after(undone("r2"), start=rest).ready_at is None


def test_an_honest_later_time_does_not_move_the_promise() -> None:
    """It is told beside it, the last one counts, and an order that is ready has none."""
    later = order_after(event(OrderPostponed(ORDER.id, DUE)), start=order_in(OrderState.PREPARING))
    assert (later.due_at, ready_by(later), ready_by(ORDER)) == (ORDER.due_at, DUE, ORDER.due_at)
    assert later.history == ()
    assert apply(later, event(OrderPostponed(ORDER.id, DUE)), HERE) is later
    assert refused(order_in(OrderState.READY), OrderPostponed(ORDER.id, DUE))


def test_something_faulty_is_swapped_on_the_spot() -> None:
    """The order is handed over again, and it stays known that it was faulty."""
    swapped = order_after(event(ItemSwapped(ORDER.id), "s"), start=faulty())
    assert (swapped.state, swapped.fault_at) == (OrderState.HANDED_OVER, NOW)
    assert order_after(undone("s"), start=swapped) == faulty()
    assert order_after(undone("f"), start=faulty()) == GIVEN
    assert refused(order_in(OrderState.PROBLEM), ItemSwapped(ORDER.id))


def test_a_new_one_made_ready_is_collected_anew() -> None:
    """Who brought the old one back has gone home since."""
    went_home = msgspec.structs.replace(faulty(), arrived_at=NOW)
    assert order_after(event(OrderReadied(ORDER.id), "r"), start=went_home).state is OrderState.READY


def test_a_promise_is_kept_in_time_or_late() -> None:
    """It has a due time, one outcome, and can be undone on either side of it."""
    assert promised().call == CallPromise(DUE, NOW, EventId("p"))
    assert call_promise_of(faulty(), NOW) is None
    for at, state in ((NOW, PromiseState.MADE), (DUE - MINUTE, PromiseState.DUE_SOON), (DUE + 1, PromiseState.BROKEN)):
        assert call_promise_of(promised(), EpochMs(at)) is state
    for at, state in ((DUE, PromiseState.KEPT), (DUE + 1, PromiseState.KEPT_LATE)):
        kept = order_after(event(KEPT, "k", at), start=promised())
        assert (kept.state, call_promise_of(kept, EpochMs(DUE + MINUTE))) == (OrderState.HANDED_OVER, state)
        assert order_after(undone("k"), start=kept) == promised()
    assert order_after(undone("p"), start=promised()) == faulty()


def test_there_is_one_promise_at_a_time() -> None:
    """A second one would hide the first; without one there is nothing to keep; what was kept is not kept again."""
    assert refused(promised(), PROMISE)
    assert refused(faulty(), KEPT)
    kept = order_after(event(KEPT, "k"), start=promised())
    assert refused(kept, KEPT)
    again = order_after(event(FAULT, "f2"), event(PROMISE, "p2"), start=kept)
    assert again.call == CallPromise(DUE, NOW, EventId("p2"))


def test_a_promise_settled_in_another_way_is_withdrawn() -> None:
    """Nobody waits for the call once the thing is swapped."""
    swapped = order_after(event(ItemSwapped(ORDER.id), "s"), start=promised())
    assert call_promise_of(swapped, EpochMs(DUE + 1)) is PromiseState.WITHDRAWN


def test_a_promise_is_broken_once_its_time_has_passed() -> None:
    """Not before; the first device to see it counts; then it can't be taken back, only kept late."""
    assert refused(promised(), BROKEN, DUE)
    assert refused(faulty(), BROKEN, DUE + 1)
    broken = order_after(event(BROKEN, "b", DUE + 1), start=promised())
    assert broken.call is not None
    assert (broken.state, broken.call.broken_at) == (OrderState.PROBLEM, DUE + 1)
    assert apply(broken, event(BROKEN, "b2", DUE + 9), THERE) is broken
    assert apply(broken, undone("p"), HERE) is Refusal.NOTHING_TO_UNDO
    late = order_after(event(KEPT, "k", DUE + MINUTE), start=broken)
    assert call_promise_of(late, EpochMs(DUE + MINUTE)) is PromiseState.KEPT_LATE
    assert refused(late, BROKEN, DUE + 2 * MINUTE)


def test_a_broken_promise_becomes_one_case_and_the_call_settles_it() -> None:
    """Two desks that see the time pass open the same case, about the order; the late call closes it."""
    key = case_of_broken_promise(ORDER.id, NOW)
    assert key == case_of_broken_promise(ORDER.id, NOW) != case_of_broken_promise(ORDER.id, DUE)
    opened = HelpCalled(key, CaseKind.CLAIM, PlaceId("desk"), Lang("et"), Ref(RefKind.ORDER, ORDER.id))
    case = apply(None, event(opened), HERE)
    assert isinstance(case, Case)
    assert (case.kind, case.about) == (CaseKind.CLAIM, Ref(RefKind.ORDER, ORDER.id))
    assert apply(case, event(opened, "other"), THERE) is case
    settled = apply(case, event(PromiseKept(ORDER.id, key)), HERE)
    assert isinstance(settled, Case)
    assert (settled.state, settled.owner) == (CaseState.FIXED, HERE.device)


def test_what_they_touch() -> None:
    """The order decides; a promise kept late touches its case too."""
    assert targets_of(KEPT) == (Target(Collection.ORDERS, ORDER.id),)
    both = Target(Collection.ORDERS, ORDER.id), Target(Collection.CASES, CASE.id)
    assert targets_of(PromiseKept(ORDER.id, CASE.id)) == both


def test_check_in_remembers_the_gate_that_was_told() -> None:
    """So that a gate that moves later is known to have moved for this person."""
    journey = Journey(JourneyId("j"), SubjectId("s"), SITE, "ferry")
    after = apply(journey, event(CheckedIn(journey.id, TicketId("t"), PlaceId("gate-7"))), HERE)
    assert isinstance(after, Journey)
    assert after.gate == "gate-7"


BODIES: tuple[EventBody, ...] = (
    *(kind(ORDER.id) for kind in (OrderReadied, CustomerCalled, OrderHandedOver, OrderPartlyHandedOver, ItemSwapped)),
    *(OrderPostponed(ORDER.id, DUE), FAULT, PROMISE, KEPT, BROKEN),
)
bodies = st.one_of(st.sampled_from(BODIES), st.integers(0, 9).map(lambda n: OrderUndone(ORDER.id, EventId(f"e{n}"))))


@given(st.sampled_from(OrderState), st.lists(st.tuples(bodies, st.integers(0, 20)), max_size=10))
def test_a_promise_never_goes_without_an_outcome(state: OrderState, story: list[tuple[EventBody, int]]) -> None:
    """Whatever happens in whatever order: once broken it stays counted, and every promise is somewhere."""
    order, at = order_in(state), NOW
    for number, (body, minutes) in enumerate(story):
        at = EpochMs(at + minutes * MINUTE)
        after = apply(order, event(body, f"e{number}", at), HERE)
        if isinstance(after, Refusal):
            continue
        assert isinstance(after, PickupOrder)
        if order.call is not None and order.call.broken_at is not None and not isinstance(body, PromiseMade):
            assert after.call is not None
            assert after.call.broken_at == order.call.broken_at
        assert (after.call is None) == (call_promise_of(after, at) is None)
        order = after
