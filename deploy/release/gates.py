"""What a pack must prove beyond its schema: nobody is left without an answer, and every way can be walked."""

import itertools
from collections.abc import Iterable, Iterator

from kiosk.guidance.references import Flaw
from kiosk.guidance.routing import Routes
from kiosk.guidance.texts import required_texts, row_keys
from kiosk.guidance.words import FORM_MARK, Words
from kiosk.model.ids import PlaceId
from kiosk.model.order import OPEN
from kiosk.model.outcome import Outcome
from kiosk.model.pack import ANSWERING, FloorShape, Pack, Pathway, Place, Row, TouchpointKind

_SOLID = frozenset({"room", "block"})
_ALWAYS_KNOWN = frozenset({"site", "place", "to_place"})
"""Placeholders that a row with a place of its own can always fill."""
_KNOWN_OF_ORDERS = frozenset({"site", "number", "time", "date"})
_STEPS = 50
_SLACK_M = 0.5

_Cell = tuple[TouchpointKind, Outcome]


def gate_flaws(pack: Pack) -> Iterator[Flaw]:
    """Everything that the gates refuse in a pack whose references are sound."""
    words = Words(pack.messages, pack.zone)
    yield from _unused(pack)
    yield from _unanswered(pack, words)
    yield from _shadowed(pack, words)
    yield from _unread_pickups(pack, words)
    yield from _unreachable(pack)
    yield from _odd_lengths(pack)
    yield from _through_walls(pack)


def _unused(pack: Pack) -> Iterator[Flaw]:
    """A text that nothing says is mostly a misspelt key."""
    used = {need.key for need in required_texts(pack)}
    keys = {name.partition(FORM_MARK)[0] for texts in pack.messages.values() for name in texts}
    for key in sorted(keys - used):
        yield Flaw("messages", key, "Nothing in the pack says this text.", "Take it out, or correct its key.")


def _unanswered(pack: Pack, words: Words) -> Iterator[Flaw]:
    """Each outcome at each kind of touchpoint must have a row of its own that holds whatever the facts are."""
    answered = {cell for row in pack.rows if row.outcomes and _unconditional(row, words) for cell in _cells(row)}
    kinds = [kind for kind in ANSWERING if any(touchpoint.kind is kind for touchpoint in pack.touchpoints)]
    for kind, outcome in itertools.product(kinds, Outcome):
        if (kind, outcome) not in answered:
            what = f"At a {kind}, a scan that comes to {outcome} may be left without an answer of its own."
            todo = f'Add a row with at "{kind}", outcome "{outcome}", an empty condition and only general placeholders.'
            yield Flaw("rows", "", what, todo)


def _shadowed(pack: Pack, words: Words) -> Iterator[Flaw]:
    taken: dict[_Cell, str] = {}
    for row in pack.rows:
        cells = _cells(row)
        if cells and all(cell in taken for cell in cells):
            first = taken[min(cells)]
            yield Flaw("rows", row.id, f'No scan comes to this row: row "{first}" above answers first.', "Move it up.")
        elif _unconditional(row, words):
            for cell in cells:
                taken.setdefault(cell, row.id)


def _cells(row: Row) -> list[_Cell]:
    return list(itertools.product(row.at or ANSWERING, row.outcomes or Outcome))


def _unconditional(row: Row, words: Words) -> bool:
    free = row.when is True and row.valid_from is None and row.valid_until is None
    anywhere = not row.place.startswith("@")
    return free and anywhere and words.needs(row_keys(row)) <= _ALWAYS_KNOWN


def _unread_pickups(pack: Pack, words: Words) -> Iterator[Flaw]:
    read = {
        state
        for line in pack.pickup_rows
        if line.when is True and words.needs((line.word, line.detail)) <= _KNOWN_OF_ORDERS
        for state in line.states or OPEN
    }
    for state in sorted(OPEN - read):
        todo = f'Add a row with state "{state}", an empty condition and neither place nor minutes.'
        yield Flaw("pickups", "", f"An order that is {state} may be left out of the list.", todo)


def _unreachable(pack: Pack) -> Iterator[Flaw]:
    """From every touchpoint that answers there must be a way to every named place, also step-free."""
    routes = Routes(pack.places, pack.pathways, pack.settings)
    goals = [place for place in pack.places if place.name]
    for touchpoint, goal, step_free in itertools.product(pack.touchpoints, goals, (False, True)):
        answers = touchpoint.kind is not TouchpointKind.BOARD
        if answers and routes.find(touchpoint.place, goal.id, step_free=step_free) is None:
            how = "step-free way" if step_free else "way"
            what = f"There is no open {how} to it from {touchpoint.id}."
            yield Flaw("stops", goal.id, what, "Join it in pathways.csv, or open a way.")


def _odd_lengths(pack: Pack) -> Iterator[Flaw]:
    places = {place.id: place for place in pack.places}
    for pathway in pack.pathways:
        start, end = places[pathway.start], places[pathway.end]
        straight = ((start.x - end.x) ** 2 + (start.y - end.y) ** 2) ** 0.5
        if start.level == end.level and pathway.length_m + _SLACK_M < straight:
            what = f"It is {pathway.length_m:g} m long, but its ends lie {straight:.1f} m apart."
            yield Flaw("pathways", pathway.id, what, "Correct the length, or leave it empty to have it measured.")


def _through_walls(pack: Pack) -> Iterator[Flaw]:
    """A drawn way must not cross a room, unless it begins or ends in it."""
    places = {place.id: place for place in pack.places}
    shapes = {level.id: [shape for shape in level.shapes if shape.kind in _SOLID] for level in pack.levels}
    for pathway in pack.pathways:
        ends = (places[pathway.start], places[pathway.end])
        if ends[0].level != ends[1].level:
            continue
        for shape in shapes[ends[0].level]:
            if not any(_inside(end.x, end.y, shape) for end in ends) and _crosses(pathway, places, shape):
                what = f"It crosses {shape.label or 'a room'} at {shape.outline[0]}."
                yield Flaw("pathways", pathway.id, what, "Lead it around, with a bend of its own in stops.csv.")


def _crosses(pathway: Pathway, places: dict[PlaceId, Place], shape: FloorShape) -> bool:
    start, end = places[pathway.start], places[pathway.end]
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
