"""Board and desk: what everyone may see, and what staff do."""

import msgspec

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.code import Code, Symbology
from kiosk.model.command import ChooseLanguage, CloseCase, HandOver, ReadyOrder, StartOrder, TakeCase, UndoOrder
from kiosk.model.event import OrderHandedOver, OrderStarted, OrderUndone
from kiosk.model.ids import CaseId, DeviceId, EpochMs, HubVersion, Lang, MonotonicMs, OrderId, PlaceId, SiteId
from kiosk.model.order import OrderState, PickupOrder, PromiseState
from kiosk.model.outcome import Outcome
from kiosk.model.records import Collection
from kiosk.model.ticket import DepartureState
from kiosk.model.view import BoardView, DeskView, OrderAct
from kiosk.session.parts import Presented, Shown
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import MINUTE, NOW, House, anna, code_for, order_for, sailing

BOARD, DESK = "terminal-board-1", "shop-desk-1"


def desk_view(house: House) -> DeskView:
    view = house.give()
    assert isinstance(view, DeskView)
    return view


def queue(house: House) -> PickupOrder:
    shopper = anna("shop")
    order = order_for(shopper, "pickup-desk")
    house.bring(shopper, order)
    return order


def test_a_board_shows_numbers_and_departures_and_never_a_name(open_house: Open) -> None:
    house = open_house(BOARD)
    subject = anna()
    waiting, ready = order_for(subject, "shop-desk"), order_for(subject, "shop-desk", number="A18")
    ready = msgspec.structs.replace(ready, id=OrderId("00000000000000c2"), state=OrderState.READY, ready_at=NOW)
    house.bring(subject, waiting, ready, sailing(60), sailing(12))
    view = house.views[-1]
    assert isinstance(view, BoardView)
    assert (view.preparing, view.ready) == (("A17",), ("A18",))
    assert [line.urgent for line in view.departures] == [True, False]
    assert view.departures[1].time == "17:00"
    assert view.clock == "16:00"
    assert "Anna" not in repr(view)


def test_a_board_tells_delays_and_lets_what_has_left_go(open_house: Open) -> None:
    house = open_house(BOARD)
    late = msgspec.structs.replace(sailing(60), expected_at=EpochMs(NOW + 75 * MINUTE))
    cancelled = msgspec.structs.replace(sailing(30), state=DepartureState.CANCELLED)
    house.bring(late, cancelled, sailing(-9), sailing(-11))
    view = house.views[-1]
    assert isinstance(view, BoardView)
    assert [(line.state, line.expected) for line in view.departures] == [
        ("Departed", ""),
        ("Cancelled", ""),
        ("Delayed", "17:15"),
    ]


def test_a_board_sends_nobody_to_the_gate_of_what_is_cancelled(open_house: Open) -> None:
    house = open_house(BOARD)
    house.bring(sailing(60), msgspec.structs.replace(sailing(30), state=DepartureState.CANCELLED))
    view = house.views[-1]
    assert isinstance(view, BoardView)
    assert [(line.state, line.off, bool(line.gate)) for line in view.departures] == [
        ("Cancelled", True, False),
        ("On time", False, True),
    ]


def test_the_desk_lists_orders_by_the_time_left_to_the_promise(open_house: Open) -> None:
    house = open_house(DESK)
    shopper = anna("shop")
    later, sooner = order_for(shopper, "pickup-desk", 40), order_for(shopper, "pickup-desk", 4, "A18")
    sooner = msgspec.structs.replace(sooner, id=OrderId("00000000000000c2"))
    house.bring(shopper, later, sooner)
    lines = desk_view(house).lines
    assert [(line.number, line.minutes_left, line.promise) for line in lines] == [
        ("A18", 4, PromiseState.DUE_SOON),
        ("A17", 40, PromiseState.MADE),
    ]
    assert lines[0].customer == "Anna K."
    assert lines[0].articles == "2 × Coffee"


def test_an_order_goes_its_way_at_the_desk_and_back(open_house: Open) -> None:
    house = open_house(DESK)
    order = queue(house)
    assert desk_view(house).lines[0].acts == (OrderAct.START,)
    house.tap(StartOrder(order.id))
    assert desk_view(house).lines[0].acts == (OrderAct.READY, OrderAct.UNDO)
    house.tap(ReadyOrder(order.id))
    assert desk_view(house).lines[0].promise is PromiseState.KEPT
    house.tap(HandOver(order.id))
    view = desk_view(house)
    assert view.lines == ()
    assert view.done[0].acts == (OrderAct.FAULTY, OrderAct.UNDO)
    house.tap(UndoOrder(order.id))
    assert desk_view(house).lines[0].state is OrderState.READY
    assert [type(body) for body in house.events()][-2:] == [OrderHandedOver, OrderUndone]


def test_the_customers_code_hands_over_and_the_answer_is_reported(open_house: Open) -> None:
    house = open_house(DESK)
    order = queue(house)
    house.tap(ReadyOrder(order.id))
    at = MonotonicMs(house.clock.mono_ms)
    code = Code(code_for(anna("shop")), Symbology.QR, "zxing", at, at)
    view = house.give(Presented(code))
    assert isinstance(view, DeskView)
    assert view.notice is not None
    assert view.notice.step is not None
    assert view.notice.step.outcome is Outcome.HANDED_OVER
    assert view.done[0].highlighted
    assert view.notice.scan is not None
    before = len(house.events())
    house.give(Shown(view.notice.scan, at))
    assert len(house.events()) == before + 1
    house.clock.advance(30_000)
    assert desk_view(house).notice is None


def test_an_act_that_somebody_else_was_quicker_with_is_told_not_lost(open_house: Open) -> None:
    house = open_house(DESK)
    order = queue(house)
    house.bring(msgspec.structs.replace(order, state=OrderState.HANDED_OVER))
    house.tap(StartOrder(order.id))
    notice = desk_view(house).notice
    assert notice is not None
    assert notice.text
    assert OrderStarted not in [type(body) for body in house.events()]


def test_a_call_for_help_is_taken_and_closed(open_house: Open) -> None:
    house = open_house(DESK)
    case = Case(CaseId("k1"), SiteId("shop"), CaseKind.QUESTION, DeviceId("shop-kiosk-1"), PlaceId("entrance"), NOW)
    house.bring(case)
    line = desk_view(house).cases[0]
    assert (line.in_hand, line.minutes) == (False, 0)
    house.tap(TakeCase(case.id))
    assert desk_view(house).cases[0].in_hand
    house.tap(CloseCase(case.id))
    assert desk_view(house).cases == ()
    stored = house.store.get(Collection.CASES, case.id)
    assert isinstance(stored, Case)
    assert (stored.state, stored.owner) == (CaseState.FIXED, "shop-desk-1")


def test_the_desk_says_how_many_changes_have_waited_for_the_hub_for_some_seconds(open_house: Open) -> None:
    """Each waits for a moment; a mark that came and went with every tap would only disturb."""
    house = open_house(DESK)
    order = queue(house)
    _confirm_all(house)
    desk_view(house)
    house.tap(StartOrder(order.id))
    assert desk_view(house).waiting_events == 0
    house.clock.advance(4_999)
    house.tap(ReadyOrder(order.id))
    assert desk_view(house).waiting_events == 0
    house.clock.advance(1)
    assert desk_view(house).waiting_events == 2
    _confirm_all(house)
    assert desk_view(house).waiting_events == 0
    house.tap(UndoOrder(order.id))
    assert desk_view(house).waiting_events == 0


def _confirm_all(house: House) -> None:
    marks = house.agent.outbox.marks()
    assert house.agent.outbox.mark_acked(marks.epoch, marks.last, HubVersion(1))


def test_staff_change_the_language_of_their_desk(open_house: Open) -> None:
    house = open_house(DESK)
    view = house.tap(ChooseLanguage(Lang("sv")))
    assert isinstance(view, DeskView)
    assert view.lang == "sv"
    unchanged = house.tap(ChooseLanguage(Lang("xx")))
    assert isinstance(unchanged, DeskView)
    assert unchanged.lang == "sv"


def test_what_a_scan_came_to_is_not_shown_any_longer_once_it_is_undone(open_house: Open) -> None:
    house = open_house(DESK)
    order = queue(house)
    house.tap(ReadyOrder(order.id))
    at = MonotonicMs(house.clock.mono_ms)
    house.give(Presented(Code(code_for(anna("shop")), Symbology.QR, "zxing", at, at)))
    house.tap(UndoOrder(order.id))
    assert desk_view(house).notice is None
