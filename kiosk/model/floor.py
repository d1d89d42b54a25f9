"""How the floor lies, as a content pack says it: levels, what stands there, places and the ways between them.

Coordinates are metres on the site's one map sheet, with the origin at the lower left; levels lie beside each other on
that sheet.
"""

from enum import StrEnum

from kiosk.model.ids import EpochMs, MessageKey, PlaceId
from kiosk.model.part import Part

Coordinates = tuple[float, float]
"""A point: metres to the right and up."""


class PathwayMode(StrEnum):
    """How one moves along a pathway, as GTFS `pathway_mode`."""

    WALKWAY = "walkway"
    STAIRS = "stairs"
    MOVING_WALKWAY = "moving_walkway"
    ESCALATOR = "escalator"
    LIFT = "lift"
    GATE = "gate"
    EXIT = "exit"


class FloorShape(Part, frozen=True):
    """A closed outline on the map: a `room` or `block` that ways go around, or an `area` that they may cross."""

    outline: tuple[Coordinates, ...]
    kind: str = "room"
    label: MessageKey = MessageKey("")


class Level(Part, frozen=True):
    """One level: its own rectangle on the sheet (`left`, `bottom`, `width_m`, `height_m`) and what stands there.

    As with places, the text of `<name>.to` says "to it" as part of a sentence.
    """

    id: str
    name: MessageKey
    left: float
    bottom: float
    width_m: float
    height_m: float
    shapes: tuple[FloorShape, ...] = ()


class Place(Part, frozen=True):
    """A place one can be sent to, or, without a name, a bend or a crossing of ways. `zone` groups near places."""

    id: PlaceId
    level: str
    x: float
    y: float
    name: MessageKey = MessageKey("")
    """Its text is the name; the text of `<name>.to` says "to it" as part of a sentence."""
    zone: str = ""


class Pathway(Part, frozen=True):
    """A straight way between two places. `length_m` and `traversal_s` are along it; a closed one is never offered."""

    id: str
    start: PlaceId
    end: PlaceId
    mode: PathwayMode
    length_m: float
    traversal_s: int | None = None
    """None: the length at walking speed."""
    step_free: bool = True
    both_ways: bool = True
    open: bool = True
    signs: MessageKey = MessageKey("")
    """What the real signs on the way say, as GTFS `signposted_as`."""
    signs_back: MessageKey = MessageKey("")
    closed_from: EpochMs | None = None
    """It is closed in [`closed_from`, `closed_until`) too; with one of them alone before, or after, that moment."""
    closed_until: EpochMs | None = None


class Unreachable(Part, frozen=True):
    """A place that the pack's author knows to be out of reach, for those who need step-free ways or for everybody.

    `why` is for the author's colleagues; the text of `message` is what people are told instead of a way.
    """

    id: PlaceId
    why: str
    message: MessageKey
    step_free: bool = True
    """Whether it is only the step-free way that is missing."""
