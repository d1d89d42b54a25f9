"""Ways: the quickest one, only over what is open, also without steps."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.guidance.routing import Route, Routes
from kiosk.model.floor import Pathway, PathwayMode, Place
from kiosk.model.ids import MessageKey, PlaceId
from kiosk.model.pack import Settings

_SETTINGS = Settings(walk_m_per_min=60, step_free_m_per_min=60)
_NAMES = "abcdef"


def _place(name: str) -> Place:
    return Place(PlaceId(name), "level", 0, 0)


def _pathways(edges: list[tuple[str, str, int, bool, bool, bool]]) -> list[Pathway]:
    return [
        Pathway(
            f"p{number}",
            PlaceId(start),
            PlaceId(end),
            PathwayMode.WALKWAY,
            float(length),
            step_free=step_free,
            both_ways=both_ways,
            open=is_open,
        )
        for number, (start, end, length, step_free, both_ways, is_open) in enumerate(edges)
        if start != end
    ]


_EDGES = st.lists(
    st.tuples(
        st.sampled_from(_NAMES), st.sampled_from(_NAMES), st.integers(0, 9), st.booleans(), st.booleans(), st.booleans()
    ),
    max_size=12,
)


def _cheapest(pathways: list[Pathway], start: str, goal: str, *, step_free: bool) -> float | None:
    """By brute force: the costs of all places, relaxed until nothing changes."""
    costs = {start: 0.0}
    for _ in _NAMES:
        for pathway in pathways:
            if not pathway.open or (step_free and not pathway.step_free):
                continue
            ends = [(pathway.start, pathway.end)]
            ends += [(pathway.end, pathway.start)] if pathway.both_ways else []
            for here, there in ends:
                if here in costs:
                    costs[there] = min(costs.get(there, 1e9), costs[here] + pathway.length_m)
    return costs.get(goal)


@settings(max_examples=300)
@given(_EDGES, st.booleans())
def test_the_way_is_as_quick_as_the_best_found_by_brute_force(
    edges: list[tuple[str, str, int, bool, bool, bool]], step_free: bool
) -> None:
    pathways = _pathways(edges)
    routes = Routes([_place(name) for name in _NAMES], pathways, _SETTINGS)
    for start, goal in itertools.product(_NAMES[:3], _NAMES):
        route = routes.find(PlaceId(start), PlaceId(goal), step_free=step_free)
        cost = _cheapest(pathways, start, goal, step_free=step_free)
        assert (None if route is None else route.seconds) == cost
        if route is not None:
            _check_joined(route, start, goal, step_free=step_free)


def _check_joined(route: Route, start: str, goal: str, *, step_free: bool) -> None:
    stops = [start, *(leg.end for leg in route.legs)]
    assert stops[-1] == goal
    assert all(leg.start == stop for leg, stop in zip(route.legs, stops, strict=False))
    assert all(leg.pathway.open and (leg.pathway.step_free or not step_free) for leg in route.legs)


def test_a_closed_lift_is_never_offered() -> None:
    lift = Pathway("lift", PlaceId("a"), PlaceId("b"), PathwayMode.LIFT, 4.0, open=False)
    stairs = Pathway("stairs", PlaceId("a"), PlaceId("b"), PathwayMode.STAIRS, 30.0, step_free=False)
    routes = Routes([_place("a"), _place("b")], [lift, stairs], _SETTINGS)
    assert routes.find(PlaceId("a"), PlaceId("b"), step_free=True) is None
    walked = routes.find(PlaceId("a"), PlaceId("b"), step_free=False)
    assert walked is not None
    assert [leg.pathway.id for leg in walked.legs] == ["stairs"]


def test_a_place_that_is_not_on_the_map_has_no_way() -> None:
    assert Routes([_place("a")], [], _SETTINGS).find(PlaceId("a"), PlaceId("moon"), step_free=False) is None


def test_a_declared_time_counts_more_than_the_length() -> None:
    slow = Pathway("slow", PlaceId("a"), PlaceId("b"), PathwayMode.LIFT, 1.0, traversal_s=90)
    long = Pathway("long", PlaceId("a"), PlaceId("b"), PathwayMode.WALKWAY, 50.0)
    route = Routes([_place("a"), _place("b")], [slow, long], _SETTINGS).find(
        PlaceId("a"), PlaceId("b"), step_free=False
    )
    assert route is not None
    assert (route.metres, route.seconds) == (50.0, 50.0)


def test_signs_are_those_of_the_direction_walked() -> None:
    pathway = Pathway(
        "p",
        PlaceId("a"),
        PlaceId("b"),
        PathwayMode.WALKWAY,
        5.0,
        signs=MessageKey("sign.there"),
        signs_back=MessageKey("sign.back"),
    )
    routes = Routes([_place("a"), _place("b")], [pathway], _SETTINGS)
    there, back = (routes.find(PlaceId(x), PlaceId(y), step_free=False) for x, y in (("a", "b"), ("b", "a")))
    assert there is not None
    assert back is not None
    assert (there.legs[0].signs, back.legs[0].signs) == ("sign.there", "sign.back")


def test_what_is_reached_is_what_there_is_a_way_to() -> None:
    """Over stairs, a one-way door and a closed lift."""
    ways = _pathways(
        [
            ("a", "b", 5, True, True, True),
            ("b", "c", 5, False, True, True),
            ("c", "d", 5, True, False, True),
            ("d", "e", 5, True, True, False),
        ]
    )
    routes = Routes([_place(name) for name in _NAMES], ways, _SETTINGS)
    for start, step_free in itertools.product(map(PlaceId, _NAMES), (False, True)):
        found = {goal for goal in map(PlaceId, _NAMES) if routes.find(start, goal, step_free=step_free) is not None}
        assert routes.reached_from(start, step_free=step_free) == found
