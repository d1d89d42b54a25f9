"""What changes after somebody has come: a gate that moves, a queue, a place that no map has."""

from typing import Any

import msgspec

from kiosk.model.ids import EpochMs, OrderId, PlaceId, SubjectId
from kiosk.model.order import OrderState
from kiosk.model.view import BoardView
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import anna, boarding, code_for, order_for, sailing


def test_who_was_sent_to_another_gate_is_told_that_it_moved(open_house: Open) -> None:
    """The gate told at check-in is remembered with the journey; the board needs no such memory."""
    house = open_house("terminal-kiosk-1")
    ticket = boarding(house)
    assert house.show(code_for(ticket)).step.place == "Gate 7"
    house.bring(msgspec.structs.replace(sailing(60), gate=PlaceId("gate-5")), version=9)
    step = house.show(code_for(ticket)).step
    assert (step.message, step.place) == ("moved", "Gate 5")
    assert step.detail == "No longer Gate 7. The new gate: Gate 5."


def test_a_board_says_what_everyone_should_know(open_house: Open) -> None:
    """The pack's hint for it, in the board's language."""
    house = open_house("terminal-board-1")
    view = house.views[-1]
    assert isinstance(view, BoardView)
    assert view.notice == "Welcome to the terminal"


def test_an_order_at_a_place_that_the_pack_does_not_know_is_answered_with_its_state(open_house: Open) -> None:
    """No scan without an answer: not "welcome", but that it is ready, and who says where."""
    house = open_house("shop-kiosk-1")
    shopper = anna("shop")
    order = msgspec.structs.replace(order_for(shopper, "moon"), state=OrderState.READY)
    house.bring(shopper, order)
    step = house.show(code_for(order, site="shop")).step
    assert (step.row, step.place) == ("k-ready-any", "Customer service")
    assert order.number in step.headline


def test_who_comes_second_is_told_how_many_wait_before(open_house: Open) -> None:
    """Others at the same place who came earlier; who waits elsewhere, or came later, does not count."""
    house = open_house("shop-kiosk-1")
    shopper = anna("shop")
    mine = msgspec.structs.replace(order_for(shopper, "pickup-desk"), state=OrderState.READY)
    waiting: dict[str, Any] = {"state": OrderState.CUSTOMER_ARRIVED, "subject": SubjectId("00000000000000bb")}
    before = msgspec.structs.replace(mine, id=OrderId("00000000000000d1"), arrived_at=EpochMs(1), **waiting)
    elsewhere = msgspec.structs.replace(before, id=OrderId("00000000000000d2"), place=PlaceId("service"))
    house.bring(shopper, mine, before, elsewhere)
    step = house.show(code_for(mine, site="shop")).step
    assert (step.row, step.detail) == ("k-queue", "Waiting before you: 1. We will call you.")
