"""Which ways are worth a line, and what the screens tell because of them."""

from typing import Any

import pytest

from kiosk.model.ids import DeviceId, EpochMs, HubVersion, PackVersion, SiteId
from kiosk.model.pack import Pack
from kiosk.model.pathway import PathwayState
from sync.hub.store.rows import Site
from sync.hub.web.fleet import Tone
from sync.hub.web.leading import ScreensView, led
from sync.hub.web.ways import Said, SiteFacts, WayState, slim, ways_of, with_ways
from tests.fakes.packs import NOW, SITE, small_body, small_pack
from tests.unit.sync.hub.web.test_views import READY, state

_HARBOUR = Site(SITE, "Harbour", b"", HubVersion(9), PackVersion("p"))
_HOUR = 3_600_000


def _pack(**ways: dict[str, Any]) -> Pack:
    """The small pack, slim, with changes to its pathways by id."""
    body = small_body()
    for way in body["pathways"]:
        way.update(ways.get(way["id"], {}))
    return slim(small_pack(body))


def _facts(pack: Pack, *said: PathwayState, version: int = 9) -> SiteFacts:
    held = [Said(each, HubVersion(version)) for each in said]
    devices = [state(id=DeviceId(f"d{number}"), site=SITE, version=HubVersion(number)) for number in (8, 9)]
    return SiteFacts(_HARBOUR, pack, held, devices, NOW)


def _says(way: str, *, is_open: bool = False, until: int | None = None, why: str = "") -> PathwayState:
    ends = None if until is None else EpochMs(until)
    return PathwayState(way, SITE, is_open, EpochMs(NOW - 1_000), ends, why)


def test_a_way_that_is_open_as_ever_has_no_line() -> None:
    """And nothing is told of any screen; it can be chosen to be closed, what is closed most often first."""
    seen = ways_of(_facts(_pack()))
    assert (seen.map, seen.ways, seen.screens) == (True, (), ())
    assert [each.name for each in seen.choices][:2] == ["Lift: Level 1 – Level 2", "Stairs: Level 1 – Level 2"]
    assert len(seen.choices) == len(small_body()["pathways"])


def test_a_lift_that_somebody_closed_tells_since_when_until_when_why_and_who_knows() -> None:
    """A device knows from the version on that carries it; one that was taken out is not waited for."""
    facts = _facts(_pack(), _says("lift", until=NOW + _HOUR, why="Door stuck"))
    out = state(id=DeviceId("d0"), version=HubVersion(0), removed=True)
    (way,) = ways_of(SiteFacts(facts.site, facts.pack, facts.said, [*facts.devices, out], NOW)).ways
    assert (way.id, way.name, way.state, way.tone) == ("lift", "Lift: Level 1 – Level 2", WayState.CLOSED, Tone.WARN)
    assert (way.by, way.why) == ("An administrator, here", "Door stuck")
    assert (way.since and way.since.text, way.until and way.until.text) == ("15:59:59 UTC", "17:00:00 UTC")
    assert way.heard is not None
    assert (way.heard.count, way.heard.missing) == (1, ("d8",))


def test_what_was_said_until_a_time_that_has_passed_is_over() -> None:
    """As it is for the screens."""
    assert ways_of(_facts(_pack(), _says("lift", until=NOW))).ways == ()


@pytest.mark.parametrize(
    ("change", "expected", "since", "until"),
    [
        ({"open": False}, WayState.CLOSED, None, None),
        ({"closed_from": NOW - 1}, WayState.CLOSED, "15:59:59 UTC", None),
        ({"closed_until": NOW + 1_000}, WayState.CLOSED, None, "16:00:01 UTC"),
        ({"closed_from": NOW + 1_000, "closed_until": NOW + 2_000}, WayState.PLANNED, "16:00:01 UTC", "16:00:02 UTC"),
    ],
)
def test_a_way_that_the_pack_itself_closes_names_the_pack(
    change: dict[str, Any], expected: WayState, since: str | None, until: str | None
) -> None:
    """Nobody at the site can take that back, so it is not asked who knows; what is to come is told as such."""
    pack = _pack(lift=change)
    (way,) = ways_of(_facts(pack)).ways
    assert (way.state, way.by, way.heard) == (expected, f"Content {pack.version}", None)
    assert (way.since and way.since.text, way.until and way.until.text) == (since, until)


def test_what_the_pack_closed_before_is_open_again() -> None:
    """Its times are over."""
    assert ways_of(_facts(_pack(lift={"closed_from": NOW - 2, "closed_until": NOW}))).ways == ()


def test_a_way_opened_against_the_pack_stands_below_the_closed_ones() -> None:
    """It counts above the pack, for the screens and here."""
    seen = ways_of(_facts(_pack(lift={"open": False}), _says("lift", is_open=True), _says("stairs")))
    assert [(way.id, way.state) for way in seen.ways] == [("stairs", WayState.CLOSED), ("lift", WayState.OPENED)]
    assert all("step-free" not in text for each in seen.screens for text in each.told)


def test_a_site_without_a_pack_has_no_map() -> None:
    """So nothing can be told of its ways."""
    seen = ways_of(SiteFacts(_HARBOUR, None, (), (READY,), NOW))
    assert (seen.map, seen.ways, seen.choices) == (False, (), ())


def test_the_screens_tell_who_has_no_way_left_and_where_they_are_sent() -> None:
    """Those who can't take the stairs hear more than the others; screens that tell the same stand together."""
    (both,) = ways_of(_facts(_pack(), _says("lift"))).screens
    assert both == ScreensView(
        ("Kiosk kiosk-1", "Desk desk-1"),
        ("No step-free way to Gate 7; people are sent to Hall.",),
    )
    told = [each.told for each in ways_of(_facts(_pack(), _says("pier"))).screens]
    assert told == [("No way to Gate 7; people are sent to Hall.",)]


def test_a_screen_that_is_cut_off_itself_can_only_say_so() -> None:
    """No way leads from the desk to the place of help."""
    screens = {each.screens: each.told for each in ways_of(_facts(_pack(), _says("counter-shop"))).screens}
    assert screens[("Desk desk-1",)] == ("No way to Hall, Shop, Gate 7; people are told so.",)
    assert ("Kiosk kiosk-1",) not in screens


def test_another_way_is_told_with_how_much_longer_it_is() -> None:
    """And what is opened again with how much shorter."""
    slow = _pack(lift={"traversal_s": 300})
    (longer,) = ways_of(_facts(slow, _says("stairs"))).screens
    assert longer.told == ("Another way to Gate 7 (5 min longer).",)
    facts = _facts(slow, _says("stairs"))
    (back,) = led(with_ways(slow, facts), with_ways(slow, facts, ("stairs", None)), slow.languages[0])
    assert back.told == ("Another way to Gate 7 (5 min shorter).",)


def test_what_would_be_said_is_tried_on_the_ways_of_now() -> None:
    """Taking back a closed lift opens the way again; closing the stairs, too, leaves nobody one."""
    pack = _pack()
    facts = _facts(pack, _says("lift"))
    now = with_ways(pack, facts)
    (again,) = led(now, with_ways(pack, facts, ("lift", None)), pack.languages[0])
    assert again.told == ("A step-free way again to Gate 7.",)
    (gone,) = led(now, with_ways(pack, facts, ("stairs", False)), pack.languages[0])
    assert gone.told == ("No way to Gate 7; people are sent to Hall.",)
    assert led(now, with_ways(pack, facts, ("lift", False)), pack.languages[0]) == ()


def test_the_page_speaks_the_packs_main_language_where_it_has_no_english() -> None:
    """Places are called what the screens call them."""
    body = small_body()
    body["languages"] = ["fi"]
    body["messages"] = {"fi": body["messages"]["fi"]}
    seen = ways_of(_facts(slim(small_pack(body)), _says("hall-shop")))
    assert seen.ways[0].name == "Way: Halli – Myymälä"
    assert seen.id == SiteId("harbour")
