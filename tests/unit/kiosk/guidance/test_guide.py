"""From facts to the step: the first row that holds and can be said, with its place, way, time and pickups."""

from typing import Any

import msgspec
import pytest

from kiosk.guidance import Facts, Guide, NotInPack
from kiosk.guidance.guide import LAST_RESORT
from kiosk.model.ids import DeviceId, EpochMs, EventId, Lang, Metres, OrderId, PlaceId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Moment
from kiosk.model.pathway import PathwayState
from kiosk.model.step import ActionKind, PickupLine, Point, Step, Tone, TurnKind
from kiosk.model.ticket import Decision, Redemption
from tests.fakes.packs import (
    NOW,
    SITE,
    a_departure,
    a_journey,
    a_subject,
    a_ticket,
    an_order,
    minutes,
    small_body,
    small_pack,
)

EN, FI = Lang("en"), Lang("fi")
KIOSK, DESK = DeviceId("kiosk-1"), DeviceId("desk-1")
CHECKED_IN = Facts(
    now=NOW,
    outcome=Outcome.CHECKED_IN,
    ticket=a_ticket(),
    journey=a_journey(),
    departure=a_departure(),
    subject=a_subject(),
    name="Anna K.",
    as_of=NOW,
)


def _guide(device: DeviceId = KIOSK, **changes: Any) -> Guide:
    return Guide(small_pack({**small_body(), **changes}), device)


def _with(facts: Facts = CHECKED_IN, **changes: Any) -> Facts:
    return msgspec.structs.replace(facts, **changes)


def _row(**changes: Any) -> dict[str, Any]:
    return {"id": "only", "tone": "info", "message": "plain", **changes}


def test_a_step_says_what_where_by_when_and_the_way() -> None:
    step = _guide().step(CHECKED_IN, EN)
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


def test_the_way_is_drawn_on_the_levels_that_it_touches() -> None:
    way = _guide().step(CHECKED_IN, EN).way
    assert way is not None
    assert way.text == "Stairs to level 2"
    assert (way.width_m, way.height_m) == (Metres(70), Metres(20))
    assert way.line == (Point(5, 5), Point(30, 11), Point(38, 10), Point(42, 10), Point(68, 10))
    assert [shape.label for shape in way.shapes] == ["Shop", ""]
    assert way.distance_m == Metres(67)
    assert way.walking == round(67 / 70 * 60_000)


def test_the_way_on_one_level_is_cropped_to_it() -> None:
    rows = [_row(place="gate")]
    places = [*small_body()["places"], {"id": "lounge", "level": "upper", "x": 50, "y": 14}]
    pathways = [
        *small_body()["pathways"],
        {"id": "w", "start": "lounge", "end": "gate", "mode": "walkway", "length_m": 18.4},
    ]
    touchpoints = [{**small_body()["touchpoints"][0], "place": "lounge"}]
    step = _guide(rows=rows, places=places, pathways=pathways, touchpoints=touchpoints).step(CHECKED_IN, EN)
    assert step.way is not None
    assert (step.way.width_m, step.way.height_m) == (Metres(30), Metres(10))
    assert step.way.line == (Point(10, 9), Point(28, 5))
    assert step.way.text == "20 m, 1 min"


@pytest.mark.parametrize("facts", [_with(ticket=a_ticket(step_free=True)), _with(subject=a_subject(step_free=True))])
def test_who_needs_it_is_led_by_the_lift(facts: Facts) -> None:
    step = _guide().step(facts, EN)
    assert step.way is not None
    assert step.way.text == "Lift to level 2"


def test_a_step_is_read_aloud_as_sentences_with_signs_and_distance() -> None:
    step = _guide().step(CHECKED_IN, EN)
    assert step.speech == (
        "Hello, Anna K. Walk to Gate 7, Gate 7. MS Aallotar to Tallinn. Next: Gate 7. Departs 19:00. "
        "65 metres. Go 35 metres, signs Gates. By stairs to level 2. Go: Gate 7 25 metres."
    )


def test_a_text_for_the_ear_replaces_those_for_the_eye() -> None:
    assert _guide().step(_with(outcome=Outcome.INFORMED), EN).speech == "Please ask us in the hall."


def test_without_a_name_the_row_that_greets_by_name_is_passed_over() -> None:
    step = _guide().step(_with(name=""), EN)
    assert (step.row, step.headline) == ("soon", "60 minutes left")


def test_a_gate_that_the_pack_does_not_know_is_no_place_to_send_to() -> None:
    assert _guide().step(_with(departure=a_departure(gate="gate-99")), EN).row == "soon"


def test_the_plural_form_follows_the_minutes() -> None:
    step = _guide().step(_with(name="", departure=a_departure(in_minutes=1)), EN)
    assert step.headline == "One minute left"


def test_minutes_that_are_past_are_never_told() -> None:
    step = _guide().step(_with(name="", departure=a_departure(in_minutes=-5)), EN)
    assert (step.row, step.headline, step.place) == (LAST_RESORT, "Come: Hall", "Hall")


def test_where_no_row_holds_the_last_resort_answers() -> None:
    step = _guide().step(Facts(NOW, Outcome.FORGED), FI)
    assert (step.row, step.tone, step.headline) == (LAST_RESORT, Tone.INFO, "Tule: Halli")


def test_another_language_is_answered_in_the_packs_main_one() -> None:
    guide = _guide()
    assert guide.step(CHECKED_IN, Lang("de")).lang == FI
    assert guide.attract(Lang("de")) == ("Tervetuloa: Satama", "Näytä koodi")
    assert guide.attract(EN) == ("Welcome to Harbour", "Show a code")
    assert guide.place_name(PlaceId("gate"), Lang("de")) == "Portti 7"


def test_a_place_that_is_not_in_the_pack_is_called_by_its_id() -> None:
    assert _guide().place_name(PlaceId("gate-99"), EN) == "gate-99"
    assert _guide().place_name(PlaceId("core"), EN) == "core"


def test_a_device_that_the_pack_does_not_name_is_told_so() -> None:
    with pytest.raises(NotInPack, match="names no touchpoint kiosk-9"):
        _guide(DeviceId("kiosk-9"))


def test_the_guide_tells_what_the_pack_says_of_its_site() -> None:
    guide = _guide()
    assert guide.pack.site == "harbour"
    assert guide.settings.clear_after_s == 20
    assert guide.languages == (FI, EN)
    assert guide.zone == "Europe/Helsinki"
    assert guide.local_time(NOW) == "18:00"


@pytest.mark.parametrize(
    ("begin", "end", "holds"), [(-1, 1, True), (0, None, True), (1, None, False), (None, 0, False), (None, 1, True)]
)
def test_a_row_speaks_only_within_its_time(begin: int | None, end: int | None, holds: bool) -> None:
    times = {"valid_from": begin, "valid_until": end}
    row = _row(**{name: NOW + minutes(value) for name, value in times.items() if value is not None})
    assert (_guide(rows=[row]).step(CHECKED_IN, EN).row == "only") is holds


def test_pickups_are_told_by_the_first_line_that_holds_the_most_pressing_first() -> None:
    orders = (
        an_order("A3", OrderState.PREPARING),
        an_order("A2", OrderState.READY),
        an_order("A1", OrderState.READY, place="moon"),
        an_order("A0", OrderState.HANDED_OVER),
        an_order("A9", OrderState.ACCEPTED),
    )
    step = _guide().step(_with(orders=orders), EN)
    assert step.pickups == (
        PickupLine("A1", "Coming", "by 18:20", Tone.WAIT),
        PickupLine("A2", "Ready", "Shop", Tone.GO),
        PickupLine("A3", "Coming", "by 18:20", Tone.WAIT),
    )
    assert step.speech.endswith("A2: Ready, Shop. A3: Coming, by 18:20.")


def test_an_answer_about_one_order_lists_the_others() -> None:
    orders = (an_order("A1", OrderState.PREPARING), an_order("A2", OrderState.READY))
    step = _guide().step(_with(outcome=Outcome.INFORMED, orders=orders), EN)
    assert [line.number for line in step.pickups] == ["A1"]


def test_all_orders_that_one_scan_handed_over_are_told() -> None:
    orders = (
        an_order("A2", OrderState.HANDED_OVER, moved=0),
        an_order("A1", OrderState.HANDED_OVER, moved=0),
        an_order("A0", OrderState.HANDED_OVER, moved=-60),
        an_order("A5", OrderState.PREPARING),
    )
    step = _guide(DESK).step(_with(outcome=Outcome.HANDED_OVER, orders=orders), EN)
    assert step.headline == "A2 A1, A2 1"
    assert step.detail == "2 × Coffee, Jam, 2 × Coffee, Jam to the shop Shop"
    assert step.place == "Shop"
    assert step.way is not None


def test_a_row_about_the_gate_needs_a_departure() -> None:
    rows = [_row(message="gone", moment="departs", place="@order"), _row(id="other")]
    assert _guide(rows=rows).step(Facts(NOW, Outcome.CHECKED_IN), EN).row == "other"
    told = _guide(rows=[_row(message="gone", moment="departs")]).step(CHECKED_IN, EN)
    assert told.headline == "Gate 7 to Gate 7 Saturday 21 November!"
    assert told.speech == told.headline


def test_one_who_is_there_already_is_shown_no_way() -> None:
    step = _guide(rows=[_row(place="@here")]).step(CHECKED_IN, EN)
    assert (step.place, step.way) == ("Hall", None)


def test_where_no_way_is_open_it_is_said_and_the_person_is_sent_to_help() -> None:
    """The answer itself stands: who is checked in is checked in."""
    step = _guide(pathways=[]).step(CHECKED_IN, EN)
    assert (step.row, step.tone, step.headline) == ("named", Tone.GO, "Hello, Anna K.")
    assert (step.detail, step.why) == ("No way to Gate 7", "")
    assert (step.lead, step.place, step.way) == ("Next:", "Hall", None)
    assert step.speech == "Hello, Anna K. No way to Gate 7. Next: Hall. Departs 19:00."


def test_a_refusal_stands_where_no_way_is_open_and_all_is_well_does_not() -> None:
    """Nobody reads "you are all set" who can't get there; and why a ticket does not count is not talked over."""
    wheels = _with(outcome=Outcome.INFORMED, ticket=a_ticket(step_free=True), pathways=_said(("lift", False)))
    calm = _guide(rows=[_row(tone="go", place="gate")]).step(wheels, EN)
    assert (calm.tone, calm.headline, calm.detail) == (Tone.WAIT, "We help you", "No step-free way to Gate 7")
    stop = _guide(rows=[_row(tone="stop", message="named", place="gate")]).step(wheels, EN)
    assert (stop.tone, stop.headline) == (Tone.STOP, "Hello, Anna K.")
    assert (stop.detail, stop.why) == ("Walk to Gate 7, Gate 7", "No step-free way to Gate 7")


def test_where_no_way_is_open_to_help_either_nobody_is_sent_anywhere() -> None:
    places = [*small_body()["places"], {"id": "far", "name": "place.shop", "level": "ground", "x": 1, "y": 1}]
    resort = {"message": "resort", "place": "far", "lead": "lead"}
    step = _guide(pathways=[], places=places, last_resort=resort).step(CHECKED_IN, EN)
    assert (step.detail, step.lead, step.place, step.place_id) == ("No way to Gate 7", "", "", None)
    there = _guide(pathways=[], places=places, last_resort=resort, rows=[_row(place="far")]).step(CHECKED_IN, EN)
    assert (there.detail, there.place) == ("No way to the shop", "")


def _said(*states: tuple[str, bool], until: int | None = None) -> tuple[PathwayState, ...]:
    end = None if until is None else EpochMs(NOW + minutes(until))
    return tuple(PathwayState(key, SITE, is_open, NOW, end) for key, is_open in states)


def test_a_lift_that_was_just_closed_is_offered_to_nobody() -> None:
    """Who can climb goes by the stairs; who can't is told so, and that the staff help; until it opens again."""
    guide, wheels = _guide(), _with(ticket=a_ticket(step_free=True))
    assert _way(guide.step(wheels, EN)) == "Lift to level 2"
    closed = guide.step(_with(wheels, pathways=_said(("lift", False))), EN)
    assert (closed.detail, closed.place, closed.way) == ("No step-free way to Gate 7", "Hall", None)
    assert _way(guide.step(_with(pathways=_said(("lift", False))), EN)) == "Stairs to level 2"
    assert _way(guide.step(_with(wheels, pathways=_said(("lift", True))), EN)) == "Lift to level 2"
    over = _with(wheels, now=EpochMs(NOW + minutes(20)), pathways=_said(("lift", False), until=20))
    assert _way(guide.step(over, EN)) == "Lift to level 2"


def test_the_walk_to_the_gate_is_reckoned_with_what_is_closed_just_now() -> None:
    """So that who has a longer way is hurried sooner."""
    guide, wheels = _guide(), _with(ticket=a_ticket(step_free=True))
    walks = [
        guide.situation(_with(wheels, pathways=said)).document()["departure"]["walk"]
        for said in ((), _said(("lift", False)), _said(("no-such-way", False)))
    ]
    assert walks == [3, "unknown", 3]


def test_what_the_pack_closed_can_be_opened_by_those_who_are_there() -> None:
    pathways = [{**each, "open": False} if each["id"] == "lift" else each for each in small_body()["pathways"]]
    guide, wheels = _guide(pathways=pathways), _with(ticket=a_ticket(step_free=True))
    assert guide.step(wheels, EN).detail == "No step-free way to Gate 7"
    assert _way(guide.step(_with(wheels, pathways=_said(("lift", True))), EN)) == "Lift to level 2"


def test_many_closures_one_after_the_other_are_all_heeded() -> None:
    """Only the last few maps are kept."""
    guide = _guide()
    keys = [pathway["id"] for pathway in small_body()["pathways"]]
    for count in range(2 ** len(keys)):
        said = _said(*((key, not count >> at & 1) for at, key in enumerate(keys)))
        step = guide.step(_with(pathways=said), EN)
        shut = {key for key, is_open in ((each.id, each.open) for each in said) if not is_open}
        assert (step.place == "Gate 7") is not bool(
            shut & {"hall-shop", "shop-core", "pier"} or {"lift", "stairs"} <= shut
        )


def test_a_declared_place_out_of_reach_is_told_in_the_authors_words() -> None:
    """To who needs step-free ways only, or to everybody, as it is declared."""
    body = small_body()
    for lang in body["messages"]:
        body["messages"][lang]["deck"] = "Only by stairs: {place}. We come {to_place} with you."
    body["unreachable"] = [{"id": "gate", "why": "An old pier.", "message": "deck"}]
    pathways = [each for each in body["pathways"] if each["id"] != "lift"]
    guide = _guide(**{**body, "pathways": pathways})
    wheels = guide.step(_with(ticket=a_ticket(step_free=True)), EN)
    assert wheels.detail == "Only by stairs: Gate 7. We come to Gate 7 with you."
    assert _way(guide.step(CHECKED_IN, EN)) == "Stairs to level 2"
    everybody = _guide(**{**body, "pathways": []})
    assert everybody.step(CHECKED_IN, EN).detail == "No way to Gate 7"
    body["unreachable"][0]["step_free"] = False
    assert _guide(**{**body, "pathways": []}).step(CHECKED_IN, EN).detail == wheels.detail


def test_the_way_is_told_from_where_one_looks_before_the_touchpoint() -> None:
    touchpoints = [{**small_body()["touchpoints"][0], "facing": 270}]
    step = _guide(touchpoints=touchpoints).step(CHECKED_IN, EN)
    assert step.way is not None
    assert step.way.facing == 270
    assert [(turn.kind, turn.text) for turn in step.way.turns] == [
        (TurnKind.BACK, "Round 35 metres, signs Gates."),
        (TurnKind.STAIRS, "By stairs to level 2."),
        (TurnKind.START, "Go: Gate 7 25 metres."),
    ]


def _way(step: Step) -> str:
    return "" if step.way is None else step.way.text


_REDEEMED = msgspec.structs.replace(
    a_ticket(),
    redemption=Redemption(EventId("e"), DeviceId("gate-1"), EpochMs(NOW - minutes(7)), Decision.SITE_CONFIRMED),
)


@pytest.mark.parametrize(
    ("moment", "facts", "time"),
    [
        (Moment.DEPARTS, CHECKED_IN, "19:00"),
        (Moment.CHECK_IN_CLOSES, CHECKED_IN, "18:30"),
        (Moment.GATE_CLOSES, CHECKED_IN, "18:50"),
        (Moment.NEXT_DEPARTS, _with(next_departure=a_departure(180)), "21:00"),
        (Moment.ORDER_DUE, _with(orders=(an_order("A1", OrderState.READY),)), "18:20"),
        (Moment.VALID_FROM, CHECKED_IN, "08:00"),
        (Moment.VALID_UNTIL, CHECKED_IN, "04:00"),
        (Moment.USED, _with(ticket=_REDEEMED), "17:53"),
        (Moment.COLLECTED, _with(orders=(an_order("A1", OrderState.HANDED_OVER, moved=-3),)), "17:57"),
        (Moment.DATA_AS_OF, CHECKED_IN, "18:00"),
    ],
)
def test_a_row_can_speak_of_each_moment_once_it_is_known(moment: Moment, facts: Facts, time: str) -> None:
    guide = _guide(rows=[_row(time="time", moment=moment.value), _row(id="other")])
    step = guide.step(facts, EN)
    assert (step.row, step.when, step.deadline) == ("only", f"Departs {time}", None)
    assert guide.step(Facts(NOW, Outcome.CHECKED_IN), EN).row == "other"


def test_a_late_departure_puts_off_its_gate_and_check_in() -> None:
    late = msgspec.structs.replace(a_departure(), expected_at=EpochMs(NOW + minutes(85)))
    for moment, time in (("gate_closes", "19:15"), ("check_in_closes", "18:55"), ("departs", "19:25")):
        step = _guide(rows=[_row(time="time", moment=moment)]).step(_with(departure=late), EN)
        assert step.when == f"Departs {time}"


def test_the_named_order_is_the_one_spoken_of() -> None:
    orders = (an_order("A1", OrderState.READY), an_order("A2", OrderState.PREPARING))
    facts = _with(outcome=Outcome.HANDED_OVER, orders=orders, focus=OrderId("o-A2"))
    assert (
        _guide(rows=[_row(message="order", place="@order")])
        .step(msgspec.structs.replace(facts, outcome=Outcome.INFORMED), EN)
        .headline.startswith("A2 A2")
    )
