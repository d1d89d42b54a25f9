"""A pack's rows as a table to be proved: for each, its condition and what else it can't be said without."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.release.proof.buckets import Cuts
from deploy.release.proof.space import NOW
from kiosk.guidance.certlogic import Logic, Refused, compile_logic
from kiosk.guidance.declared import UNKNOWN, Thing
from kiosk.guidance.texts import row_keys
from kiosk.guidance.variants import VARIANT_MARK
from kiosk.guidance.words import Words
from kiosk.model.ids import EpochMs
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import GATE, HERE, ORDER, Condition, Experiment, Moment, Pack, PickupRow, Row, Touchpoint


@dataclass(frozen=True, slots=True)
class Test:
    """A fact and what it must be, with words for "it is not": `no name is known`. `cut` parts the numbers it accepts."""

    fact: str
    accepts: Callable[[Any], bool]
    else_said: str
    cut: int | None = None
    values: tuple[str, ...] = ()
    """All values of a fact that only the pack knows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row as the proof sees it. `impossible` says why it can never be said at this touchpoint."""

    key: str
    table: str
    condition: Condition
    logic: Logic | Refused
    tests: tuple[Test, ...]
    catch_all: bool = False
    impossible: str = ""

    @property
    def facts(self) -> frozenset[str]:
        """All facts that decide about it."""
        read = self.logic.names if isinstance(self.logic, Logic) else frozenset()
        return read | {test.fact for test in self.tests}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is to be answered in one place of the table: by which rows, in their order."""

    where: str
    fixed: Mapping[str, str]
    candidates: tuple[Candidate, ...]
    alike: int = 1
    """How many touchpoints this cell stands for."""
    resort: bool = False
    """Whether the pack declares its last resort as the answer here."""
    start: Mapping[str, Any] = field(default_factory=dict)


_MOMENT_OF = {
    Moment.DEPARTS: (Thing.DEPARTURE, "departure.minutes_to_departure"),
    Moment.CHECK_IN_CLOSES: (Thing.DEPARTURE, "departure.minutes_to_check_in"),
    Moment.GATE_CLOSES: (Thing.DEPARTURE, "departure.minutes_to_gate"),
    Moment.NEXT_DEPARTS: ("next_departs", "minutes:next_departs"),
    Moment.ORDER_DUE: (Thing.ORDER, "order.minutes_left"),
    Moment.ORDER_READY: (Thing.ORDER, "order.minutes_to_ready"),
    Moment.CALL_DUE: ("call_due", "minutes:call_due"),
    Moment.VALID_FROM: (Thing.TICKET, "minutes:valid_from"),
    Moment.VALID_UNTIL: (Thing.TICKET, "minutes:valid_until"),
    Moment.USED: ("used", ""),
    Moment.COLLECTED: ("collected", ""),
    Moment.DATA_AS_OF: (Thing.HUB, ""),
}
"""What must be there for a moment to be told, and what says how many minutes are left (none: it has passed)."""
_NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "name": (("{name}", "nobody's name is known"),),
    "gate": (("@gate", "the gate is not on the map"),),
    "to_gate": (("@gate", "the gate is not on the map"),),
    "old_gate": (("{old_gate}", "the gate told at check-in is the same or not on the map"),),
    "lane": (("{lane}", "the ticket names no lane"),),
    "ahead": (("{ahead}", "nobody waits before this customer"),),
    "order_place": (("@order", "the order's place is not on the map"),),
    "to_order_place": (("@order", "the order's place is not on the map"),),
    "number": ((Thing.ORDER, "there is no order"),),
    "numbers": ((Thing.ORDER, "there is no order"),),
    "lines": (("{lines}", "the order lists no articles"),),
    "vessel": (("{vessel}", "no vessel is named"),),
    "destination": (("{destination}", "no destination is named"),),
    "site": (),
}
_PLACES = {GATE: "gate", ORDER: "order_place"}


def cells(pack: Pack, words: Words) -> Iterator[Cell]:
    """Every outcome at every touchpoint that answers; touchpoints that no row tells apart are one."""
    named = {place.id for place in pack.places if place.name}
    asks_id = any("touchpoint.id" in _names(row.when) for row in pack.rows)
    groups: dict[tuple[str, ...], list[Touchpoint]] = {}
    for touchpoint in pack.touchpoints:
        if touchpoint.operation is not None:
            one = (touchpoint.kind, touchpoint.id if asks_id else "", "" if touchpoint.place in named else "unnamed")
            groups.setdefault(one, []).append(touchpoint)
    for alike in groups.values():
        first = alike[0]
        ours = [
            (row, _candidate(row, words, pack.experiments, named_here=first.place in named))
            for row in pack.rows
            if not row.at or first.kind in row.at
        ]
        for outcome in Outcome:
            fixed = {"outcome": outcome.value, "touchpoint.kind": first.kind.value, "touchpoint.id": first.id}
            fitting = tuple(each for row, each in ours if not row.outcomes or outcome in row.outcomes)
            resort = outcome in pack.last_resort.outcomes
            yield Cell(f"{first.id}, {outcome}", fixed, fitting, len(alike), resort)


def pickup_cells(pack: Pack, words: Words, states: Iterable[OrderState]) -> Iterator[Cell]:
    """The list of pickups: every open state of an order."""
    for state in sorted(states):
        fitting = tuple(
            _pickup_candidate(row, words) for row in pack.pickup_rows if not row.states or state in row.states
        )
        start = {Thing.ORDER: True, "order.state": state.value}
        yield Cell(f"the list of pickups, {state}", {}, fitting, start=start)


def cuts_of(cell: Cell) -> Cuts:
    """Where the rows of a cell cut the facts."""
    cuts = Cuts()
    for each in cell.candidates:
        cuts.read(each.condition)
        for test in each.tests:
            if test.cut is not None:
                cuts.at(test.fact, test.cut)
    for name, value in cell.start.items():
        cuts.words[name].add(value)
    return cuts


def _candidate(row: Row, words: Words, experiments: Iterable[Experiment], *, named_here: bool) -> Candidate:
    catch_all = not row.outcomes and row.when is True
    impossible = "" if named_here or row.place != HERE else "this touchpoint's place has no name"
    needs = words.needs(row_keys(row))
    times = _times(row.valid_from, row.valid_until)
    tests = (*times, *_dealt(row.variant, experiments), *_tests(needs, row.place, row.moment))
    return Candidate(row.id, "rows", row.when, compile_logic(row.when), tests, catch_all, impossible)


def _pickup_candidate(row: PickupRow, words: Words) -> Candidate:
    tests = tuple(_tests(words.needs((row.word, row.detail)), "", Moment.ORDER_READY))
    return Candidate(row.id, "pickups", row.when, compile_logic(row.when), tests)


def _dealt(variant: str, experiments: Iterable[Experiment]) -> Iterator[Test]:
    name, _, wanted = variant.partition(VARIANT_MARK)
    for each in experiments:
        if each.id == name:
            other = f'it is for variant "{wanted}" of {name}'
            yield Test(f"variant:{name}", lambda dealt: dealt == wanted, other, values=each.variants)


def _times(valid_from: EpochMs | None, valid_until: EpochMs | None) -> Iterator[Test]:
    if valid_from is not None:
        yield Test(NOW, lambda now: now >= valid_from, "it is not in force yet")
    if valid_until is not None:
        yield Test(NOW, lambda now: now < valid_until, "it is no longer in force")


def _tests(needs: Iterable[str], place: str, moment: Moment | None) -> Iterator[Test]:
    if place in _PLACES:
        yield from _need(_PLACES[place])
    for name in sorted(needs):
        if name in {"place", "to_place"}:
            continue
        if name in {"time", "date", "minutes"}:
            yield from _told(moment, name)
        elif name == "count":
            yield Test("order.count", lambda count: count > 0, "there is no open order", cut=1)
        else:
            yield from _need(name)


def _need(name: str) -> Iterator[Test]:
    yield from (Test(fact, lambda there: there is True, else_said) for fact, else_said in _NEEDS[name])


def _told(moment: Moment | None, how: str) -> Iterator[Test]:
    thing, left = _MOMENT_OF[moment] if moment is not None else ("", "")
    if thing:
        what = moment.value.replace("_", " ") if moment else ""
        yield Test(thing, lambda there: there is True, f"no time is known for {what}")
    if how == "minutes":
        passed = "the time has passed"
        yield Test(left, _is_ahead, passed, cut=0) if left else Test(NOW, lambda _: False, passed)


def _is_ahead(value: Any) -> bool:
    return value is True or (value is not False and value != UNKNOWN and value >= 0)


def _names(condition: Condition) -> frozenset[str]:
    logic = compile_logic(condition)
    return logic.names if isinstance(logic, Logic) else frozenset()
