"""The one next step, in words, and the way there."""

from enum import StrEnum

import msgspec

from kiosk.model.ids import DurationMs, EpochMs, Lang, MessageKey, Metres, PackVersion, PlaceId
from kiosk.model.outcome import Outcome


class Tone(StrEnum):
    """The kind of answer; each has a colour, an icon and words, never a colour alone."""

    GO = "go"
    WAIT = "wait"
    STOP = "stop"
    INFO = "info"


class Point(msgspec.Struct, frozen=True):
    """A place on a floor, in metres from the map's lower left corner."""

    x: float
    y: float


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """A room or a block on a floor map: a closed outline, with a label in the step's language where it has one."""

    outline: tuple[Point, ...]
    kind: str = "room"
    label: str = ""


class TurnKind(StrEnum):
    """What to do next on a way; `start` is a stretch without a left or right that could be told."""

    START = "start"
    AHEAD = "ahead"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"
    LIFT = "lift"
    STAIRS = "stairs"
    ESCALATOR = "escalator"


class Turn(msgspec.Struct, frozen=True):
    """One instruction, a whole sentence or two."""

    kind: TurnKind
    text: str


class OfferShown(msgspec.Struct, frozen=True):
    """A suggestion below the answer: what, and why this person gets to see it."""

    id: str
    text: str
    why: str


class Way(msgspec.Struct, frozen=True):
    """A way on one floor map, from here (first point) to there (last point)."""

    width_m: Metres
    height_m: Metres
    shapes: tuple[Shape, ...]
    line: tuple[Point, ...]
    distance_m: Metres
    walking: DurationMs
    text: str
    """The way in words, e.g. "Follow the blue line, 120 m, about 2 min"."""
    turns: tuple[Turn, ...] = ()
    facing: float | None = None
    """Where somebody looks who stands before the touchpoint: degrees clockwise from up on the map."""


class ActionKind(StrEnum):
    """What an answer screen can offer."""

    CALL_HELP = "call_help"
    READ_ALOUD = "read_aloud"
    LARGER_TEXT = "larger_text"
    LANGUAGE = "language"


class PickupLine(msgspec.Struct, frozen=True):
    """The state of one pickup in the visitor's words: number, state ("Ready"), and where or when."""

    number: str
    state: str
    detail: str
    tone: Tone


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to do now, where, by when, the way there, and why: all texts ready to show, in `lang`.

    `headline` and `detail` answer the scan ("Checked in", "Welcome, Anna K."); `lead` and `place` are the next step
    ("Next: walk to", "Gate 7"); `when` is its time in words ("Departs 17:30") and `deadline` the moment to count down
    to. `row` names the decision row and `message` the message that said so.
    """

    outcome: Outcome
    tone: Tone
    lang: Lang
    message: MessageKey
    row: str
    pack: PackVersion
    headline: str
    detail: str = ""
    lead: str = ""
    place: str = ""
    place_id: PlaceId | None = None
    when: str = ""
    deadline: EpochMs | None = None
    why: str = ""
    way: Way | None = None
    pickups: tuple[PickupLine, ...] = ()
    actions: tuple[ActionKind, ...] = ()
    offer: OfferShown | None = None
    speech: str = ""
    """The same as one text to be read aloud."""
