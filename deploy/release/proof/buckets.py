"""The values of each fact that a table can tell apart.

Two values that no condition of the table tells apart are one bucket; its weight is the number of declared buckets
(of words: of words) in it. So the proof walks few cases and still counts every declared situation.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kiosk.guidance.declared import DECLARED, UNKNOWN, Declared, FactType
from kiosk.model.order import OPEN
from kiosk.model.pack import Condition

_COMPARISONS = frozenset({"<", "<=", ">", ">="})
_MOST_COMBINATIONS = 64
_ANOTHER = "another"
"""Stands for all words of a fact that may have any."""


class Bucket(NamedTuple):
    """A value that stands for all of [`low`, `high`] (numbers) or for `weight` words."""

    value: Any
    low: int = 0
    high: int = 0
    weight: int = 1


class Sum(NamedTuple):
    """One side of a comparison: facts and a whole number, added up."""

    facts: tuple[str, ...]
    number: int


class Cuts:
    """Where the conditions of a table cut the facts. `paired` are compared with other facts, not only numbers."""

    def __init__(self) -> None:
        self.words: dict[str, set[Any]] = defaultdict(set)
        self.numbers: dict[str, set[int]] = defaultdict(set)
        self.comparisons: list[tuple[Sum, Sum]] = []

    def read(self, condition: Condition) -> None:
        """Take in one condition."""
        for name, operands in _operations(condition):
            if name in _COMPARISONS:
                self._compare(_sum(operands[0]), _sum(operands[1]))
            elif name in {"===", "in"}:
                self._equal(operands[0], operands[1] if isinstance(operands[1], list) else [operands[1]])

    def at(self, fact: str, number: int) -> None:
        """Cut `fact` below `number`."""
        self.numbers[fact].add(number)

    def _equal(self, left: Any, values: list[Any]) -> None:
        for fact in _sum(left).facts:
            for value in values:
                if isinstance(value, int) and not isinstance(value, bool):
                    self.numbers[fact] |= {value, value + 1}
                else:
                    self.words[fact].add(value)

    def _compare(self, left: Sum, right: Sum) -> None:
        if len(left.facts) == 1 and not right.facts:
            self.numbers[left.facts[0]] |= {right.number - left.number, right.number - left.number + 1}
        else:
            self.comparisons.append((left, right))


def domains(facts: Iterable[str], cuts: Cuts, declared: Mapping[str, Declared] = DECLARED) -> dict[str, list[Bucket]]:
    """The buckets of each of `facts` while what it tells of is there; with gaps, `unknown` is one of them."""
    added_to = {fact for _, right in cuts.comparisons for fact in right.facts}
    found: dict[str, list[Bucket]] = {}
    for fact in sorted(facts, key=lambda name: name not in added_to):
        what = declared[fact]
        if what.type is FactType.FLAG:
            found[fact] = [Bucket(value) for value in (True, False)]
        elif what.type is FactType.WORD:
            found[fact] = _words(what, cuts.words[fact])
        else:
            found[fact] = _numbers(what, cuts.numbers[fact] | _met(fact, cuts, found), ends=fact in added_to)
        if what.gaps:
            found[fact].append(Bucket(UNKNOWN))
    return found


def _operations(condition: Any) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(condition, dict):
        for name, operands in condition.items():
            if isinstance(operands, list):
                yield name, operands
                yield from _operations(operands)
    elif isinstance(condition, list):
        for operand in condition:
            yield from _operations(operand)


def _sum(side: Any) -> Sum:
    if isinstance(side, int):
        return Sum((), side)
    if isinstance(side, dict) and "var" in side:
        return Sum((side["var"],), 0)
    if isinstance(side, dict) and "+" in side:
        left, right = (_sum(part) for part in side["+"])
        return Sum((*left.facts, *right.facts), left.number + right.number)
    return Sum((), 0)


def _words(what: Declared, told: set[Any]) -> list[Bucket]:
    if not what.words:
        return [*(Bucket(word) for word in sorted(told - {UNKNOWN})), Bucket(_ANOTHER)]
    named = [Bucket(word) for word in what.words if word in told]
    rest = [word for word in what.words if word not in told]
    parts = ([word for word in rest if (word in set(OPEN)) is is_open] for is_open in (True, False))
    return named + [Bucket(alike[0], weight=len(alike)) for alike in parts if alike]


def _numbers(what: Declared, cuts: set[int], *, ends: bool) -> list[Bucket]:
    """`ends` makes the ends of each interval buckets of their own: what is added up is largest and smallest there."""
    limits = {cut for cut in (cuts | set(what.buckets) if ends else cuts) if what.least < cut <= what.most}
    if ends:
        limits |= {limit - 1 for limit in limits if limit - 1 > what.least} | {what.most}
    edges = [what.least, *sorted(limits), what.most + 1]
    return [
        Bucket(_telling(low, high - 1), low, high - 1, 1 + sum(low < bucket < high for bucket in what.buckets))
        for low, high in itertools.pairwise(edges)
    ]


def _telling(low: int, high: int) -> int:
    """The number nearest to nothing: "8 minutes" rather than "1440 minutes"."""
    return min(max(0, low), high)


def _met(fact: str, cuts: Cuts, found: Mapping[str, list[Bucket]]) -> set[int]:
    """Where `fact` meets a sum of other facts, for the ends of their buckets."""
    met: set[int] = set()
    for left, right in cuts.comparisons:
        if left.facts != (fact,) or fact in right.facts:
            continue
        each = [[bucket.value for bucket in found[other] if bucket.value != UNKNOWN] for other in right.facts]
        for values in itertools.islice(itertools.product(*each), _MOST_COMBINATIONS):
            at = sum(values) + right.number - left.number
            met |= {at, at + 1}
    return met
