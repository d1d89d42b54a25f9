"""An evaluator for CertLogic 1.3, the strict subset of JsonLogic that was made for offline verifiers.

It is pure, total and bounded: every expression and every data document give a value or a typed `Refused`, never an
exception, within `MAX_DEPTH` levels and a budget of operations. An expression is compiled once, which checks all of
its form, and then evaluated as often as needed. All operations of the specification are there; an expression within
`reduce` also reaches the whole document as `data`, as the specification's patched `reduce` has it.
"""

from typing import Any

from kiosk.guidance.certdates import UNITS
from kiosk.guidance.certnodes import (
    MAX_WORK,
    OPERATIONS,
    Budget,
    Node,
    Refusal,
    Refuse,
    Refused,
    Value,
    code_part,
    plus_time,
)
from kiosk.guidance.certvalues import access, is_integer, is_literal

__all__ = ["MAX_DEPTH", "MAX_WORK", "Logic", "Refusal", "Refused", "Value", "compile_logic", "evaluate"]
MAX_DEPTH = 32

Expression = Any
"""A CertLogic expression as decoded JSON."""


class Logic:
    """A compiled expression. `names` are the paths that it reads with `var`."""

    def __init__(self, node: "Node", names: frozenset[str]) -> None:
        self._node = node
        self.names = names

    def evaluate(self, data: Value, work: int = MAX_WORK) -> Value | Refused:
        """The value on `data` with at most `work` operations in loops, or why there is none."""
        try:
            return self._node(data, Budget(work))
        except Refuse as refuse:
            return refuse.refused


def compile_logic(expression: Expression) -> Logic | Refused:
    """The compiled expression, or what is wrong with its form: operations, operand counts, depth, size."""
    compiler = _Compiler()
    try:
        node = compiler.node(expression, 0)
    except Refuse as refuse:
        return refuse.refused
    return Logic(node, frozenset(compiler.names))


def evaluate(expression: Expression, data: Value, work: int = MAX_WORK) -> Value | Refused:
    """The value of `expression` on `data`, or why there is none."""
    logic = compile_logic(expression)
    return logic if isinstance(logic, Refused) else logic.evaluate(data, work)


class _Compiler:
    """Turns an expression into functions, and counts what it meets."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.size = 0

    def node(self, expr: Expression, depth: int) -> Node:
        self.size += 1
        if self.size > MAX_WORK:
            raise Refuse(Refusal.TOO_MUCH_WORK)
        if depth > MAX_DEPTH:
            raise Refuse(Refusal.TOO_DEEP)
        if is_literal(expr):
            return lambda _data, _budget: expr
        if isinstance(expr, list):
            items = [self.node(item, depth + 1) for item in expr]
            return lambda data, budget: [item(data, budget) for item in items]
        return self._operation(expr, depth)

    def _operation(self, expr: Expression, depth: int) -> Node:
        if not isinstance(expr, dict) or len(expr) != 1:
            raise Refuse(Refusal.NOT_AN_EXPRESSION)
        ((name, operands),) = expr.items()
        if name == "var":
            return self._var(operands)
        if name == "plusTime":
            return self._plus_time(operands, depth)
        if name == "extractFromUVCI":
            return self._code_part(operands, depth)
        if name not in OPERATIONS:
            raise Refuse(Refusal.UNKNOWN_OPERATION)
        least, most, build = OPERATIONS[name]
        if not isinstance(operands, list) or not least <= len(operands) <= most:
            raise Refuse(Refusal.WRONG_OPERANDS, name)
        before = self.size
        nodes = [self.node(operand, depth + 1) for operand in operands]
        return build(name, nodes, self.size - before)

    def _var(self, path: Expression) -> Node:
        if not isinstance(path, str):
            raise Refuse(Refusal.WRONG_OPERANDS, "var")
        self.names.add(path)
        fragments = tuple(path.split(".")) if path else ()
        return lambda data, _budget: access(data, fragments)

    def _plus_time(self, operands: Expression, depth: int) -> Node:
        """`plusTime` takes amount and unit as they stand; only the date is an expression."""
        if not isinstance(operands, list) or len(operands) != len(("date", "amount", "unit")):
            raise Refuse(Refusal.WRONG_OPERANDS, "plusTime")
        text, amount, unit = operands
        if not is_integer(amount) or not isinstance(unit, str) or unit not in UNITS:
            raise Refuse(Refusal.WRONG_TYPE, "plusTime")
        return plus_time(self.node(text, depth + 1), int(amount), unit)

    def _code_part(self, operands: Expression, depth: int) -> Node:
        """`extractFromUVCI` takes its index as it stands."""
        if not isinstance(operands, list) or len(operands) != len(("code", "index")):
            raise Refuse(Refusal.WRONG_OPERANDS, "extractFromUVCI")
        if not is_integer(operands[1]):
            raise Refuse(Refusal.WRONG_TYPE, "extractFromUVCI")
        return code_part(self.node(operands[0], depth + 1), int(operands[1]))
