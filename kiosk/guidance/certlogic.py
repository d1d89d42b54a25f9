"""An evaluator for CertLogic 1.3, the strict subset of JsonLogic that was made for offline verifiers.

It is pure, total and bounded: every expression and every data document give a value or a typed `Refused`, never an
exception, within `MAX_DEPTH` levels and a budget of operations. Of the specification's operations it leaves out
`extractFromUVCI` and `dccDateOfBirth`, which only vaccination certificates need; they are refused as unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import msgspec

from kiosk.guidance.certdates import parse_date_time, shift

MAX_DEPTH = 32
MAX_WORK = 10_000
_LARGEST = 2**53 - 1
_SCALARS = (bool, int, float, str)

Expression = Any
"""A CertLogic expression as decoded JSON."""
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


def evaluate(expression: Expression, data: Value, work: int = MAX_WORK) -> Value | Refused:
    """The value of `expression` on `data` within `work` operations, or why there is none."""
    try:
        return _Run(work).value(expression, data, 0)
    except _Refuse as refuse:
        return refuse.refused


def check(expression: Expression) -> Refused | None:
    """What is wrong with the form of `expression` whatever the data: operations, operand counts, depth."""
    pending: list[tuple[Expression, int]] = [(expression, 0)]
    seen = 0
    while pending:
        expr, depth = pending.pop()
        seen += 1
        if depth > MAX_DEPTH:
            return Refused(Refusal.TOO_DEEP)
        if seen > MAX_WORK:
            return Refused(Refusal.TOO_MUCH_WORK)
        if isinstance(expr, list):
            pending += [(item, depth + 1) for item in expr]
        elif not _is_literal(expr):
            try:
                operation, operands = _operation(expr)
            except _Refuse as refuse:
                return refuse.refused
            pending += [(operand, depth + 1) for operand in operands if operation != "var"]
    return None


def names(expression: Expression) -> frozenset[str]:
    """The paths that a checked `expression` reads with `var`."""
    found: set[str] = set()
    pending: list[Expression] = [expression]
    while pending:
        expr = pending.pop()
        if isinstance(expr, dict):
            for operation, operands in expr.items():
                if operation == "var":
                    found.add(operands)
                else:
                    pending += operands
        elif isinstance(expr, list):
            pending += expr
    return frozenset(found)


class _Refuse(Exception):
    def __init__(self, refusal: Refusal, operation: str = "") -> None:
        super().__init__(refusal, operation)
        self.refused = Refused(refusal, operation)


def _is_literal(expr: Expression) -> bool:
    return isinstance(expr, str | bool) or _is_integer(expr)


def _is_integer(value: Value) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _truth(value: Value, operation: str) -> bool:
    """Truthy or falsy by CertLogic's narrow notion; a date-time or a fraction of no kind is neither."""
    if value is None or isinstance(value, str | bool | int | float | list | dict):
        return bool(value)
    raise _Refuse(Refusal.WRONG_TYPE, operation)


def _same(left: Value, right: Value) -> bool:
    """Strict equality: no coercion, so 1 is not true; arrays and objects equal nothing, as in the reference."""
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return isinstance(left, _SCALARS) and isinstance(right, _SCALARS) and bool(left == right)


def _access(data: Value, path: str) -> Value:
    if not path:
        return data
    for fragment in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(fragment)
        elif isinstance(data, Sequence) and not isinstance(data, str) and fragment.isascii() and fragment.isdigit():
            index = int(fragment[:10])
            data = data[index] if index < len(data) else None
        else:
            return None
    return data


def _operation(expr: Expression) -> tuple[str, Sequence[Expression]]:
    """The operation and its operands, checked in number; `var` has its path as the only one."""
    if not isinstance(expr, dict) or len(expr) != 1:
        raise _Refuse(Refusal.NOT_AN_EXPRESSION)
    ((operation, operands),) = expr.items()
    if operation == "var":
        if not isinstance(operands, str):
            raise _Refuse(Refusal.WRONG_OPERANDS, operation)
        return operation, (operands,)
    known = _OPERATIONS.get(operation)
    if known is None:
        raise _Refuse(Refusal.UNKNOWN_OPERATION)
    least, most, _ = known
    if not isinstance(operands, list) or not least <= len(operands) <= most:
        raise _Refuse(Refusal.WRONG_OPERANDS, operation)
    return operation, operands


class _Run:
    """One evaluation and what is left of its budget."""

    def __init__(self, work: int) -> None:
        self._left = work

    def value(self, expr: Expression, data: Value, depth: int) -> Value:
        self._left -= 1
        if self._left < 0:
            raise _Refuse(Refusal.TOO_MUCH_WORK)
        if depth > MAX_DEPTH:
            raise _Refuse(Refusal.TOO_DEEP)
        if _is_literal(expr):
            return expr
        if isinstance(expr, list):
            return [self.value(item, data, depth + 1) for item in expr]
        operation, operands = _operation(expr)
        if operation == "var":
            return _access(data, operands[0])
        return _OPERATIONS[operation][2](self, operation, operands, _At(data, depth + 1))

    def all(self, operands: Sequence[Expression], at: "_At") -> list[Value]:
        return [self.value(operand, at.data, at.depth) for operand in operands]

    def choose(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        guard = _truth(self.value(operands[0], at.data, at.depth), operation)
        return self.value(operands[1] if guard else operands[2], at.data, at.depth)

    def conjoin(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        result: Value = True
        for operand in operands:
            result = self.value(operand, at.data, at.depth)
            if not _truth(result, operation):
                break
        return result

    def negate(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        return not _truth(self.value(operands[0], at.data, at.depth), operation)

    def equal(self, _operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        left, right = self.all(operands, at)
        return _same(left, right)

    def member(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        item, items = self.all(operands, at)
        if not isinstance(items, list | tuple):
            raise _Refuse(Refusal.WRONG_TYPE, operation)
        return any(_same(item, other) for other in items)

    def add(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        left, right = self.all(operands, at)
        if not (_is_integer(left) and _is_integer(right)):
            raise _Refuse(Refusal.WRONG_TYPE, operation)
        if abs(left + right) > _LARGEST:
            raise _Refuse(Refusal.OUT_OF_RANGE, operation)
        return left + right

    def compare(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        values = self.all(operands, at)
        if not all(_is_integer(value) for value in values):
            raise _Refuse(Refusal.WRONG_TYPE, operation)
        return _ordered(_COMPARISONS[operation], values)

    def compare_times(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        values = self.all(operands, at)
        if not all(isinstance(value, datetime) for value in values):
            raise _Refuse(Refusal.WRONG_TYPE, operation)
        return _ordered(_COMPARISONS[operation], values)

    def plus_time(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        text = self.value(operands[0], at.data, at.depth)
        amount, unit = operands[1:]
        if not (isinstance(text, str) and _is_integer(amount) and isinstance(unit, str)):
            raise _Refuse(Refusal.WRONG_TYPE, operation)
        moment = parse_date_time(text)
        if moment is None:
            raise _Refuse(Refusal.NOT_A_DATE, operation)
        shifted = shift(moment, int(amount), unit)
        if shifted is None:
            raise _Refuse(Refusal.OUT_OF_RANGE, operation)
        return shifted

    def reduce(self, operation: str, operands: Sequence[Expression], at: "_At") -> Value:
        items = self.value(operands[0], at.data, at.depth)
        accumulator = self.value(operands[2], at.data, at.depth)
        if items is None:
            return accumulator
        if not isinstance(items, list | tuple):
            raise _Refuse(Refusal.WRONG_TYPE, operation)
        for item in items:
            accumulator = self.value(operands[1], {"current": item, "accumulator": accumulator}, at.depth)
        return accumulator


class _At(msgspec.Struct, frozen=True, gc=False):
    """Where an operation's operands are evaluated."""

    data: Value
    depth: int


def _ordered(holds: Callable[[Any, Any], bool], values: Sequence[Any]) -> bool:
    return all(holds(left, right) for left, right in pairwise(values))


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "before": lambda left, right: left < right,
    "after": lambda left, right: left > right,
    "not-after": lambda left, right: left <= right,
    "not-before": lambda left, right: left >= right,
}

_Operate = Callable[[_Run, str, Sequence[Expression], _At], Value]
_OPERATIONS: dict[str, tuple[int, int, _Operate]] = {
    "if": (3, 3, _Run.choose),
    "and": (2, MAX_WORK, _Run.conjoin),
    "!": (1, 1, _Run.negate),
    "===": (2, 2, _Run.equal),
    "in": (2, 2, _Run.member),
    "+": (2, 2, _Run.add),
    "plusTime": (3, 3, _Run.plus_time),
    "reduce": (3, 3, _Run.reduce),
    **dict.fromkeys(("<", ">", "<=", ">="), (2, 3, _Run.compare)),
    **dict.fromkeys(("before", "after", "not-before", "not-after"), (2, 3, _Run.compare_times)),
}
"""Operation: the least and most operands, and what it does."""
