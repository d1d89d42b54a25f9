"""The floor of a site: names of places, and ways drawn and told."""

import math
from collections.abc import Iterable
from itertools import pairwise

from kiosk.guidance.routing import Route, Routes
from kiosk.guidance.texts import TO, WAY_LIFT, WAY_NONE, WAY_NONE_STEP_FREE, WAY_SPOKEN, WAY_STAIRS, WAY_WALK, turn_key
from kiosk.guidance.turns import Manoeuvre, manoeuvres
from kiosk.guidance.words import Values, Words
from kiosk.model.floor import FloorShape, PathwayMode
from kiosk.model.ids import DurationMs, Lang, Metres, PlaceId
from kiosk.model.pack import Pack
from kiosk.model.step import Point, Shape, Turn, Way

_MS_PER_SECOND = 1000
_SECONDS_PER_MINUTE = 60
_ROUND_TO_M = 5
_CLIMBS = frozenset({PathwayMode.STAIRS, PathwayMode.ESCALATOR})


class Floor:
    """Where everything is, from a pack's levels, places and pathways."""

    def __init__(self, pack: Pack, words: Words) -> None:
        self._words = words
        self._levels = {level.id: level for level in pack.levels}
        self._places = {place.id: place for place in pack.places}
        self._unreachable = {place.id: place for place in pack.unreachable}
        self._routes = Routes(pack.places, pack.pathways, pack.settings)

    def knows(self, place: PlaceId) -> bool:
        """Whether the place is on the map and has a name."""
        return place in self._places and bool(self._places[place].name)

    def name(self, place: PlaceId, lang: Lang) -> str:
        """The place's name; for one that is not on the map its id, which is better than nothing."""
        return self._words.text(lang, self._places[place].name) if self.knows(place) else place

    def name_to(self, place: PlaceId, lang: Lang) -> str:
        """The words for "to the place" within a sentence. The place must be known."""
        return self._words.text(lang, self._places[place].name + TO)

    def near(self, place: PlaceId, other: PlaceId) -> bool:
        """Whether two places are one, or in one zone."""
        if place == other:
            return True
        first, second = self._places.get(place), self._places.get(other)
        return first is not None and second is not None and bool(first.zone) and first.zone == second.zone

    def route(self, start: PlaceId, goal: PlaceId, *, step_free: bool) -> Route | None:
        """The quickest way, None when there is none."""
        return self._routes.find(start, goal, step_free=step_free)

    def no_way(self, goal: PlaceId, lang: Lang, *, step_free: bool) -> str:
        """What people are told where no way is open to `goal`: the author's words for it, or that it is so just now."""
        declared = self._unreachable.get(goal)
        key = WAY_NONE_STEP_FREE if step_free else WAY_NONE
        if declared is not None and (step_free or not declared.step_free):
            key = declared.message
        return self._words.text(lang, key, {"place": self.name(goal, lang), "to_place": self.name_to(goal, lang)})

    def minutes(self, stops: Iterable[PlaceId], *, step_free: bool) -> int | None:
        """Walking minutes along `stops`, rounded up, None when one can't be reached from the one before."""
        seconds = 0.0
        for start, goal in pairwise(stops):
            route = self.route(start, goal, step_free=step_free)
            if route is None:
                return None
            seconds += route.seconds
        return math.ceil(seconds / _SECONDS_PER_MINUTE)

    def way(self, route: Route, lang: Lang, facing: float | None = None) -> Way | None:
        """The way drawn on the levels that it touches and told turn by turn, None when one is already there.

        `facing` is where somebody looks who sets out.
        """
        if not route.legs:
            return None
        stops = [self._places[place] for place in (route.legs[0].start, *(leg.end for leg in route.legs))]
        used = {stop.level for stop in stops}
        levels = [level for level in self._levels.values() if level.id in used]
        left, bottom = min(level.left for level in levels), min(level.bottom for level in levels)
        return Way(
            width_m=Metres(max(level.left + level.width_m for level in levels) - left),
            height_m=Metres(max(level.bottom + level.height_m for level in levels) - bottom),
            shapes=tuple(self._shape(shape, lang, left, bottom) for level in levels for shape in level.shapes),
            line=tuple(Point(stop.x - left, stop.y - bottom) for stop in stops),
            distance_m=Metres(route.metres),
            walking=DurationMs(round(route.seconds * _MS_PER_SECOND)),
            text=self._words.text(lang, _told_by(route), self._measures(route, lang)),
            turns=self.turns(route, lang, facing),
            facing=facing,
        )

    def turns(self, route: Route, lang: Lang, facing: float | None) -> tuple[Turn, ...]:
        """The way turn by turn, in the words of the signs along it."""
        told = manoeuvres(route, self._places, facing)
        return tuple(
            Turn(each.kind, self._turn(each, lang, last=number == len(told))) for number, each in enumerate(told, 1)
        )

    def spoken(self, route: Route, way: Way, lang: Lang) -> tuple[str, ...]:
        """The way in sentences for the ear: distance and time, then every turn."""
        told = self._words.text(lang, WAY_SPOKEN, self._measures(route, lang))
        return (told, *(turn.text for turn in way.turns))

    def _turn(self, told: Manoeuvre, lang: Lang, *, last: bool) -> str:
        values: Values = {
            "metres": _rounded(told.metres),
            "signs": self._words.text(lang, told.signs) if told.signs else "",
            "to_level": self._to_level(told.end, lang),
            "place": self.name(told.end, lang),
            "to_place": self.name_to(told.end, lang),
        }
        return self._words.text(lang, turn_key(told.kind, signs=bool(told.signs), goal=last), values)

    def _to_level(self, place: PlaceId, lang: Lang) -> str:
        return self._words.text(lang, self._levels[self._places[place].level].name + TO)

    def _measures(self, route: Route, lang: Lang) -> Values:
        """The whole way: minutes rounded up, as nobody walks 117 metres in 1.7 minutes; the last level."""
        return {
            "metres": _rounded(route.metres),
            "minutes": max(1, math.ceil(route.seconds / _SECONDS_PER_MINUTE)),
            "to_level": self._to_level(route.legs[-1].end, lang),
        }

    def _shape(self, shape: FloorShape, lang: Lang, left: float, bottom: float) -> Shape:
        outline = tuple(Point(x - left, y - bottom) for x, y in shape.outline)
        return Shape(outline, shape.kind, self._words.text(lang, shape.label) if shape.label else "")


def _rounded(metres: float) -> int:
    """To the nearest five metres, and never none."""
    return max(_ROUND_TO_M, _ROUND_TO_M * round(metres / _ROUND_TO_M))


def _told_by(route: Route) -> str:
    modes = {leg.pathway.mode for leg in route.legs}
    if PathwayMode.LIFT in modes:
        return WAY_LIFT
    return WAY_STAIRS if modes & _CLIMBS else WAY_WALK
