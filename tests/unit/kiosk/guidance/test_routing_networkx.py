"""The router against networkx: on any floor, the way found is as quick as the one that an independent library finds."""

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.guidance.effective import pack_with
from kiosk.guidance.routing import Route, Routes
from kiosk.model.floor import Pathway, PathwayMode, Place
from kiosk.model.ids import PlaceId
from kiosk.model.pack import Pack, Settings
from kiosk.model.pathway import Opened
from tests.fakes.packs import small_pack

_PLACES = [PlaceId(f"p{number}") for number in range(9)]
_WALK, _ROLL = 70, 50
_SETTINGS = Settings(walk_m_per_min=_WALK, step_free_m_per_min=_ROLL)
_CLIMBED = {PathwayMode.STAIRS, PathwayMode.ESCALATOR}

_PATHWAYS = st.lists(
    st.builds(
        Pathway,
        st.integers(0, 40).map("w{}".format),
        st.sampled_from(_PLACES),
        st.sampled_from(_PLACES),
        st.sampled_from(PathwayMode),
        st.integers(0, 200).map(float),
        traversal_s=st.none() | st.integers(0, 90),
        both_ways=st.booleans(),
        open=st.booleans(),
    ).map(lambda way: way if way.mode not in _CLIMBED else _with_steps(way)),
    max_size=30,
    unique_by=lambda way: way.id,
).map(lambda ways: [way for way in ways if way.start != way.end])
_SAID: st.SearchStrategy[Opened] = st.dictionaries(st.integers(0, 40).map("w{}".format), st.booleans(), max_size=8).map(
    lambda said: frozenset(said.items())
)


def _with_steps(way: Pathway) -> Pathway:
    return replace(way, step_free=False)


def _pack(pathways: list[Pathway]) -> Pack:
    places = tuple(Place(place, "ground", 0, 0) for place in _PLACES)
    return replace(small_pack(), places=places, pathways=tuple(pathways), settings=_SETTINGS)


def _graph(pathways: list[Pathway], said: Opened, *, step_free: bool) -> "nx.MultiDiGraph[PlaceId]":
    """The same floor as a graph whose weights are seconds, made without any of the router's code."""
    graph: nx.MultiDiGraph[PlaceId] = nx.MultiDiGraph()
    graph.add_nodes_from(_PLACES)
    told = dict(said)
    for way in pathways:
        if not told.get(way.id, way.open) or (step_free and not way.step_free):
            continue
        speed = _ROLL if step_free else _WALK
        seconds = way.length_m * 60 / speed if way.traversal_s is None else way.traversal_s
        graph.add_edge(way.start, way.end, seconds=seconds)
        if way.both_ways:
            graph.add_edge(way.end, way.start, seconds=seconds)
    return graph


@settings(max_examples=400)
@given(_PATHWAYS, _SAID, st.booleans())
def test_every_way_is_as_quick_as_networkx_finds_it(pathways: list[Pathway], said: Opened, step_free: bool) -> None:
    """One-way doors, stairs, ways that the pack closed and ways that the staff closed or opened; from and to everywhere."""
    pack = pack_with(_pack(pathways), said)
    routes = Routes(pack.places, pack.pathways, pack.settings)
    times = dict(nx.all_pairs_dijkstra_path_length(_graph(pathways, said, step_free=step_free), weight="seconds"))
    for start in _PLACES:
        assert routes.reached_from(start, step_free=step_free) == times[start].keys()
        for goal in _PLACES:
            route, best = routes.find(start, goal, step_free=step_free), times[start].get(goal)
            assert (route is None) is (best is None)
            if route is not None and best is not None:
                assert abs(route.seconds - best) < 1e-6
                _check_walkable(route, pathways, said, step_free=step_free)


def _check_walkable(route: Route, pathways: list[Pathway], said: Opened, *, step_free: bool) -> None:
    """Each leg begins where the one before ended, and none leads over what is closed, steps or the wrong way."""
    told, by_id = dict(said), {way.id: way for way in pathways}
    for leg, after in zip(route.legs, route.legs[1:], strict=False):
        assert leg.end == after.start
    for leg in route.legs:
        way = by_id[leg.pathway.id]
        assert told.get(way.id, way.open)
        assert way.step_free or not step_free
        assert (leg.start, leg.end) in {(way.start, way.end), *([(way.end, way.start)] if way.both_ways else [])}


@settings(max_examples=100)
@given(_PATHWAYS, _SAID)
def test_who_needs_step_free_ways_never_has_more_of_them(pathways: list[Pathway], said: Opened) -> None:
    """Whatever is reached without steps is reached with them."""
    pack = pack_with(_pack(pathways), said)
    routes = Routes(pack.places, pack.pathways, pack.settings)
    for start in _PLACES:
        assert routes.reached_from(start, step_free=True) <= routes.reached_from(start, step_free=False)
