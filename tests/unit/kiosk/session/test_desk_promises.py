"""The desk when something was faulty: swapped on the spot, or a call promised that is kept, or broken and then a case."""

from collections.abc import Callable

import msgspec
import pytest

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.code import Code, Symbology
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
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import HelpCalled, PromiseBroken, PromiseKept
from kiosk.model.ids import CaseId, DeviceId, MonotonicMs, OrderId, PlaceId, SiteId
from kiosk.model.order import OrderState, PickupOrder, PromiseState
from kiosk.model.outcome import Outcome
from kiosk.model.records import Collection
from kiosk.model.view import DeskLine, DeskView, OrderAct
from kiosk.session.parts import Presented
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import MINUTE, NOW, House, anna, code_for, order_for
from tests.unit.kiosk.session.test_board_desk import DESK, desk_view, queue

HOUR = 60 * MINUTE


def at_desk(open_house: Open, *commands: Callable[[OrderId], Command]) -> tuple[House, PickupOrder]:
    house = open_house(DESK)
    order = queue(house)
    for command in commands:
        house.tap(command(order.id))
    return house, order


def given(open_house: Open, *commands: Callable[[OrderId], Command]) -> tuple[House, PickupOrder]:
    return at_desk(open_house, StartOrder, ReadyOrder, HandOver, *commands)


def first(house: House) -> DeskLine:
    return desk_view(house).lines[0]


def case_of(house: House) -> Case:
    (case,) = (each for each in house.store.all(Collection.CASES) if isinstance(each, Case))
    return case


def test_something_faulty_comes_back_into_the_queue_and_is_swapped(open_house: Open) -> None:
    """It stands on top, says what it is, and one tap settles it; another takes that back."""
    house, order = given(open_house, ReportFault)
    line = first(house)
    assert (line.faulty, line.call, line.acts) == (True, False, (OrderAct.SWAP, OrderAct.PROMISE, OrderAct.UNDO))
    house.tap(SwapItem(order.id))
    assert desk_view(house).lines == ()
    assert desk_view(house).done[0].acts == (OrderAct.FAULTY, OrderAct.UNDO)
    house.tap(UndoOrder(order.id))
    assert first(house).faulty


def test_a_promised_call_is_a_line_with_the_time_left_and_is_kept_with_one_tap(open_house: Open) -> None:
    """Within the time that the site's pack says."""
    house, order = given(open_house, ReportFault, PromiseCall)
    line = first(house)
    assert (line.call, line.promise, line.minutes_left) == (True, PromiseState.MADE, 60)
    assert line.acts == (OrderAct.KEEP, OrderAct.SWAP, OrderAct.UNDO)
    house.clock.advance(57 * MINUTE)
    assert (first(house).promise, first(house).minutes_left) == (PromiseState.DUE_SOON, 3)
    house.tap(KeepPromise(order.id))
    assert desk_view(house).lines == ()
    assert not house.store.all(Collection.CASES)


def test_a_promise_whose_time_passes_is_counted_once_and_becomes_a_case(open_house: Open) -> None:
    """By itself, at that moment; it can't be undone, and it says what it is about."""
    house, _ = given(open_house, ReportFault, PromiseCall)
    house.clock.advance(HOUR + 1)
    view = desk_view(house)
    assert (view.lines[0].promise, view.lines[0].acts) == (PromiseState.BROKEN, (OrderAct.KEEP, OrderAct.SWAP))
    (case,) = view.cases
    assert (case.kind, case.of, case.about, case.in_hand) == (CaseKind.CLAIM, RefKind.ORDER, "A17", False)
    house.clock.advance(MINUTE)
    assert len(desk_view(house).cases) == 1
    counted = [body for body in house.events() if isinstance(body, PromiseBroken | HelpCalled)]
    assert [type(body) for body in counted] == [PromiseBroken, HelpCalled]


@pytest.mark.parametrize("answered_by", ["the line", "the case"])
def test_the_late_call_settles_the_promise_and_its_case_together(open_house: Open, answered_by: str) -> None:
    """From whichever of the two staff come; neither stays open without the other."""
    house, order = given(open_house, ReportFault, PromiseCall)
    house.clock.advance(HOUR + 5 * MINUTE)
    key = desk_view(house).cases[0].case
    house.tap(TakeCase(key))
    house.tap(KeepPromise(order.id) if answered_by == "the line" else CloseCase(key))
    view = desk_view(house)
    assert (view.lines, view.cases) == ((), ())
    assert case_of(house).state is CaseState.FIXED
    kept = house.store.get(Collection.ORDERS, order.id)
    assert isinstance(kept, PickupOrder)
    assert kept.call is not None
    assert kept.call.broken_at is not None
    assert PromiseKept(order.id, key) in house.events()


def test_a_desk_that_was_off_counts_what_broke_meanwhile(open_house: Open) -> None:
    """And one that another desk has counted is not counted again."""
    house, order = given(open_house, ReportFault, PromiseCall)
    due = house.store.get(Collection.ORDERS, order.id)
    assert isinstance(due, PickupOrder)
    assert due.call is not None
    counted = msgspec.structs.replace(due.call, broken_at=due.call.due_at)
    house.bring(msgspec.structs.replace(due, call=counted), version=9)
    house.clock.advance(3 * HOUR)
    desk_view(house)
    assert PromiseBroken not in [type(body) for body in house.events()]


def test_what_was_handed_over_long_ago_is_brought_back_by_its_code(open_house: Open) -> None:
    """Its line is there to say that it is faulty, without a way to take the handing over back."""
    house, order = given(open_house)
    house.clock.advance(5 * HOUR)
    assert desk_view(house).done == ()
    at = MonotonicMs(house.clock.mono_ms)
    view = house.give(Presented(Code(code_for(order, site="shop"), Symbology.QR, "zxing", at, at)))
    assert isinstance(view, DeskView)
    assert view.notice is not None
    assert view.notice.step is not None
    assert view.notice.step.outcome is Outcome.ALREADY_USED
    assert (view.done[0].number, view.done[0].acts) == ("A17", (OrderAct.FAULTY,))


def test_an_order_in_parts_and_a_customer_called(open_house: Open) -> None:
    """The rest is still owed, with a later time where staff give one."""
    house, order = at_desk(open_house, StartOrder, ReadyOrder, CallCustomer)
    assert first(house).state is OrderState.CALLED
    house.tap(HandOverPart(order.id))
    house.clock.advance(2 * HOUR)
    assert (first(house).state, first(house).promise) == (OrderState.PARTIAL, PromiseState.BROKEN)
    assert first(house).acts == (OrderAct.READY, OrderAct.LATER, OrderAct.UNDO)
    house.tap(Postpone(order.id))
    assert first(house).later == "18:15"


def test_a_contradiction_is_shown_as_what_it_is(open_house: Open) -> None:
    """Its kind, and the number of the order that two desks handed over."""
    house, order = at_desk(open_house)
    about = Ref(RefKind.ORDER, order.id)
    where = SiteId("shop"), CaseKind.CONTRADICTION, DeviceId("shop-desk-1"), PlaceId("pickup-desk")
    house.bring(Case(CaseId("k1"), *where, NOW, about=about))
    line = desk_view(house).cases[0]
    assert (line.kind, line.of, line.about) == (CaseKind.CONTRADICTION, RefKind.ORDER, "A17")


def test_the_most_pressing_promise_comes_first(open_house: Open) -> None:
    """Who stands here with something faulty waits for nothing else."""
    house, order = given(open_house, ReportFault)
    sooner = msgspec.structs.replace(order_for(anna("shop"), "pickup-desk", 4, "A18"), id=OrderId("00000000000000c2"))
    house.bring(sooner, version=3)
    assert [line.number for line in desk_view(house).lines] == [order.number, "A18"]
