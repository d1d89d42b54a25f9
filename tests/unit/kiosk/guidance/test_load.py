"""Loading: a sound pack is taken, every other one is refused with what is wrong and what to do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.errors import PackError
from kiosk.guidance import load_pack
from kiosk.guidance.load import MAX_PACK_BYTES, version_of
from kiosk.guidance.references import flaws_of
from kiosk.model.ids import PlaceId
from kiosk.model.pack import FORMAT
from tests.fakes.packs import pack_bytes, small_body, small_pack

Change = Callable[[dict[str, Any]], object]


def test_a_sound_pack_is_loaded_under_its_own_version() -> None:
    body = small_body()
    pack = load_pack(pack_bytes(body))
    assert pack.version == version_of(body)
    assert pack.version.startswith("harbour-")
    assert [row.id for row in pack.rows] == ["named", "soon", "order", "gone", "others"]


def test_the_same_content_has_the_same_version_whatever_the_order_of_its_keys() -> None:
    body = small_body()
    assert version_of(dict(reversed(body.items()))) == version_of(body)
    assert version_of({**body, "zone": "UTC"}) != version_of(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"format":NaN}', "not JSON"),
        (b'{"format":2}', "has format 2"),
        (b'{"format":"1"}', "has format '1'"),
        (b"{}", "has format None"),
        (b'{"format":"' + b"9" * 500 + b'"}', "…"),
        (b'{"format":1, "id":"a"}', "canonical"),
        (b'{"format":1,"format":1}', "canonical"),
        (b'{"format":1,"id":"a"}', "version"),
        (b"[" * 100_000, "too deep|not JSON"),
        (b'{"format":' * 50_000, "too deep|not JSON"),
        (b" " * (MAX_PACK_BYTES + 1), "at most"),
    ],
)
def test_bytes_that_are_no_pack_are_refused_with_the_reason(body: bytes, words: str) -> None:
    with pytest.raises(PackError, match=words) as caught:
        load_pack(body)
    assert caught.value.todo


def test_a_pack_whose_content_was_touched_is_refused() -> None:
    body = pack_bytes(small_body()).replace(b"Hello, {name}", b"Hellp, {name}")
    with pytest.raises(PackError, match="version does not belong"):
        load_pack(body)


def test_a_pack_cut_short_anywhere_is_refused() -> None:
    whole = pack_bytes(small_body())
    for end in range(0, len(whole), 97):
        with pytest.raises(PackError):
            load_pack(whole[:end])


@settings(max_examples=200)
@given(st.data())
def test_a_pack_with_anything_in_the_place_of_anything_is_loaded_or_refused(data: st.DataObject) -> None:
    body = small_body()
    target: Any = body
    while True:
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        key = data.draw(st.sampled_from(keys))
        inner = target[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        target = inner
    target[key] = data.draw(st.none() | st.booleans() | st.integers() | st.text() | st.just([]) | st.just({"a": [1]}))
    try:
        told = f"{load_pack(pack_bytes(body)).format}"
    except PackError as error:
        told = f"{error.what} {error.todo}"
    assert told == str(FORMAT) or "content pack" in told


_OFFER = {"id": "coffee", "message": "gone", "purpose": "marketing"}


def _set(*path: Any) -> Change:
    *keys, value = path

    def change(body: dict[str, Any]) -> None:
        target: Any = body
        for key in keys[:-1]:
            target = target[key]
        target[keys[-1]] = value

    return change


def _drop(*keys: Any) -> Change:
    def change(body: dict[str, Any]) -> None:
        target: Any = body
        for key in keys[:-1]:
            target = target[key]
        del target[keys[-1]]

    return change


def _both(key: str, text: str) -> Change:
    return lambda body: [texts.update({key: text}) for texts in body["messages"].values()]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("languages", []), "No language"),
        (_set("languages", ["fi", "fi"]), "one twice"),
        (_set("languages", ["fi", "xx"]), '"xx" is no language'),
        (_set("languages", ["fi", "a/b"]), "is no language"),
        (_drop("messages", "en"), "other languages"),
        (_set("zone", "Europe/Nowhere"), "no time zone"),
        (_set("zone", "../etc"), "no time zone"),
        (_set("settings", {"walk_m_per_min": 0}), "below 1"),
        (_set("rows", 1, "id", "named"), "stands 2 times"),
        (_set("rows", 1, "id", ""), "none empty|stands 1 times"),
        (_set("places", 0, "level", "cellar"), 'no level "cellar"'),
        (_set("places", 0, "x", 41), "outside its level"),
        (_set("touchpoints", 0, "facing", 360), "360 is no direction"),
        (_set("touchpoints", 0, "facing", -1), "-1 is no direction"),
        (_set("offers", [{**_OFFER, "place": "core"}]), 'no place "core" to go to'),
        (_set("offers", [{**_OFFER, "takes_min": -1}]), "less than no time"),
        (_set("offers", [{**_OFFER, "valid_from": 2, "valid_until": 2}]), "ends before it begins"),
        (_set("offers", [{**_OFFER, "when": {"===": [{"var": "coffee"}, 1]}}]), 'no fact "coffee"'),
        (_set("offers", [_OFFER, _OFFER]), "stands 2 times"),
        (_set("offers", [{**_OFFER, "message": "plane"}]), 'text "plane.text" is missing'),
        (_set("unreachable", [{"id": "core", "why": "Old.", "message": "lead"}]), 'no place "core" to be sent to'),
        (_set("unreachable", [{"id": "gate", "why": " ", "message": "lead"}]), "does not say why"),
        (_set("unreachable", [{"id": "gate", "why": "Old.", "message": "deck"}]), 'text "deck" is missing'),
        (_set("pathways", 0, "end", "moon"), "does not join"),
        (_set("pathways", 0, "end", "hall"), "does not join"),
        (_set("pathways", 0, "length_m", -1), "negative"),
        (_set("pathways", 4, "traversal_s", -1), "negative"),
        (_set("touchpoints", 0, "place", "moon"), 'no place "moon"'),
        (_drop("touchpoints", 0, "operation"), "needs one"),
        (_set("touchpoints", 2, "operation", "guide"), "A board has no operation"),
        (_set("last_resort", "place", "core"), "to be sent to"),
        (_set("rows", 0, "place", "core"), "to be sent to"),
        (_set("rows", 0, "at", ["board"]), "answers no scans"),
        (_drop("rows", 0, "moment"), "names no moment"),
        (_set("rows", 0, "valid_from", 9), None),
        (lambda body: body["rows"][0].update(valid_from=9, valid_until=9), "ends before it begins"),
        (_set("rows", 0, "when", {"exec": []}), "no CertLogic"),
        (_set("rows", 0, "when", {"var": "customer.salary"}), 'no fact "customer.salary"'),
        (_set("pickup_rows", 0, "when", {"var": "x"}), 'no fact "x"'),
        (_set("rows", 0, "message", "other"), '"other.headline" is missing in en, fi'),
        (_set("rows", 0, "lead", "other"), '"other" is missing'),
        (_drop("messages", "en", "named.why"), '"named.why" is missing in en'),
        (_drop("messages", "fi", "place.gate.to"), '"place.gate.to" is missing in fi'),
        (_drop("messages", "fi", "way.lift"), '"way.lift" is missing in fi'),
        (_set("pathways", 2, "signs", "sign.x"), '"sign.x" is missing'),
        (_set("messages", "en", "lead", ""), "is empty"),
        (_set("messages", "en", "lead", " x"), "stray blanks"),
        (_set("messages", "en", "lead", "a\nb"), "stray blanks"),
        (_set("messages", "en", "lead", "x" * 401), "401 characters"),
        (_set("messages", "en", "lead", "{Name}"), "brace out of place"),
        (_set("messages", "en", "lead", "{minister}"), "{minister}"),
        (_set("messages", "en", "named.why", "{place} {time}"), None),
        (_both("plain.headline", "{time}"), "which has no value there"),
        (_set("messages", "en", "hint|one", "x"), "but no number"),
        (_set("messages", "en", "hint|few", "x"), "plural forms few, other"),
        (_set("last_resort", "lead", ""), None),
        (_drop("last_resort", "lead"), None),
        (_set("surprise", 1), "unknown field"),
        (_set("rows", 0, "tone", "loud"), "does not fit its schema"),
        (_drop("rows"), "missing required field"),
    ],
)
def test_each_mistake_is_named_with_what_to_do(change: Change, words: str | None) -> None:
    body = small_body()
    change(body)
    if words is None:
        assert small_pack(body).id == "harbour"
        return
    with pytest.raises(PackError, match=words) as caught:
        small_pack(body)
    assert caught.value.todo


def test_a_plural_message_without_a_number_is_refused() -> None:
    body = small_body()
    for texts in body["messages"].values():
        texts["hint|one"] = texts.pop("hint")
        texts["hint|other"] = "Codes"
    with pytest.raises(PackError, match="but no number"):
        small_pack(body)


def test_all_mistakes_are_listed_once_languages_and_zone_are_right() -> None:
    sound = small_pack()
    assert list(flaws_of(sound)) == []
    row = replace(sound.rows[0], place="moon", when={"no": []})
    wrong = replace(sound, rows=(row, *sound.rows[1:]), last_resort=replace(sound.last_resort, place=PlaceId("moon")))
    assert [(flaw.table, flaw.key) for flaw in flaws_of(wrong)] == [
        ("pack", "last_resort"),
        ("rows", "named"),
        ("rows", "named"),
    ]
    assert [flaw.key for flaw in flaws_of(replace(wrong, zone="Mars"))] == ["zone"]


def test_a_pack_of_a_million_rows_is_refused_unread() -> None:
    body = json.dumps({"format": 1, "rows": [{}] * 1_000_000}).encode()
    with pytest.raises(PackError, match="at most"):
        load_pack(body)


_DEEP = b'{"!":[' * 500 + b"true" + b"]}" * 500


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[" * 1_900_000, "nests too deep"),
        (b'{"a":' * 300_000, "nests too deep"),
        (pack_bytes(small_body()).replace(b'"when":{', b'"when":' + _DEEP + b',"x":{', 1), "nests too deep|version"),
        (pack_bytes(small_body()).replace(b'"x":5', b'"x":NaN'), "not JSON"),
        (pack_bytes(small_body()).replace(b'"x":5', b'"x":1e999'), "not JSON"),
        (pack_bytes(small_body()).replace(b'"id":"harbour"', b'"id":"harbour","id":"harbour"'), "canonical"),
        (pack_bytes({**small_body(), "format": 2}), "format 2"),
        (pack_bytes({**small_body(), "later": 1}), "unknown field"),
        (pack_bytes({**small_body(), "rows": 5}), "Expected `array`"),
    ],
)
def test_a_hostile_pack_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(PackError, match=words):
        load_pack(body)


def test_ways_that_lead_in_circles_are_walked_once() -> None:
    body = small_body()
    around = [{"id": f"c{at}", "start": "hall", "end": "shop", "mode": "walkway", "length_m": 0} for at in range(2000)]
    body["pathways"] += around
    assert load_pack(pack_bytes(body)).pathways[-1].id == "c1999"
