"""All situations that a table can tell apart, walked fact by fact and only as far as a row asks.

What is there (an order, a departure …) decides which facts are known; facts that bind each other (the gate closes after
check-in) are held together in one factor, so that no impossible situation is walked or counted.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from deploy.release.proof.buckets import Bucket, Cuts, domains
from kiosk.guidance.declared import DECLARED, SAID, UNKNOWN, Declared, Thing
from kiosk.model.order import OPEN

NOW = "now"
KNOWN_SUBJECT = "subject.known"
FACTS: Mapping[str, Declared] = {
    **DECLARED,
    **SAID,
    "order.count": replace(DECLARED["order.count"], of=(Thing.ORDER,)),
}
_MOST_LINES = 500_000
_ABSENT = {"order.count": 0, **dict.fromkeys(SAID, False)}
_THINGS = frozenset(Thing)
_Rule = tuple[str, str, Callable[[Bucket, Bucket], bool]]


def _not_after(first: Bucket, second: Bucket) -> bool:
    return first.low <= second.high


def _same_side(days: Bucket, minutes: Bucket) -> bool:
    return (days.low <= 0 or minutes.high >= 0) and (days.high >= 0 or minutes.low < 0)


_RULES: tuple[_Rule, ...] = (
    ("departure.minutes_to_check_in", "departure.minutes_to_gate", _not_after),
    ("departure.minutes_to_check_in", "departure.minutes_to_departure", _not_after),
    ("departure.minutes_to_gate", "departure.minutes_to_departure", _not_after),
    ("departure.days", "departure.minutes_to_departure", _same_side),
    ("order.days", "order.minutes_to_ready", _same_side),
    # A gate on the map may be out of reach just now: the staff can close any way.
    ("@gate", "departure.walk", lambda gate, walk: gate.value is True or walk.value == UNKNOWN),
    ("@gate", "departure.spare", lambda gate, spare: gate.value is True or spare.value == UNKNOWN),
    (
        "departure.spare",
        "departure.minutes_to_gate",
        lambda spare, left: spare.value == UNKNOWN or _not_after(spare, left),
    ),
    ("departure.moved", "{old_gate}", lambda moved, old: moved.value is True or old.value is False),
    ("order.ahead", "{ahead}", lambda ahead, told: (ahead.low > 0) is told.value),
    ("order.call", "call_due", lambda call, due: due.value is (call.value != UNKNOWN)),
    ("order.state", "order.count", lambda state, count: state.value not in set(OPEN) or count.high > 0),
)

Values = dict[str, Any]
_Line = tuple[Bucket, ...]


class TooManyCases(Exception):
    """The walk would take too long; the argument says where."""


class Impossible(ValueError):
    """The facts contradict each other."""


@dataclass(frozen=True, slots=True)
class Factor:
    """Facts that are known together: their combinations when they are, and their values when not."""

    facts: tuple[str, ...]
    lines: tuple[_Line, ...]
    of: tuple[Thing, ...] = ()
    any_of: bool = False

    def known(self, values: Values) -> bool | Thing:
        """Whether the facts are known, or the thing that must be asked for first."""
        return _known(self.of, values, any_of=self.any_of)


@dataclass(frozen=True, slots=True)
class State:
    """Some facts decided. `left` are the lines of each factor that fit them."""

    values: Values
    left: tuple[tuple[_Line, ...], ...]
    weights: tuple[int, ...]
    """How many declared combinations the lines of each factor stand for."""


class Space:
    """The situations over `facts`, cut where `cuts` cut them; `choices` are the values of what only the pack knows, such
    as the instants to look at.
    """

    def __init__(self, facts: Iterable[str], cuts: Cuts, choices: Mapping[str, tuple[Any, ...]]) -> None:
        wanted = sorted(set(facts) & FACTS.keys() - {KNOWN_SUBJECT})
        buckets = domains(wanted, cuts, FACTS)
        self._factors = [_factor(group, buckets) for group in _bound_together(wanted)]
        for name, values in choices.items():
            self._factors.append(Factor((name,), tuple((Bucket(value),) for value in values)))
        self._home = {
            name: (index, at) for index, factor in enumerate(self._factors) for at, name in enumerate(factor.facts)
        }
        self.facts = tuple(wanted)
        self._things = sorted({thing for factor in self._factors for thing in factor.of})

    def root(self) -> State:
        """Nothing decided."""
        lines = tuple(factor.lines for factor in self._factors)
        return State({}, lines, tuple(map(_weigh, lines)))

    def split(self, state: State, name: str) -> Iterator[State]:
        """The states in which `name`, or first a thing that it depends on, is decided."""
        if name == KNOWN_SUBJECT:
            for is_known in (True, False) if Thing.SUBJECT not in state.values else (state.values[Thing.SUBJECT],):
                yield State({**state.values, Thing.SUBJECT: is_known, name: is_known}, state.left, state.weights)
            return
        if name in _THINGS:
            yield from (State({**state.values, name: there}, state.left, state.weights) for there in (True, False))
            return
        index, at = self._home[name]
        factor = self._factors[index]
        known = factor.known(state.values)
        if isinstance(known, Thing):
            yield from self.split(state, known)
        elif not known:
            absent: Values = {fact: _ABSENT.get(fact, UNKNOWN) for fact in factor.facts}
            yield State({**state.values, **absent}, state.left, state.weights)
        else:
            parts: dict[Any, list[_Line]] = {}
            for line in state.left[index]:
                parts.setdefault(line[at].value, []).append(line)
            for value, lines in parts.items():
                left = (*state.left[:index], tuple(lines), *state.left[index + 1 :])
                weights = (*state.weights[:index], _weigh(lines), *state.weights[index + 1 :])
                yield State({**state.values, name: value}, left, weights)

    def count(self, state: State) -> int:
        """How many declared situations `state` stands for."""
        undecided = [thing for thing in self._things if thing not in state.values]
        groups: dict[tuple[tuple[Thing, ...], bool], int] = {}
        for factor, weight in zip(self._factors, state.weights, strict=True):
            key = factor.of, factor.any_of
            groups[key] = groups.get(key, 1) * weight
        alone = [thing for thing in undecided if not any(thing in of for of, _ in groups if len(of) > 1)]
        total = 1
        for thing in alone:
            # It is there, with all its facts, or it is not.
            total *= groups.pop(((thing,), False), 1) + 1
        together = [thing for thing in undecided if thing not in alone]
        return total * sum(
            _product(groups, {**state.values, **dict(zip(together, there, strict=True))})
            for there in itertools.product((True, False), repeat=len(together))
        )

    def with_values(self, values: Values) -> State:
        """The state in which exactly `values`, and what they depend on, are decided. Raises `Impossible`."""
        state = self.root()
        for name, value in values.items():
            while name not in state.values:
                fitting = [each for each in self.split(state, name) if _fits(each, state, values, value)]
                if not fitting:
                    raise Impossible(f"{name} can't be {value} there")
                state = fitting[0]
        return state

    def values_of(self, name: str) -> list[Any]:
        """The values that stand for all others of a fact while what it tells of is there."""
        if name not in self._home:
            return [True, False]
        index, at = self._home[name]
        return list(dict.fromkeys(line[at].value for line in self._factors[index].lines))


def _weigh(lines: Iterable[_Line]) -> int:
    return sum(math.prod(bucket.weight for bucket in line) for line in lines)


def _product(groups: Mapping[tuple[tuple[Thing, ...], bool], int], values: Values) -> int:
    return math.prod(weight for (of, any_of), weight in groups.items() if _known(of, values, any_of=any_of) is True)


def _known(of: tuple[Thing, ...], values: Values, *, any_of: bool) -> bool | Thing:
    """Whether the facts about `of` are known, or the thing that must be asked for first."""
    if any(values.get(thing) is any_of for thing in of):
        return any_of
    undecided = next((thing for thing in of if thing not in values), None)
    return not any_of if undecided is None else undecided


def _fits(new: State, old: State, values: Values, value: Any) -> bool:
    """Whether a split decided as `values` want it; a thing that they do not name is there when the fact is known."""
    added = [name for name in new.values if name not in old.values]
    wanted = [name for name in added if name in values]
    if wanted:
        return all(new.values[name] == values[name] for name in wanted)
    return bool(new.values[added[0]] is (value != UNKNOWN))


def _bound_together(facts: Iterable[str]) -> list[tuple[str, ...]]:
    groups: list[set[str]] = [{fact} for fact in facts]
    for first, second, _ in _RULES:
        touched = [group for group in groups if group & {first, second}]
        if len(touched) > 1:
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return [tuple(sorted(group)) for group in groups]


def _factor(facts: tuple[str, ...], buckets: Mapping[str, list[Bucket]]) -> Factor:
    lines: list[_Line] = [()]
    for at, fact in enumerate(facts):
        rules = [rule for rule in _RULES if fact in rule[:2] and set(rule[:2]) <= set(facts[: at + 1])]
        grown = ((*line, bucket) for line in lines for bucket in buckets[fact])
        if len(lines) * len(buckets[fact]) > _MOST_LINES:
            raise TooManyCases(", ".join(facts))
        lines = [line for line in grown if _possible(dict(zip(facts, line, strict=False)), rules)]
    what = FACTS[facts[0]]
    return Factor(facts, tuple(lines), what.of, what.any_of)


def _possible(line: Mapping[str, Bucket], rules: Iterable[_Rule]) -> bool:
    return all(holds(line[first], line[second]) for first, second, holds in rules)
