"""A way turn by turn: left, right and straight on from the places' coordinates, lifts and stairs by what they are.

Stretches that lead straight on are one; a gentle bend is no turn. Where nobody knows which way one looks, before a
touchpoint that does not say so or on leaving a lift or stairs, the first stretch is told without a side.
"""

import math
from collections.abc import Iterator, Mapping

import msgspec

from kiosk.guidance.routing import Leg, Route
from kiosk.model.floor import PathwayMode, Place
from kiosk.model.ids import PlaceId
from kiosk.model.step import TurnKind

CLIMBS = {
    PathwayMode.LIFT: TurnKind.LIFT,
    PathwayMode.STAIRS: TurnKind.STAIRS,
    PathwayMode.ESCALATOR: TurnKind.ESCALATOR,
}
"""Ways that are told by what they are."""
_STRAIGHT = 35.0
_ABOUT = 145.0
"""Degrees: less is straight on, more is turning round."""


class Manoeuvre(msgspec.Struct, frozen=True):
    """One thing to do: a stretch to go or a climb, with the key of the last signs along it and the place it ends at."""

    kind: TurnKind
    metres: float
    signs: str
    end: PlaceId


class _Stretch:
    """Legs that are told as one."""

    def __init__(self, kind: TurnKind, leg: Leg) -> None:
        self.kind = kind
        self._legs = [leg]

    def add(self, leg: Leg) -> None:
        self._legs.append(leg)

    def told(self) -> Manoeuvre:
        signs = [leg.signs for leg in self._legs if leg.signs]
        return Manoeuvre(
            self.kind,
            sum(leg.pathway.length_m for leg in self._legs),
            signs[-1] if signs else "",
            self._legs[-1].end,
        )


def manoeuvres(route: Route, places: Mapping[PlaceId, Place], facing: float | None) -> tuple[Manoeuvre, ...]:
    """What to do on `route`, one after the other. `facing` is where one looks at its start, in degrees clockwise from up."""
    return tuple(stretch.told() for stretch in _stretches(route, places, facing))


def _stretches(route: Route, places: Mapping[PlaceId, Place], facing: float | None) -> Iterator[_Stretch]:
    heading, stretch = facing, None
    for leg in route.legs:
        climb = CLIMBS.get(leg.pathway.mode)
        bearing = None if climb else _bearing(places[leg.start], places[leg.end])
        kind = climb or _side(heading, bearing)
        if stretch is not None and _goes_on(stretch.kind, climb, kind):
            stretch.add(leg)
        else:
            if stretch is not None:
                yield stretch
            stretch = _Stretch(kind, leg)
        # Which way one leaves a lift is not drawn on the map.
        heading = None if climb else heading if bearing is None else bearing
    if stretch is not None:
        yield stretch


def _goes_on(before: TurnKind, climb: TurnKind | None, kind: TurnKind) -> bool:
    """Whether a leg is no turn of its own: one more flight of the same stairs, or straight on."""
    if climb is not None:
        return before is climb
    return before not in CLIMBS.values() and kind in {TurnKind.AHEAD, TurnKind.START}


def _bearing(start: Place, end: Place) -> float | None:
    """Degrees clockwise from up; None for a leg that leads nowhere on the map, or to another part of the sheet."""
    across, up = end.x - start.x, end.y - start.y
    if start.level != end.level or (across == 0 and up == 0):
        return None
    return math.degrees(math.atan2(across, up))


def _side(heading: float | None, bearing: float | None) -> TurnKind:
    if heading is None:
        return TurnKind.START
    turned = 0.0 if bearing is None else (bearing - heading + 180) % 360 - 180
    if abs(turned) <= _STRAIGHT:
        return TurnKind.AHEAD
    if abs(turned) >= _ABOUT:
        return TurnKind.BACK
    return TurnKind.RIGHT if turned > 0 else TurnKind.LEFT
