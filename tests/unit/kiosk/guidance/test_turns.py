"""A way turn by turn: sides from the map and from where one looks, straight stretches as one, climbs by their kind."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.guidance.routing import Route, Routes
from kiosk.guidance.turns import Manoeuvre, manoeuvres
from kiosk.model.floor import Pathway, PathwayMode, Place
from kiosk.model.ids import MessageKey, PlaceId
from kiosk.model.pack import Settings
from kiosk.model.step import TurnKind

_START, _AHEAD, _LEFT, _RIGHT, _BACK = (
    TurnKind.START,
    TurnKind.AHEAD,
    TurnKind.LEFT,
    TurnKind.RIGHT,
    TurnKind.BACK,
)
_Spot = tuple[float, float]


def _told(
    spots: list[_Spot],
    facing: float | None = None,
    modes: dict[int, PathwayMode] | None = None,
    signs: dict[int, str] | None = None,
    levels: str = "",
) -> tuple[Manoeuvre, ...]:
    """The way along `spots`, which are places 0, 1, 2 …; the pathway from a place on has its number."""
    places = [
        Place(PlaceId(str(number)), levels[number] if levels else "g", x, y) for number, (x, y) in enumerate(spots)
    ]
    pathways = [
        Pathway(
            f"p{number}",
            PlaceId(str(number)),
            PlaceId(str(number + 1)),
            (modes or {}).get(number, PathwayMode.WALKWAY),
            math.dist(spots[number], spots[number + 1]),
            signs=MessageKey((signs or {}).get(number, "")),
        )
        for number in range(len(spots) - 1)
    ]
    goal = PlaceId(str(len(spots) - 1))
    route = Routes(places, pathways, Settings()).find(PlaceId("0"), goal, step_free=False)
    assert route is not None
    return manoeuvres(route, {place.id: place for place in places}, facing)


def _kinds(told: tuple[Manoeuvre, ...]) -> list[TurnKind]:
    return [each.kind for each in told]


@pytest.mark.parametrize(
    ("facing", "kind"),
    [
        (None, _START),
        (0, _AHEAD),
        (30, _AHEAD),
        (330, _AHEAD),
        (90, _LEFT),
        (140, _LEFT),
        (270, _RIGHT),
        (180, _BACK),
        (200, _BACK),
        (160, _BACK),
    ],
)
def test_the_first_stretch_is_told_from_where_one_looks(facing: float | None, kind: TurnKind) -> None:
    """The way leads up the map."""
    assert _kinds(_told([(0, 0), (0, 10)], facing)) == [kind]


def test_corners_are_left_and_right() -> None:
    """Up, right, up, left, down again: a staircase seen from above."""
    told = _told([(0, 0), (0, 10), (10, 10), (10, 20), (0, 20), (0, 15)], 0)
    assert _kinds(told) == [_AHEAD, _RIGHT, _LEFT, _LEFT, _LEFT]


def test_what_leads_straight_on_is_one_stretch_with_the_last_signs_on_it() -> None:
    """Also around a gentle bend; its metres are added up."""
    told = _told([(0, 0), (0, 10), (2, 20), (5, 30), (25, 30)], None, signs={0: "first", 1: "second", 3: "third"})
    assert _kinds(told) == [_START, _RIGHT]
    assert [each.signs for each in told] == ["second", "third"]
    assert told[0].metres == pytest.approx(10 + math.dist((0, 10), (2, 20)) + math.dist((2, 20), (5, 30)))
    assert [each.end for each in told] == ["3", "4"]


@pytest.mark.parametrize("mode", [PathwayMode.LIFT, PathwayMode.STAIRS, PathwayMode.ESCALATOR])
def test_a_climb_is_told_by_what_it_is_and_forgets_the_side(mode: PathwayMode) -> None:
    """Which way one comes out of a lift is not drawn on the map."""
    told = _told([(0, 0), (0, 10), (50, 10), (50, 20), (60, 20)], 0, {1: mode}, levels="gguuu")
    assert _kinds(told) == [_AHEAD, TurnKind(mode.value), _START, _RIGHT]


def test_flights_of_the_same_stairs_are_one_climb() -> None:
    """A lift after stairs is another."""
    stairs, lift = PathwayMode.STAIRS, PathwayMode.LIFT
    told = _told([(0, 0), (50, 0), (90, 0), (95, 0)], 0, {0: stairs, 1: stairs, 2: lift}, levels="abcd")
    assert _kinds(told) == [TurnKind.STAIRS, TurnKind.LIFT]
    assert told[0].end == "2"


def test_a_way_without_extent_or_to_another_part_of_the_sheet_is_no_turn() -> None:
    """A ramp to another level, a door drawn as one spot."""
    assert _kinds(_told([(0, 0), (0, 10), (0, 10), (0, 20)], 0)) == [_AHEAD]
    assert _kinds(_told([(0, 0), (0, 10), (60, 10), (60, 20)], 0, levels="gguu")) == [_AHEAD]
    assert _kinds(_told([(0, 0), (0, 0), (0, 10)], None)) == [_START]


def test_who_is_there_has_nothing_to_do() -> None:
    """No turn, whichever way one looks."""
    assert manoeuvres(Route(()), {}, 90) == ()


_COORDINATE = st.integers(-50, 50).map(float)
_SPOTS = st.lists(st.tuples(_COORDINATE, _COORDINATE), min_size=2, max_size=8, unique=True)


@given(_SPOTS, st.sampled_from([0.0, 90.0, 180.0, 270.0]))
def test_the_map_turned_round_changes_nothing(spots: list[_Spot], facing: float) -> None:
    """Left stays left when map and person are turned by a right angle; and all metres are told."""
    told = _told(spots, facing)
    turned = _told([(y, -x) for x, y in spots], (facing + 90) % 360)
    assert _kinds(told) == _kinds(turned)
    assert sum(each.metres for each in told) == pytest.approx(
        sum(math.dist(first, last) for first, last in itertools.pairwise(spots))
    )


@given(_SPOTS, st.sampled_from([0.0, 90.0, 180.0, 270.0]))
def test_in_a_mirror_left_is_right(spots: list[_Spot], facing: float) -> None:
    """And nothing else changes."""
    mirror = {_LEFT: _RIGHT, _RIGHT: _LEFT}
    mirrored = _told([(-x, y) for x, y in spots], -facing % 360)
    assert [mirror.get(kind, kind) for kind in _kinds(_told(spots, facing))] == _kinds(mirrored)
