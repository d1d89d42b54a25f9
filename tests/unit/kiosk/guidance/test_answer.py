"""From a row to the finished answer: its texts, its time, the pickups, and the same for the ear."""

import msgspec
import pytest

from kiosk.guidance import Facts
from kiosk.model.ids import DeviceId, EpochMs, EventId, OrderId, PlaceId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Moment
from kiosk.model.step import ActionKind, PickupLine, Tone
from kiosk.model.ticket import Decision, Redemption
from tests.fakes.packs import NOW, a_departure, a_ticket, an_order, minutes, small_pack
from tests.unit.kiosk.guidance.harbour import CHECKED_IN, DESK, EN, a_row, facts_with, guide_of

_REDEEMED = msgspec.structs.replace(
    a_ticket(),
    redemption=Redemption(EventId("e"), DeviceId("gate-1"), EpochMs(NOW - minutes(7)), Decision.SITE_CONFIRMED),
)


def test_a_step_says_what_where_by_when_and_the_way() -> None:
    step = guide_of().step(CHECKED_IN, EN)
    assert (step.tone, step.row, step.message, step.lang) == (Tone.GO, "named", "named", EN)
    assert (step.headline, step.detail, step.why) == (
        "Hello, Anna K.",
        "Walk to Gate 7, Gate 7",
        "MS Aallotar to Tallinn",
    )
    assert (step.lead, step.place, step.place_id) == ("Next:", "Gate 7", PlaceId("gate"))
    assert (step.when, step.deadline) == ("Departs 19:00", CHECKED_IN.now + minutes(60))
    assert step.actions == (ActionKind.CALL_HELP, ActionKind.READ_ALOUD)
    assert step.pack == small_pack().version


def test_a_step_is_read_aloud_as_sentences_with_signs_and_distance() -> None:
    step = guide_of().step(CHECKED_IN, EN)
    assert step.speech == (
        "Hello, Anna K. Walk to Gate 7, Gate 7. MS Aallotar to Tallinn. Next: Gate 7. Departs 19:00. "
        "65 metres. Go 35 metres, signs Gates. By stairs to level 2. Go: Gate 7 25 metres."
    )


def test_a_text_for_the_ear_replaces_those_for_the_eye() -> None:
    assert guide_of().step(facts_with(outcome=Outcome.INFORMED), EN).speech == "Please ask us in the hall."


def test_the_plural_form_follows_the_minutes() -> None:
    step = guide_of().step(facts_with(name="", departure=a_departure(in_minutes=1)), EN)
    assert step.headline == "One minute left"


def test_pickups_are_told_by_the_first_line_that_holds_the_most_pressing_first() -> None:
    orders = (
        an_order("A3", OrderState.PREPARING),
        an_order("A2", OrderState.READY),
        an_order("A1", OrderState.READY, place="moon"),
        an_order("A0", OrderState.HANDED_OVER),
        an_order("A9", OrderState.ACCEPTED),
    )
    step = guide_of().step(facts_with(orders=orders), EN)
    assert step.pickups == (
        PickupLine("A1", "Coming", "by 18:20", Tone.WAIT),
        PickupLine("A2", "Ready", "Shop", Tone.GO),
        PickupLine("A3", "Coming", "by 18:20", Tone.WAIT),
    )
    assert step.speech.endswith("A2: Ready, Shop. A3: Coming, by 18:20.")


def test_an_answer_about_one_order_lists_the_others() -> None:
    orders = (an_order("A1", OrderState.PREPARING), an_order("A2", OrderState.READY))
    step = guide_of().step(facts_with(outcome=Outcome.INFORMED, orders=orders), EN)
    assert [line.number for line in step.pickups] == ["A1"]


def test_all_orders_that_one_scan_handed_over_are_told() -> None:
    orders = (
        an_order("A2", OrderState.HANDED_OVER, moved=0),
        an_order("A1", OrderState.HANDED_OVER, moved=0),
        an_order("A0", OrderState.HANDED_OVER, moved=-60),
        an_order("A5", OrderState.PREPARING),
    )
    step = guide_of(DESK).step(facts_with(outcome=Outcome.HANDED_OVER, orders=orders), EN)
    assert step.headline == "A2 A1, A2 1"
    assert step.detail == "2 × Coffee, Jam, 2 × Coffee, Jam to the shop Shop"
    assert step.place == "Shop"
    assert step.way is not None


@pytest.mark.parametrize(
    ("moment", "facts", "time"),
    [
        (Moment.DEPARTS, CHECKED_IN, "19:00"),
        (Moment.CHECK_IN_CLOSES, CHECKED_IN, "18:30"),
        (Moment.GATE_CLOSES, CHECKED_IN, "18:50"),
        (Moment.NEXT_DEPARTS, facts_with(next_departure=a_departure(180)), "21:00"),
        (Moment.ORDER_DUE, facts_with(orders=(an_order("A1", OrderState.READY),)), "18:20"),
        (Moment.VALID_FROM, CHECKED_IN, "08:00"),
        (Moment.VALID_UNTIL, CHECKED_IN, "04:00"),
        (Moment.USED, facts_with(ticket=_REDEEMED), "17:53"),
        (Moment.COLLECTED, facts_with(orders=(an_order("A1", OrderState.HANDED_OVER, moved=-3),)), "17:57"),
        (Moment.DATA_AS_OF, CHECKED_IN, "18:00"),
    ],
)
def test_a_row_can_speak_of_each_moment_once_it_is_known(moment: Moment, facts: Facts, time: str) -> None:
    guide = guide_of(rows=[a_row(time="time", moment=moment.value), a_row(id="other")])
    step = guide.step(facts, EN)
    assert (step.row, step.when, step.deadline) == ("only", f"Departs {time}", None)
    assert guide.step(Facts(NOW, Outcome.CHECKED_IN), EN).row == "other"


def test_a_late_departure_puts_off_its_gate_and_check_in() -> None:
    late = msgspec.structs.replace(a_departure(), expected_at=EpochMs(NOW + minutes(85)))
    for moment, time in (("gate_closes", "19:15"), ("check_in_closes", "18:55"), ("departs", "19:25")):
        step = guide_of(rows=[a_row(time="time", moment=moment)]).step(facts_with(departure=late), EN)
        assert step.when == f"Departs {time}"


def test_the_named_order_is_the_one_spoken_of() -> None:
    orders = (an_order("A1", OrderState.READY), an_order("A2", OrderState.PREPARING))
    facts = facts_with(outcome=Outcome.HANDED_OVER, orders=orders, focus=OrderId("o-A2"))
    assert (
        guide_of(rows=[a_row(message="order", place="@order")])
        .step(msgspec.structs.replace(facts, outcome=Outcome.INFORMED), EN)
        .headline.startswith("A2 A2")
    )
