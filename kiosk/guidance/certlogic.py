"""An evaluator for CertLogic 1.3, the strict subset of JsonLogic that was made for offline verifiers.

It is pure, total and bounded: every expression and every data document give a value or a typed `Refused`, never an
exception, within `MAX_DEPTH` levels and a budget of operations. An expression is compiled once, which checks all of
its form, and then evaluated as often as needed. Of the specification's operations it leaves out `extractFromUVCI` and
`dccDateOfBirth`, which only vaccination certificates need; they are refused as unknown.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import msgspec

from kiosk.guidance.certdates import UNITS, parse_date_time, shift
from kiosk.guidance.certvalues import access, is_integer, is_literal, same, truth

MAX_DEPTH = 32
MAX_WORK = 10_000
_LARGEST = 2**53 - 1

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


class Logic:
    """A compiled expression. `names` are the paths that it reads with `var`."""

    def __init__(self, node: "_Node", names: frozenset[str]) -> None:
        self._node = node
        self.names = names

    def evaluate(self, data: Value, work: int = MAX_WORK) -> Value | Refused:
        """The value on `data` with at most `work` operations in loops, or why there is none."""
        try:
            return self._node(data, _Budget(work))
        except _Refuse as refuse:
            return refuse.refused


def compile_logic(expression: Expression) -> Logic | Refused:
    """The compiled expression, or what is wrong with its form: operations, operand counts, depth, size."""
    compiler = _Compiler()
    try:
        node = compiler.node(expression, 0)
    except _Refuse as refuse:
        return refuse.refused
    return Logic(node, frozenset(compiler.names))


def evaluate(expression: Expression, data: Value, work: int = MAX_WORK) -> Value | Refused:
    """The value of `expression` on `data`, or why there is none."""
    logic = compile_logic(expression)
    return logic if isinstance(logic, Refused) else logic.evaluate(data, work)


class _Refuse(Exception):
    def __init__(self, refusal: Refusal, operation: str = "") -> None:
        super().__init__(refusal, operation)
        self.refused = Refused(refusal, operation)


class _Budget:
    """What is left of the operations that loops may take."""

    __slots__ = ("_left",)

    def __init__(self, work: int) -> None:
        self._left = work

    def spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise _Refuse(Refusal.TOO_MUCH_WORK)


_Node = Callable[[Value, _Budget], Value]


class _Compiler:
    """Turns an expression into functions, and counts what it meets."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.size = 0

    def node(self, expr: Expression, depth: int) -> _Node:
        self.size += 1
        if self.size > MAX_WORK:
            raise _Refuse(Refusal.TOO_MUCH_WORK)
        if depth > MAX_DEPTH:
            raise _Refuse(Refusal.TOO_DEEP)
        if is_literal(expr):
            return lambda _data, _budget: expr
        if isinstance(expr, list):
            items = [self.node(item, depth + 1) for item in expr]
            return lambda data, budget: [item(data, budget) for item in items]
        return self._operation(expr, depth)

    def _operation(self, expr: Expression, depth: int) -> _Node:
        if not isinstance(expr, dict) or len(expr) != 1:
            raise _Refuse(Refusal.NOT_AN_EXPRESSION)
        ((name, operands),) = expr.items()
        if name == "var":
            return self._var(operands)
        if name == "plusTime":
            return self._plus_time(operands, depth)
        if name not in _OPERATIONS:
            raise _Refuse(Refusal.UNKNOWN_OPERATION)
        least, most, build = _OPERATIONS[name]
        if not isinstance(operands, list) or not least <= len(operands) <= most:
            raise _Refuse(Refusal.WRONG_OPERANDS, name)
        before = self.size
        nodes = [self.node(operand, depth + 1) for operand in operands]
        return build(name, nodes, self.size - before)

    def _var(self, path: Expression) -> _Node:
        if not isinstance(path, str):
            raise _Refuse(Refusal.WRONG_OPERANDS, "var")
        self.names.add(path)
        fragments = tuple(path.split(".")) if path else ()
        return lambda data, _budget: access(data, fragments)

    def _plus_time(self, operands: Expression, depth: int) -> _Node:
        """`plusTime` takes amount and unit as they stand; only the date is an expression."""
        if not isinstance(operands, list) or len(operands) != len(("date", "amount", "unit")):
            raise _Refuse(Refusal.WRONG_OPERANDS, "plusTime")
        text, amount, unit = operands
        if not is_integer(amount) or not isinstance(unit, str) or unit not in UNITS:
            raise _Refuse(Refusal.WRONG_TYPE, "plusTime")
        return _plus_time(self.node(text, depth + 1), int(amount), unit)


def _asked(value: Value, name: str) -> bool:
    found = truth(value)
    if found is None:
        raise _Refuse(Refusal.WRONG_TYPE, name)
    return found


def _if(name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    guard, then, otherwise = nodes
    return lambda data, budget: (then if _asked(guard(data, budget), name) else otherwise)(data, budget)


def _and(name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    def conjoin(data: Value, budget: _Budget) -> Value:
        result: Value = True
        for node in nodes:
            result = node(data, budget)
            if not _asked(result, name):
                break
        return result

    return conjoin


def _not(name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    (operand,) = nodes
    return lambda data, budget: not _asked(operand(data, budget), name)


def _equal(_name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    left, right = nodes
    return lambda data, budget: same(left(data, budget), right(data, budget))


def _in(name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    item, items = nodes

    def member(data: Value, budget: _Budget) -> bool:
        sought, among = item(data, budget), items(data, budget)
        if not isinstance(among, list):
            raise _Refuse(Refusal.WRONG_TYPE, name)
        return any(same(sought, other) for other in among)

    return member


def _plus(name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    def add(data: Value, budget: _Budget) -> Value:
        left, right = (node(data, budget) for node in nodes)
        if not (is_integer(left) and is_integer(right)):
            raise _Refuse(Refusal.WRONG_TYPE, name)
        if abs(left + right) > _LARGEST:
            raise _Refuse(Refusal.OUT_OF_RANGE, name)
        return left + right

    return add


def _compare(name: str, nodes: Sequence[_Node], _size: int) -> _Node:
    holds, fits = _COMPARISONS[name]

    def compare(data: Value, budget: _Budget) -> bool:
        values = [node(data, budget) for node in nodes]
        if not all(map(fits, values)):
            raise _Refuse(Refusal.WRONG_TYPE, name)
        return all(holds(left, right) for left, right in pairwise(values))

    return compare


def _plus_time(operand: _Node, amount: int, unit: str) -> _Node:
    def plus_time(data: Value, budget: _Budget) -> datetime:
        text = operand(data, budget)
        if not isinstance(text, str):
            raise _Refuse(Refusal.WRONG_TYPE, "plusTime")
        moment = parse_date_time(text)
        if moment is None:
            raise _Refuse(Refusal.NOT_A_DATE, "plusTime")
        shifted = shift(moment, amount, unit)
        if shifted is None:
            raise _Refuse(Refusal.OUT_OF_RANGE, "plusTime")
        return shifted

    return plus_time


def _reduce(name: str, nodes: Sequence[_Node], size: int) -> _Node:
    operand, step, initial = nodes

    def reduce(data: Value, budget: _Budget) -> Value:
        items, accumulator = operand(data, budget), initial(data, budget)
        if items is None:
            return accumulator
        if not isinstance(items, list):
            raise _Refuse(Refusal.WRONG_TYPE, name)
        for item in items:
            budget.spend(size)
            accumulator = step({"current": item, "accumulator": accumulator}, budget)
        return accumulator

    return reduce


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

_OPERATIONS: dict[str, tuple[int, int, Callable[[str, Sequence[_Node], int], _Node]]] = {
    "if": (3, 3, _if),
    "and": (2, MAX_WORK, _and),
    "!": (1, 1, _not),
    "===": (2, 2, _equal),
    "in": (2, 2, _in),
    "+": (2, 2, _plus),
    "reduce": (3, 3, _reduce),
    **dict.fromkeys(_COMPARISONS, (2, 3, _compare)),
}
"""Operation: the least and most operands, and how it is compiled."""
