"""A visit at a kiosk or a gate, from the code to the farewell."""

import msgspec

from kiosk.model.command import CallHelp, KeepScreen
from kiosk.model.event import AnswerShown, CheckedIn, CodeScanned, CustomerArrived, HelpCalled, TicketRedeemed
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.step import Tone
from kiosk.model.ticket import JourneyState
from kiosk.model.view import AnswerView, AttractView
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import NOW, anna, boarding, code_for, order_for

KIOSK, GATE, SHOP = "terminal-kiosk-1", "terminal-gate-1", "shop-kiosk-1"


def test_a_passenger_checks_in_and_is_sent_to_the_gate(open_house: Open) -> None:
    """The first story of all: scan, checked in, the gate, the way there, the time left."""
    house = open_house(KIOSK)
    step = house.show(code_for(boarding(house))).step
    assert (step.outcome, step.tone) == (Outcome.CHECKED_IN, Tone.GO)
    assert "Anna K." in step.detail
    assert "7" in step.place
    assert step.deadline is not None
    assert step.way is not None
    assert len(step.way.line) > 1
    assert house.kinds() == [CheckedIn, CodeScanned]


def test_the_answer_is_reported_once_it_is_on_the_glass(open_house: Open) -> None:
    house = open_house(KIOSK)
    view = house.show(code_for(boarding(house)))
    house.reach_glass(view, after_ms=12)
    shown = house.events()[-1]
    assert isinstance(shown, AnswerShown)
    assert (shown.scan, shown.glass_ms, shown.row) == (view.scan, 12, view.step.row)


def test_a_second_scan_at_the_kiosk_shows_the_gate_again_and_changes_nothing(open_house: Open) -> None:
    house = open_house(KIOSK)
    code = code_for(boarding(house))
    house.show(code)
    again = house.show(code).step
    assert again.outcome is Outcome.INFORMED
    assert "7" in again.place
    assert house.kinds() == [CheckedIn, CodeScanned, CodeScanned]


def test_the_gate_admits_once_and_refuses_the_second_time(open_house: Open) -> None:
    house = open_house(GATE)
    code = code_for(boarding(house, JourneyState.CHECKED_IN))
    assert house.show(code).step.outcome is Outcome.ADMITTED
    refused = house.show(code).step
    assert (refused.outcome, refused.tone) == (Outcome.ALREADY_USED, Tone.STOP)
    assert house.kinds() == [TicketRedeemed, CodeScanned, CodeScanned]


def test_the_gate_sends_one_who_has_not_checked_in_to_the_kiosk(open_house: Open) -> None:
    house = open_house(GATE)
    assert house.show(code_for(boarding(house))).step.outcome is Outcome.NOT_CHECKED_IN


def test_the_screen_clears_by_itself_and_leaves_nothing(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    house.clock.advance(19_000)
    assert isinstance(house.give(), AnswerView)
    house.tap(KeepScreen())
    house.clock.advance(19_000)
    assert isinstance(house.give(), AnswerView)
    house.clock.advance(1_000)
    view = house.give()
    assert isinstance(view, AttractView)
    assert "Anna" not in repr(view)
    assert house.voice.saying is None


def test_a_gate_is_free_for_the_next_one_after_six_seconds(open_house: Open) -> None:
    house = open_house(GATE)
    house.show(code_for(boarding(house, JourneyState.CHECKED_IN)))
    house.clock.advance(6_000)
    assert isinstance(house.give(), AttractView)


def test_help_is_called_once_and_the_desk_is_told_where_and_in_which_language(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    view = house.tap(CallHelp())
    house.tap(CallHelp())
    assert isinstance(view, AnswerView)
    assert view.help_called
    calls = [body for body in house.events() if isinstance(body, HelpCalled)]
    assert [(call.place, call.lang) for call in calls] == [("check-in", "en")]


def test_a_shopper_is_told_the_state_of_the_order_and_the_desk_that_they_are_here(open_house: Open) -> None:
    house = open_house(SHOP)
    shopper = anna("shop")
    house.bring(shopper, order_for(shopper, "pickup-desk"))
    step = house.show(code_for(shopper)).step
    assert step.outcome is Outcome.ARRIVED
    assert [type(body) for body in house.events()].count(CustomerArrived) == 1
    ready = msgspec.structs.replace(order_for(shopper, "pickup-desk"), state=OrderState.READY, ready_at=NOW)
    house.bring(ready)
    assert house.show(code_for(shopper)).step.tone is Tone.GO
