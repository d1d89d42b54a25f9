"""What a pack must show beyond its schema and its answers: every text is said, every way can be walked."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.guidance.effective import edges, pack_at
from kiosk.guidance.references import Flaw
from kiosk.guidance.routing import Routes
from kiosk.guidance.texts import required_texts
from kiosk.guidance.words import FORM_MARK
from kiosk.model.floor import FloorShape, Pathway, Place
from kiosk.model.ids import EpochMs, PlaceId
from kiosk.model.pack import Pack, TouchpointKind

_SOLID = frozenset({"room", "block"})
_STEPS = 50
_MOST_CROSSINGS = 200_000
_SLACK_M = 0.5


def gate_flaws(pack: Pack) -> Iterator[Flaw]:
    """Everything that the gates refuse in a pack whose references are sound."""
    yield from _unused(pack)
    needed: set[PlaceId] = set()
    for moment in (EpochMs(min((0, *edges(pack))) - 1), *edges(pack)):
        yield from _unreachable(pack_at(pack, moment), _when(pack, moment), needed)
    for place in (place for place in pack.unreachable if place.id not in needed):
        what = "It is declared out of reach, but there is always a way to it from every touchpoint."
        yield Flaw("unreachable", place.id, what, "Take the declaration out.", "ways")
    yield from _odd_lengths(pack)
    yield from _through_walls(pack)


def _unused(pack: Pack) -> Iterator[Flaw]:
    """A text that nothing says is mostly a misspelt key."""
    used = {need.key for need in required_texts(pack)}
    keys = {name.partition(FORM_MARK)[0] for texts in pack.messages.values() for name in texts}
    for key in sorted(keys - used):
        yield Flaw(
            "messages", key, "Nothing in the pack says this text.", "Take it out, or correct its key.", "messages"
        )


def _when(pack: Pack, moment: EpochMs) -> str:
    if moment not in edges(pack):
        return ""
    local = datetime.fromtimestamp(moment / 1000, ZoneInfo(pack.zone))
    return f" from {local:%Y-%m-%d %H:%M}"


def out_of_reach(pack: Pack) -> Iterator[str]:
    """The places that are declared out of reach, in words."""
    texts = pack.messages[pack.languages[0]]
    for place in pack.unreachable:
        how = "without steps" if place.step_free else "at all"
        yield f'{place.id} can\'t be reached {how}: {place.why} People are told: "{texts.get(place.message, "")}"'


def _unreachable(pack: Pack, when: str, needed: set[PlaceId]) -> Iterator[Flaw]:
    """From every touchpoint that answers there must be a way to every named place, also step-free, if not declared.

    The declarations that are needed are noted in `needed`.
    """
    declared = {place.id: place for place in pack.unreachable}
    routes = Routes(pack.places, pack.pathways, pack.settings)
    goals = [place for place in pack.places if place.name]
    answering = [touchpoint for touchpoint in pack.touchpoints if touchpoint.kind is not TouchpointKind.BOARD]
    for touchpoint, step_free in itertools.product(answering, (False, True)):
        reached = routes.reached_from(touchpoint.place, step_free=step_free)
        for goal in (goal for goal in goals if goal.id not in reached):
            exception = declared.get(goal.id)
            if exception is not None and (step_free or not exception.step_free):
                needed.add(goal.id)
                continue
            how = "step-free way" if step_free else "way"
            what = f"There is no open {how} to it from {touchpoint.id}{when}."
            yield Flaw(
                "stops",
                goal.id,
                what,
                "Join it in pathways.csv, open a way, or declare it in [[unreachable]] of pack.toml.",
                "ways",
            )


def _odd_lengths(pack: Pack) -> Iterator[Flaw]:
    places = {place.id: place for place in pack.places}
    for pathway in pack.pathways:
        start, end = places[pathway.start], places[pathway.end]
        straight = ((start.x - end.x) ** 2 + (start.y - end.y) ** 2) ** 0.5
        if start.level == end.level and pathway.length_m + _SLACK_M < straight:
            what = f"It is {pathway.length_m:g} m long, but its ends lie {straight:.1f} m apart."
            yield Flaw(
                "pathways", pathway.id, what, "Correct the length, or leave it empty to have it measured.", "ways"
            )


def _through_walls(pack: Pack) -> Iterator[Flaw]:
    """A drawn way must not cross a room, unless it begins or ends in it."""
    drawn = len(pack.pathways) * sum(len(level.shapes) for level in pack.levels)
    if drawn > _MOST_CROSSINGS:
        yield Flaw("pathways", "", "There are too many ways and rooms to be compared.", "Draw fewer rooms.", "ways")
        return
    places = {place.id: place for place in pack.places}
    shapes = {level.id: [shape for shape in level.shapes if shape.kind in _SOLID] for level in pack.levels}
    for pathway in pack.pathways:
        ends = (places[pathway.start], places[pathway.end])
        if ends[0].level != ends[1].level:
            continue
        for shape in shapes[ends[0].level]:
            if not any(_inside(end.x, end.y, shape) for end in ends) and _crosses(pathway, places, shape):
                what = f"It crosses {shape.label or 'a room'} at {shape.outline[0]}."
                yield Flaw("pathways", pathway.id, what, "Lead it around, with a bend of its own in stops.csv.", "ways")


def _crosses(pathway: Pathway, places: dict[PlaceId, Place], shape: FloorShape) -> bool:
    start, end = places[pathway.start], places[pathway.end]
    for ends, sides in (
        ((start.x, end.x), [x for x, _ in shape.outline]),
        ((start.y, end.y), [y for _, y in shape.outline]),
    ):
        if not sides or max(ends) < min(sides) or min(ends) > max(sides):
            return False
    parts = (step / _STEPS for step in range(_STEPS + 1))
    points = ((start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part) for part in parts)
    return any(_inside(x, y, shape) for x, y in points)


def _inside(x: float, y: float, shape: FloorShape) -> bool:
    """Whether a point lies within an outline (even-odd rule)."""
    inside = False
    for (x1, y1), (x2, y2) in _edges(shape.outline):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _edges(outline: tuple[tuple[float, float], ...]) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    return zip(outline, (*outline[1:], *outline[:1]), strict=True)
