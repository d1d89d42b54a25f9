"""The operations of CertLogic 1.3, each compiled to a function of the data and of the work that is left."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import msgspec

from kiosk.guidance.certdates import parse_date_time, shift
from kiosk.guidance.certvalues import is_integer, same, truth

MAX_WORK = 10_000
_LARGEST = 2**53 - 1
_BIRTH = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_CODE_PREFIX = ["URN", "UVCI"]
_CODE_PARTS = re.compile("[/#:]")

Value = Any
"""A JSON value, or a `datetime` (UTC) where `plusTime` made one."""


class Refusal(StrEnum):
    """Why an expression has no value."""

    NOT_AN_EXPRESSION = "not_an_expression"
    UNKNOWN_OPERATION = "unknown_operation"
    WRONG_OPERANDS = "wrong_operands"
    WRONG_TYPE = "wrong_type"
    NOT_A_DATE = "not_a_date"
    OUT_OF_RANGE = "out_of_range"
    TOO_DEEP = "too_deep"
    TOO_MUCH_WORK = "too_much_work"


class Refused(msgspec.Struct, frozen=True):
    """The expression has no value on this data; `operation` is the one that refused, empty for a malformed one."""

    refusal: Refusal
    operation: str = ""


class Refuse(Exception):
    """Ends an evaluation that has no value."""

    def __init__(self, refusal: Refusal, operation: str = "") -> None:
        super().__init__(refusal, operation)
        self.refused = Refused(refusal, operation)


class Budget:
    """What is left of the operations that loops may take."""

    __slots__ = ("_left",)

    def __init__(self, work: int) -> None:
        self._left = work

    def spend(self, work: int) -> None:
        """Take some of it. Raises `Refuse` when that is more than is left."""
        self._left -= work
        if self._left < 0:
            raise Refuse(Refusal.TOO_MUCH_WORK)


Node = Callable[[Value, Budget], Value]


def _asked(value: Value, name: str) -> bool:
    found = truth(value)
    if found is None:
        raise Refuse(Refusal.WRONG_TYPE, name)
    return found


def _if(name: str, nodes: Sequence[Node], _size: int) -> Node:
    guard, then, otherwise = nodes
    return lambda data, budget: (then if _asked(guard(data, budget), name) else otherwise)(data, budget)


def _and(name: str, nodes: Sequence[Node], _size: int) -> Node:
    def conjoin(data: Value, budget: Budget) -> Value:
        result: Value = True
        for node in nodes:
            result = node(data, budget)
            if not _asked(result, name):
                break
        return result

    return conjoin


def _not(name: str, nodes: Sequence[Node], _size: int) -> Node:
    (operand,) = nodes
    return lambda data, budget: not _asked(operand(data, budget), name)


def _equal(_name: str, nodes: Sequence[Node], _size: int) -> Node:
    left, right = nodes
    return lambda data, budget: same(left(data, budget), right(data, budget))


def _in(name: str, nodes: Sequence[Node], _size: int) -> Node:
    item, items = nodes

    def member(data: Value, budget: Budget) -> bool:
        sought, among = item(data, budget), items(data, budget)
        if among is None:
            return False
        if not isinstance(among, list):
            raise Refuse(Refusal.WRONG_TYPE, name)
        return any(same(sought, other) for other in among)

    return member


def _plus(name: str, nodes: Sequence[Node], _size: int) -> Node:
    def add(data: Value, budget: Budget) -> Value:
        left, right = (node(data, budget) for node in nodes)
        if not (is_integer(left) and is_integer(right)):
            raise Refuse(Refusal.WRONG_TYPE, name)
        if abs(left + right) > _LARGEST:
            raise Refuse(Refusal.OUT_OF_RANGE, name)
        return left + right

    return add


def _compare(name: str, nodes: Sequence[Node], _size: int) -> Node:
    holds, fits = _COMPARISONS[name]

    def compare(data: Value, budget: Budget) -> bool:
        values = [node(data, budget) for node in nodes]
        if not all(map(fits, values)):
            raise Refuse(Refusal.WRONG_TYPE, name)
        return all(holds(left, right) for left, right in pairwise(values))

    return compare


def plus_time(operand: Node, amount: int, unit: str) -> Node:
    """A moment read from text and moved by `amount` of `unit`."""

    def moved(data: Value, budget: Budget) -> datetime:
        text = operand(data, budget)
        if not isinstance(text, str):
            raise Refuse(Refusal.WRONG_TYPE, "plusTime")
        moment = parse_date_time(text)
        if moment is None:
            raise Refuse(Refusal.NOT_A_DATE, "plusTime")
        shifted = shift(moment, amount, unit)
        if shifted is None:
            raise Refuse(Refusal.OUT_OF_RANGE, "plusTime")
        return shifted

    return moved


def _reduce(name: str, nodes: Sequence[Node], size: int) -> Node:
    operand, step, initial = nodes

    def reduce(data: Value, budget: Budget) -> Value:
        items, accumulator = operand(data, budget), initial(data, budget)
        if items is None:
            return accumulator
        if not isinstance(items, list):
            raise Refuse(Refusal.WRONG_TYPE, name)
        for item in items:
            budget.spend(size)
            accumulator = step({"current": item, "accumulator": accumulator, "data": data}, budget)
        return accumulator

    return reduce


def _birth(name: str, nodes: Sequence[Node], _size: int) -> Node:
    """The last day that a date of birth, which may lack its day or month, can mean."""
    (operand,) = nodes

    def last_day(data: Value, budget: Budget) -> datetime:
        text = operand(data, budget)
        if not isinstance(text, str):
            raise Refuse(Refusal.WRONG_TYPE, name)
        moment = parse_date_time(text) if _BIRTH.fullmatch(text) else None
        if moment is None:
            raise Refuse(Refusal.NOT_A_DATE, name)
        return moment

    return last_day


def code_part(operand: Node, index: int) -> Node:
    """One fragment of a certificate's identifier, null where there is none."""

    def part(data: Value, budget: Budget) -> str | None:
        text = operand(data, budget)
        if text is None:
            return None
        if not isinstance(text, str):
            raise Refuse(Refusal.WRONG_TYPE, "extractFromUVCI")
        parts = _CODE_PARTS.split(text)
        parts = parts[2:] if parts[:2] == _CODE_PREFIX else parts
        return parts[index] if 0 <= index < len(parts) else None

    return part


def _is_moment(value: Value) -> bool:
    return isinstance(value, datetime)


_COMPARISONS: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Value], bool]]] = {
    "<": (lambda left, right: left < right, is_integer),
    ">": (lambda left, right: left > right, is_integer),
    "<=": (lambda left, right: left <= right, is_integer),
    ">=": (lambda left, right: left >= right, is_integer),
    "before": (lambda left, right: left < right, _is_moment),
    "after": (lambda left, right: left > right, _is_moment),
    "not-after": (lambda left, right: left <= right, _is_moment),
    "not-before": (lambda left, right: left >= right, _is_moment),
}

OPERATIONS: dict[str, tuple[int, int, Callable[[str, Sequence[Node], int], Node]]] = {
    "if": (3, 3, _if),
    "and": (2, MAX_WORK, _and),
    "!": (1, 1, _not),
    "===": (2, 2, _equal),
    "in": (2, 2, _in),
    "+": (2, 2, _plus),
    "reduce": (3, 3, _reduce),
    "dccDateOfBirth": (1, 1, _birth),
    **dict.fromkeys(_COMPARISONS, (2, 3, _compare)),
}
"""Operation: the least and most operands, and how it is compiled."""
