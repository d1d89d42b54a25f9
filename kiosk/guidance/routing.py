"""The quickest way between two places over the open pathways, also step-free."""

import heapq
from collections.abc import Iterable

import msgspec

from kiosk.model.floor import Pathway, Place
from kiosk.model.ids import PlaceId
from kiosk.model.pack import Settings

_SECONDS_PER_MINUTE = 60


class Leg(msgspec.Struct, frozen=True):
    """One pathway, walked from `start` to `end`, with what the signs along it say in that direction."""

    pathway: Pathway
    start: PlaceId
    end: PlaceId
    seconds: float

    @property
    def signs(self) -> str:
        """The key of the signs' words, empty where nothing is signposted."""
        return self.pathway.signs if self.start == self.pathway.start else self.pathway.signs_back


class Route(msgspec.Struct, frozen=True):
    """A way: its legs in order; none when one is already there."""

    legs: tuple[Leg, ...]

    @property
    def metres(self) -> float:
        """The length in metres."""
        return sum(leg.pathway.length_m for leg in self.legs)

    @property
    def seconds(self) -> float:
        """The walking time in seconds."""
        return sum(leg.seconds for leg in self.legs)


class Routes:
    """All ways of a site. Found ways are kept: the floor does not change within a pack."""

    def __init__(self, places: Iterable[Place], pathways: Iterable[Pathway], settings: Settings) -> None:
        self._places = frozenset(place.id for place in places)
        self._legs = {
            step_free: _legs(pathways, speed, step_free=step_free)
            for step_free, speed in ((False, settings.walk_m_per_min), (True, settings.step_free_m_per_min))
        }
        self._found: dict[tuple[PlaceId, PlaceId, bool], Route | None] = {}

    def find(self, start: PlaceId, goal: PlaceId, *, step_free: bool) -> Route | None:
        """The quickest way, None when there is none or a place is not on the map."""
        key = (start, goal, step_free)
        if key not in self._found:
            if not {start, goal} <= self._places:
                return None
            self._found[key] = _quickest(self._legs[step_free], start, goal)
        return self._found[key]

    def reached_from(self, start: PlaceId, *, step_free: bool) -> frozenset[PlaceId]:
        """All places that there is a way to."""
        legs = self._legs[step_free]
        found, waiting = {start}, [start]
        while waiting:
            for leg in legs.get(waiting.pop(), ()):
                if leg.end not in found:
                    found.add(leg.end)
                    waiting.append(leg.end)
        return frozenset(found)


def _legs(pathways: Iterable[Pathway], speed: int, *, step_free: bool) -> dict[PlaceId, list[Leg]]:
    legs: dict[PlaceId, list[Leg]] = {}
    for pathway in pathways:
        if not pathway.open or (step_free and not pathway.step_free):
            continue
        seconds = pathway.traversal_s
        cost = pathway.length_m / speed * _SECONDS_PER_MINUTE if seconds is None else float(seconds)
        legs.setdefault(pathway.start, []).append(Leg(pathway, pathway.start, pathway.end, cost))
        if pathway.both_ways:
            legs.setdefault(pathway.end, []).append(Leg(pathway, pathway.end, pathway.start, cost))
    return legs


def _quickest(legs: dict[PlaceId, list[Leg]], start: PlaceId, goal: PlaceId) -> Route | None:
    """Dijkstra's algorithm; of equally quick ways the one whose pathways stand first in the pack."""
    reached: dict[PlaceId, float] = {start: 0.0}
    came_by: dict[PlaceId, Leg] = {}
    frontier: list[tuple[float, PlaceId]] = [(0.0, start)]
    while frontier:
        cost, place = heapq.heappop(frontier)
        if place == goal:
            return Route(_trace(came_by, start, goal))
        if cost > reached[place]:
            continue
        for leg in legs.get(place, ()):
            total = cost + leg.seconds
            if total < reached.get(leg.end, float("inf")):
                reached[leg.end] = total
                came_by[leg.end] = leg
                heapq.heappush(frontier, (total, leg.end))
    return None


def _trace(came_by: dict[PlaceId, Leg], start: PlaceId, goal: PlaceId) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    while goal != start:
        legs.append(came_by[goal])
        goal = legs[-1].start
    return tuple(reversed(legs))
