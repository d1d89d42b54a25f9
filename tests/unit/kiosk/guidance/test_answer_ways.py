"""The way in an answer: drawn and told, around what is closed, and what is said where there is none."""

import pytest

from kiosk.guidance import Facts
from kiosk.model.ids import EpochMs, Metres
from kiosk.model.outcome import Outcome
from kiosk.model.pathway import PathwayState
from kiosk.model.step import Point, Step, Tone, TurnKind
from tests.fakes.packs import NOW, SITE, a_subject, a_ticket, minutes, small_body
from tests.unit.kiosk.guidance.harbour import CHECKED_IN, EN, a_row, facts_with, guide_of


def _said(*states: tuple[str, bool], until: int | None = None) -> tuple[PathwayState, ...]:
    end = None if until is None else EpochMs(NOW + minutes(until))
    return tuple(PathwayState(key, SITE, is_open, NOW, end) for key, is_open in states)


def _way(step: Step) -> str:
    return "" if step.way is None else step.way.text


def test_the_way_is_drawn_on_the_levels_that_it_touches() -> None:
    way = guide_of().step(CHECKED_IN, EN).way
    assert way is not None
    assert way.text == "Stairs to level 2"
    assert (way.width_m, way.height_m) == (Metres(70), Metres(20))
    assert way.line == (Point(5, 5), Point(30, 11), Point(38, 10), Point(42, 10), Point(68, 10))
    assert [shape.label for shape in way.shapes] == ["Shop", ""]
    assert way.distance_m == Metres(67)
    assert way.walking == round(67 / 70 * 60_000)


def test_the_way_on_one_level_is_cropped_to_it() -> None:
    rows = [a_row(place="gate")]
    places = [*small_body()["places"], {"id": "lounge", "level": "upper", "x": 50, "y": 14}]
    pathways = [
        *small_body()["pathways"],
        {"id": "w", "start": "lounge", "end": "gate", "mode": "walkway", "length_m": 18.4},
    ]
    touchpoints = [{**small_body()["touchpoints"][0], "place": "lounge"}]
    step = guide_of(rows=rows, places=places, pathways=pathways, touchpoints=touchpoints).step(CHECKED_IN, EN)
    assert step.way is not None
    assert (step.way.width_m, step.way.height_m) == (Metres(30), Metres(10))
    assert step.way.line == (Point(10, 9), Point(28, 5))
    assert step.way.text == "20 m, 1 min"


@pytest.mark.parametrize(
    "facts", [facts_with(ticket=a_ticket(step_free=True)), facts_with(subject=a_subject(step_free=True))]
)
def test_who_needs_it_is_led_by_the_lift(facts: Facts) -> None:
    step = guide_of().step(facts, EN)
    assert step.way is not None
    assert step.way.text == "Lift to level 2"


def test_one_who_is_there_already_is_shown_no_way() -> None:
    step = guide_of(rows=[a_row(place="@here")]).step(CHECKED_IN, EN)
    assert (step.place, step.way) == ("Hall", None)


def test_where_no_way_is_open_it_is_said_and_the_person_is_sent_to_help() -> None:
    """The answer itself stands: who is checked in is checked in."""
    step = guide_of(pathways=[]).step(CHECKED_IN, EN)
    assert (step.row, step.tone, step.headline) == ("named", Tone.GO, "Hello, Anna K.")
    assert (step.detail, step.why) == ("No way to Gate 7", "")
    assert (step.lead, step.place, step.way) == ("Next:", "Hall", None)
    assert step.speech == "Hello, Anna K. No way to Gate 7. Next: Hall. Departs 19:00."


def test_a_refusal_stands_where_no_way_is_open_and_all_is_well_does_not() -> None:
    """Nobody reads "you are all set" who can't get there; and why a ticket does not count is not talked over."""
    wheels = facts_with(outcome=Outcome.INFORMED, ticket=a_ticket(step_free=True), pathways=_said(("lift", False)))
    calm = guide_of(rows=[a_row(tone="go", place="gate")]).step(wheels, EN)
    assert (calm.tone, calm.headline, calm.detail) == (Tone.WAIT, "We help you", "No step-free way to Gate 7")
    stop = guide_of(rows=[a_row(tone="stop", message="named", place="gate")]).step(wheels, EN)
    assert (stop.tone, stop.headline) == (Tone.STOP, "Hello, Anna K.")
    assert (stop.detail, stop.why) == ("Walk to Gate 7, Gate 7", "No step-free way to Gate 7")


def test_where_no_way_is_open_to_help_either_nobody_is_sent_anywhere() -> None:
    places = [*small_body()["places"], {"id": "far", "name": "place.shop", "level": "ground", "x": 1, "y": 1}]
    resort = {"message": "resort", "place": "far", "lead": "lead"}
    step = guide_of(pathways=[], places=places, last_resort=resort).step(CHECKED_IN, EN)
    assert (step.detail, step.lead, step.place, step.place_id) == ("No way to Gate 7", "", "", None)
    there = guide_of(pathways=[], places=places, last_resort=resort, rows=[a_row(place="far")]).step(CHECKED_IN, EN)
    assert (there.detail, there.place) == ("No way to the shop", "")


def test_a_lift_that_was_just_closed_is_offered_to_nobody() -> None:
    """Who can climb goes by the stairs; who can't is told so, and that the staff help; until it opens again."""
    guide, wheels = guide_of(), facts_with(ticket=a_ticket(step_free=True))
    assert _way(guide.step(wheels, EN)) == "Lift to level 2"
    closed = guide.step(facts_with(wheels, pathways=_said(("lift", False))), EN)
    assert (closed.detail, closed.place, closed.way) == ("No step-free way to Gate 7", "Hall", None)
    assert _way(guide.step(facts_with(pathways=_said(("lift", False))), EN)) == "Stairs to level 2"
    assert _way(guide.step(facts_with(wheels, pathways=_said(("lift", True))), EN)) == "Lift to level 2"
    over = facts_with(wheels, now=EpochMs(NOW + minutes(20)), pathways=_said(("lift", False), until=20))
    assert _way(guide.step(over, EN)) == "Lift to level 2"


def test_the_walk_to_the_gate_is_reckoned_with_what_is_closed_just_now() -> None:
    """So that who has a longer way is hurried sooner."""
    guide, wheels = guide_of(), facts_with(ticket=a_ticket(step_free=True))
    walks = [
        guide.situation(facts_with(wheels, pathways=said)).document()["departure"]["walk"]
        for said in ((), _said(("lift", False)), _said(("no-such-way", False)))
    ]
    assert walks == [3, "unknown", 3]


def test_what_the_pack_closed_can_be_opened_by_those_who_are_there() -> None:
    pathways = [{**each, "open": False} if each["id"] == "lift" else each for each in small_body()["pathways"]]
    guide, wheels = guide_of(pathways=pathways), facts_with(ticket=a_ticket(step_free=True))
    assert guide.step(wheels, EN).detail == "No step-free way to Gate 7"
    assert _way(guide.step(facts_with(wheels, pathways=_said(("lift", True))), EN)) == "Lift to level 2"


def test_many_closures_one_after_the_other_are_all_heeded() -> None:
    """Only the last few maps are kept."""
    guide = guide_of()
    keys = [pathway["id"] for pathway in small_body()["pathways"]]
    for count in range(2 ** len(keys)):
        said = _said(*((key, not count >> at & 1) for at, key in enumerate(keys)))
        step = guide.step(facts_with(pathways=said), EN)
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
    guide = guide_of(**{**body, "pathways": pathways})
    wheels = guide.step(facts_with(ticket=a_ticket(step_free=True)), EN)
    assert wheels.detail == "Only by stairs: Gate 7. We come to Gate 7 with you."
    assert _way(guide.step(CHECKED_IN, EN)) == "Stairs to level 2"
    everybody = guide_of(**{**body, "pathways": []})
    assert everybody.step(CHECKED_IN, EN).detail == "No way to Gate 7"
    body["unreachable"][0]["step_free"] = False
    assert guide_of(**{**body, "pathways": []}).step(CHECKED_IN, EN).detail == wheels.detail


def test_the_way_is_told_from_where_one_looks_before_the_touchpoint() -> None:
    touchpoints = [{**small_body()["touchpoints"][0], "facing": 270}]
    step = guide_of(touchpoints=touchpoints).step(CHECKED_IN, EN)
    assert step.way is not None
    assert step.way.facing == 270
    assert [(turn.kind, turn.text) for turn in step.way.turns] == [
        (TurnKind.BACK, "Round 35 metres, signs Gates."),
        (TurnKind.STAIRS, "By stairs to level 2."),
        (TurnKind.START, "Go: Gate 7 25 metres."),
    ]
