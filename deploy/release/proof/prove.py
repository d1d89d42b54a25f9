"""The proof itself: each cell of the table is walked row by row, deciding a fact only when a row asks for it.

The walk follows `kiosk.guidance.guide`: a row answers when it is in force, its condition is true, and its place and
placeholders have a value. What it finds is exact for the buckets that the conditions cut: every leaf of the walk is a
set of situations with one and the same answer.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from deploy.release.proof.space import FACTS, NOW, Impossible, Space, State, TooManyCases, Values
from deploy.release.proof.table import Candidate, Cell, cells, cuts_of, pickup_cells
from kiosk.guidance.certlogic import Logic
from kiosk.guidance.declared import Thing
from kiosk.guidance.words import Words
from kiosk.model.order import OPEN
from kiosk.model.pack import Pack

MAX_CASES = 400_000
MAX_TRIES = 10_000_000
MAX_ROWS_OF_CELL = 2_000
"""More cases, rows tried or rows in one place than this, and a table is refused: nobody could read it either."""
_EXPLAINED = 40
_SHRINK_CASES = 3_000
NOT_POSSIBLE = "no such situation"


class _Ask(Exception):
    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Hole:
    """Situations without an answer of their own: in `cell`, with `values` decided; `situations` of them."""

    cell: Cell
    values: Values
    situations: int
    cases: int
    by: str = ""
    """The catch-all row that answers instead, empty for the last resort."""


@dataclass(slots=True)
class Proof:
    """What a walk over all cells found."""

    situations: int = 0
    cases: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    """Situations by the row that answers them, as `table:id`."""
    holes: list[Hole] = field(default_factory=list)
    """One for each cell that has any: the smallest."""
    on_last_resort: list[Hole] = field(default_factory=list)
    """What lands on the last resort where the pack says that it may."""
    unreached: dict[str, str] = field(default_factory=dict)
    """Rows that answer nothing, with why."""
    tries: int = 0
    """How often a row was tried."""


Told = Callable[[str, int], None]
"""Is told where the walk is and how many situations are decided."""


def prove(pack: Pack, words: Words, told: Told = lambda _where, _situations: None) -> Proof:
    """Walk all cells of `pack`. Raises `TooManyCases`."""
    proof = Proof()
    moments = moments_of(pack)
    found = [*cells(pack, words), *pickup_cells(pack, words, OPEN)]
    for cell in found:
        told(cell.where, proof.situations)
        _walk_cell(cell, proof, moments)
    keys = [f"rows:{row.id}" for row in pack.rows] + [f"pickups:{row.id}" for row in pack.pickup_rows]
    for key in keys:
        if key not in proof.answered:
            explained = len(proof.unreached) < _EXPLAINED
            proof.unreached[key] = _why_unreached(key, found, moments) if explained else "rows above answer first"
    return proof


def decide(cell: Cell, values: Values) -> str:
    """The row that answers one situation in which every fact is decided; empty when none does."""
    return next((each.key for each in cell.candidates if _holds(each, cell, values)), "")


def answers(cell: Cell, values: Values) -> set[str]:
    """The rows that answer where `values` are decided, empty for a hole; only that when there is no such situation."""
    space = space_of(cell)
    try:
        start = space.with_values(values)
    except Impossible:
        return {NOT_POSSIBLE}
    found = itertools.islice(walk(cell, space, start, cell.candidates), _SHRINK_CASES)
    return {key for _, key in found}


def why_not(each: Candidate, cell: Cell, values: Values) -> str:
    """Why a row does not answer where `values` are decided: what it lacks, or empty when it is its condition."""
    if each.impossible:
        return each.impossible
    try:
        if isinstance(each.logic, Logic) and each.logic.evaluate(_Document(cell, values)) is not True:
            return ""
    except _Ask:
        return ""
    for test in each.tests:
        if test.fact in values and not test.accepts(values[test.fact]):
            return test.else_said
    return "a catch-all is no answer of its own" if each.catch_all else ""


def walk(cell: Cell, space: Space, state: State, candidates: Iterable[Candidate]) -> Iterator[tuple[State, str]]:
    """The cases of `cell` below `state`, each with the key of the first of `candidates` that holds, or none."""
    rows = list(candidates)
    waiting = [(state, 0)]
    while waiting:
        state, at = waiting.pop()
        try:
            while at < len(rows) and not _holds(rows[at], cell, state.values):
                at += 1
        except _Ask as ask:
            waiting.extend((child, at) for child in space.split(state, ask.fact))
            continue
        yield state, rows[at].key if at < len(rows) else ""


def space_of(cell: Cell, moments: Iterable[int] = (0,), *, whole: bool = False) -> Space:
    """The space of the facts that the rows of `cell` read: the `whole`, or as far as any situation comes to them."""
    facts: set[str] = set()
    for each in cell.candidates:
        facts |= each.facts
        if not whole and not each.facts and each.condition is True and not each.impossible:
            break
    timed = any(test.fact == NOW for each in cell.candidates for test in each.tests)
    dealt = {test.fact: test.values for each in cell.candidates for test in each.tests if test.values}
    return Space(facts | set(cell.start), cuts_of(cell), {NOW: tuple(moments) if timed else (0,), **dealt})


def joint_space(both: Iterable[Cell], moments: Iterable[int]) -> Space:
    """The space of all facts that several tables of one place read."""
    together = tuple(each for cell in both for each in cell.candidates)
    return space_of(Cell("", {}, together), moments, whole=True)


def shrunk(cell: Cell, values: Values, moments: Iterable[int] = (0,)) -> Values:
    """The same hole told by as few facts as possible: one is left out when the hole is there whatever it is."""
    space = space_of(cell, moments)
    kept = dict(values)
    for name in reversed(list(values)):
        fewer = {key: value for key, value in kept.items() if key != name}
        if name in cell.start or not _is_free(name, kept) or not _all_holes(cell, space, fewer):
            continue
        kept = fewer
    return kept


class _Document(dict[str, Any]):
    """The document that conditions read, asking for each fact when it is read."""

    def __init__(self, cell: Cell, values: Values, prefix: str = "") -> None:
        super().__init__()
        self._cell, self._values, self._prefix = cell, values, prefix

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - a dict has it
        name = f"{self._prefix}{key}"
        if name in self._cell.fixed:
            return self._cell.fixed[name]
        if name in FACTS:
            return _value(self._values, name)
        return _Document(self._cell, self._values, f"{name}.")


def _value(values: Values, name: str) -> Any:
    if name not in values:
        raise _Ask(name)
    return values[name]


def _holds(each: Candidate, cell: Cell, values: Values) -> bool:
    if each.impossible:
        return False
    timed = [test for test in each.tests if test.fact == NOW]
    if not all(test.accepts(_value(values, test.fact)) for test in timed):
        return False
    if not isinstance(each.logic, Logic) or each.logic.evaluate(_Document(cell, values)) is not True:
        return False
    return all(test.accepts(_value(values, test.fact)) for test in each.tests)


def _walk_cell(cell: Cell, proof: Proof, moments: Iterable[int]) -> None:
    if len(cell.candidates) > MAX_ROWS_OF_CELL:
        raise TooManyCases(cell.where)
    space = space_of(cell, moments)
    catch_alls = {each.key for each in cell.candidates if each.catch_all}
    order = {each.key: at for at, each in enumerate(cell.candidates, 1)}
    tables = {each.key: each.table for each in cell.candidates}
    holes: list[tuple[State, str]] = []
    missing = 0
    for state, key in walk(cell, space, space.with_values(dict(cell.start)), cell.candidates):
        proof.cases += 1
        proof.tries += order.get(key, len(order))
        if proof.cases > MAX_CASES or proof.tries > MAX_TRIES:
            raise TooManyCases(cell.where)
        situations = space.count(state) * cell.alike
        proof.situations += situations
        if key:
            proof.answered[f"{tables[key]}:{key}"] += situations
        if not key or key in catch_alls:
            missing += situations
            holes.append((state, key))
    if holes:
        state, by = min(holes, key=lambda hole: _oddness(hole[0].values))
        values = shrunk(cell, state.values, moments)
        hole = Hole(cell, values, missing, len(holes), by)
        (proof.on_last_resort if cell.resort else proof.holes).append(hole)


def _oddness(values: Values) -> tuple[int, int]:
    """Fewer facts, and then small numbers, make the better example."""
    numbers = (value for name, value in values.items() if type(value) is int and name != NOW)
    return len(values), sum(map(abs, numbers))


def _is_free(name: str, kept: Values) -> bool:
    """Whether nothing that is kept depends on `name`."""
    if name not in set(Thing):
        return True
    return not any(Thing(name) in FACTS[other].of for other in kept if other in FACTS)


def _all_holes(cell: Cell, space: Space, values: Values) -> bool:
    catch_alls = {each.key for each in cell.candidates if each.catch_all}
    try:
        start = space.with_values(values)
    except Impossible:
        return False
    for cases, (_, key) in enumerate(walk(cell, space, start, cell.candidates)):
        if (key and key not in catch_alls) or cases > _SHRINK_CASES:
            return False
    return True


def _why_unreached(key: str, found: Iterable[Cell], moments: Iterable[int]) -> str:
    """Which rows answer first, or that the row never holds."""
    first: Counter[str] = Counter()
    impossible = ""
    for cell in found:
        own = next((each for each in cell.candidates if f"{each.table}:{each.key}" == key), None)
        if own is None:
            continue
        impossible = impossible or own.impossible
        above = cell.candidates[: cell.candidates.index(own)]
        space = space_of(Cell(cell.where, cell.fixed, (*above, own), start=cell.start), moments, whole=True)
        start = space.with_values(dict(cell.start))
        for state, held in walk(cell, space, start, (own,)):
            if held and sum(first.values()) < _SHRINK_CASES:
                first.update(by for _, by in walk(cell, space, state, above))
    rows = ", ".join(f'"{row}"' for row, _ in first.most_common(3) if row)
    if rows:
        return f"row {rows} above answers first"
    return impossible or "its condition can't hold where it stands"


def moments_of(pack: Pack) -> tuple[int, ...]:
    """One instant in each stretch of time in which the same rows are in force."""
    edges = {edge for row in pack.rows for edge in (row.valid_from, row.valid_until) if edge is not None}
    return (min(edges) - 1, *sorted(edges)) if edges else (0,)
