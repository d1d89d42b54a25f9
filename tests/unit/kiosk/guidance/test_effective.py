"""Times on rows, texts and pathways: everything switches at one instant, and what has expired never shows."""

from typing import Any

import msgspec
import pytest

from kiosk.errors import PackError
from kiosk.guidance import Facts, Guide
from kiosk.guidance.effective import all_edges, lies_in
from kiosk.guidance.references import MAX_EDGES, flaws_of
from kiosk.model.ids import DeviceId, EpochMs, Lang, PlaceId
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Pack
from tests.fakes.packs import NOW, a_departure, a_journey, a_ticket, minutes, small_body, small_pack

EN = Lang("en")
FROM, UNTIL = NOW + minutes(10), NOW + minutes(20)


def _body(**changes: Any) -> dict[str, Any]:
    return {**small_body(), **changes}


def _guide(body: dict[str, Any], device: str = "kiosk-1") -> Guide:
    return Guide(small_pack(body), DeviceId(device))


def _facts(now: int, *, step_free: bool = False) -> Facts:
    return Facts(
        EpochMs(now), Outcome.CHECKED_IN, a_ticket(step_free=step_free), a_journey(), a_departure(300), name="Anna K."
    )


def _door() -> dict[str, Any]:
    texts = {"fi": "Keskiovi", "en": "Middle door"}
    return {"key": "place.gate", "texts": texts, "valid_from": FROM, "valid_until": UNTIL}


def test_every_touchpoint_switches_to_the_new_text_and_back_at_the_same_instant() -> None:
    body = _body(changes=[_door()])
    for device in ("kiosk-1", "desk-1", "board-1"):
        guide = _guide(body, device)
        names = [guide.place_name(PlaceId("gate"), EN, EpochMs(at)) for at in (FROM - 1, FROM, UNTIL - 1, UNTIL)]
        assert names == ["Gate 7", "Middle door", "Middle door", "Gate 7"]
    guide = _guide(body)
    assert [guide.step(_facts(at), EN).place for at in (FROM - 1, FROM, UNTIL)] == ["Gate 7", "Middle door", "Gate 7"]


def test_the_attract_screen_switches_too_and_tells_when() -> None:
    change = {"key": "title", "texts": {"fi": "Uusi", "en": "New"}, "valid_from": FROM}
    guide = _guide(_body(changes=[change]))
    assert [guide.attract(EN, EpochMs(at))[0] for at in (FROM - 1, FROM)] == ["Welcome to Harbour", "New"]
    assert guide.changes_at(NOW) == FROM
    assert guide.changes_at(EpochMs(FROM)) is None


def test_of_two_changes_at_once_the_later_line_counts() -> None:
    later = {"key": "place.gate", "texts": {"fi": "Ovi", "en": "Door"}, "valid_from": FROM}
    guide = _guide(_body(changes=[_door(), later]))
    assert guide.place_name(PlaceId("gate"), EN, EpochMs(FROM)) == "Door"


def test_a_closed_lift_is_never_offered_while_it_is_closed() -> None:
    body = small_body()
    stairs, lift = body["pathways"][3], body["pathways"][4]
    stairs |= {"step_free": True, "traversal_s": 900}
    lift |= {"closed_from": FROM, "closed_until": UNTIL}
    guide = _guide(body)
    ways = [guide.step(_facts(at, step_free=True), EN).way for at in (FROM - 1, FROM, UNTIL)]
    assert [way.text if way else "" for way in ways] == ["Lift to level 2", "Stairs to level 2", "Lift to level 2"]


def test_a_row_switches_with_the_texts() -> None:
    body = small_body()
    body["rows"][0] |= {"valid_until": FROM}
    body["changes"] = [_door()]
    guide = _guide(body)
    assert [guide.step(_facts(at), EN).row for at in (FROM - 1, FROM)] == ["named", "soon"]
    assert all_edges(small_pack(body)) == (FROM, UNTIL)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"key": "nowhere", "texts": {"fi": "a", "en": "b"}, "valid_from": FROM}, "no text for the rest of the time"),
        ({"key": "title", "texts": {"fi": "a"}, "valid_from": FROM}, "lacks a language"),
        ({"key": "title", "texts": {"fi": "a", "en": "b"}}, "no time of its own"),
        ({"key": "title", "texts": {"fi": "a", "en": "b"}, "valid_from": 9, "valid_until": 8}, "no time of its own"),
        ({"key": "hint", "texts": {"fi": "a", "en": "{site}"}, "valid_from": FROM}, "uses {site}"),
        ({"key": "title", "texts": {"fi": "a", "en": " b"}, "valid_from": FROM}, "stray blanks"),
    ],
)
def test_a_changed_text_that_could_lose_an_answer_is_refused(change: dict[str, Any], what: str) -> None:
    with pytest.raises(PackError, match=what):
        small_pack(_body(changes=[change]))


def test_a_way_that_opens_before_it_closes_is_refused() -> None:
    body = small_body()
    body["pathways"][4] |= {"closed_from": UNTIL, "closed_until": FROM}
    with pytest.raises(PackError, match="opens before it closes"):
        small_pack(body)


def test_a_pack_that_changes_too_often_is_refused() -> None:
    texts = {"fi": "a", "en": "b"}
    changes = [{"key": "hint", "texts": texts, "valid_from": at} for at in range(1, MAX_EDGES + 2)]
    body = _body(changes=changes)
    with pytest.raises(PackError, match="at most"):
        small_pack(body)
    assert len(list(flaws_of(msgspec.convert({**body, "version": ""}, Pack)))) == 1


@pytest.mark.parametrize(
    ("begin", "end", "inside"),
    [(None, None, True), (5, None, True), (6, None, False), (None, 6, True), (None, 5, False), (5, 6, True)],
)
def test_a_stretch_of_time_holds_its_beginning_and_not_its_end(
    begin: int | None, end: int | None, inside: object
) -> None:
    first, last = (None if at is None else EpochMs(at) for at in (begin, end))
    assert lies_in(EpochMs(5), first, last) is inside
