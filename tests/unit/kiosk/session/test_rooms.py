"""Views from records alone are those that the sessions make from their stores."""

import msgspec
import pytest

from kiosk.i18n import Texts
from kiosk.model.ids import DeviceId, EpochMs, Lang, MessageKey, OrderId, PackVersion
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.scene import Room
from kiosk.model.step import Step, Tone
from kiosk.model.view import BoardView, DeskView, Freshness, OrderAct
from kiosk.session.rooms import room_view
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import MINUTE, NOW, anna, demo_pack, order_for, sailing

CURRENT = Freshness(connected=True, as_of=None)


def test_a_board_of_records_is_the_board_of_a_store(open_house: Open) -> None:
    house = open_house("terminal-board-1")
    orders = (
        order_for(anna(), "shop-desk"),
        msgspec.structs.replace(order_for(anna(), "shop-desk", 5, "A18"), id=OrderId("c2"), state=OrderState.READY),
    )
    departures = (sailing(60), msgspec.structs.replace(sailing(12), expected_at=EpochMs(NOW + 40 * MINUTE)))
    house.bring(anna(), *orders, *departures)
    shown = house.views[-1]
    assert isinstance(shown, BoardView)
    room = Room(demo_pack("terminal"), DeviceId("terminal-board-1"), shown.lang, orders, departures, shown.freshness)
    assert room_view(room, NOW, Texts({})) == shown


def test_a_desk_of_records_is_the_desk_of_a_store(open_house: Open) -> None:
    house = open_house("shop-desk-1")
    order = order_for(anna("shop"), "pickup-desk", 4)
    house.bring(anna("shop"), order)
    shown = house.give()
    assert isinstance(shown, DeskView)
    room = Room(demo_pack("shop"), DeviceId("shop-desk-1"), shown.lang, (order,), (), CURRENT, "Anna K.")
    made = room_view(room, NOW, Texts({}))
    assert isinstance(made, DeskView)
    assert (made.lines, made.done, made.title, made.clock) == (shown.lines, shown.done, shown.title, shown.clock)
    assert made.notice is None


def test_a_desk_s_scan_marks_its_orders_and_answers_beside_the_queue() -> None:
    handed_over = msgspec.structs.replace(order_for(anna("shop"), "pickup-desk"), state=OrderState.HANDED_OVER)
    step = Step(Outcome.HANDED_OVER, Tone.GO, Lang("en"), MessageKey("x"), "x", PackVersion("x"), "Hand over A17")
    room = Room(demo_pack("shop"), DeviceId("shop-desk-1"), Lang("en"), (handed_over,), (), CURRENT, step=step)
    made = room_view(room, NOW, Texts({}))
    assert isinstance(made, DeskView)
    assert made.notice is not None
    assert made.notice.step == step
    assert [(line.highlighted, line.acts) for line in made.done] == [(True, (OrderAct.FAULTY,))]


def test_a_pack_that_is_none_is_told() -> None:
    room = Room(b"{}", DeviceId("x"), Lang("en"), (), (), CURRENT)
    with pytest.raises(ValueError, match="format None"):
        room_view(room, NOW, Texts({}))
    with pytest.raises(ValueError, match="names no touchpoint x"):
        room_view(msgspec.structs.replace(room, pack=demo_pack("shop")), NOW, Texts({}))
