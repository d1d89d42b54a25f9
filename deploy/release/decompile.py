"""Conditions shown back: CertLogic as the plain expression that an author would write, and in words.

`compile_expression(decompile(logic))` gives `logic` again, for everything that `compile_expression` makes.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from deploy.release.expression import Logic
from kiosk.guidance.declared import DECLARED, UNKNOWN, FactType

_ORDER, _ALL, _ONE = 0, 1, 2
_OPERATORS = frozenset({"<", "<=", ">", ">="})
_SAID = {
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "+": "plus",
    "in": "is one of",
    "not": "not:",
}
_WORDS = re.compile(r"[a-z][a-z0-9_.-]*|-?\d+|<=|>=|[<>+(),]")


class NotOurs(ValueError):
    """The logic is none that a plain expression compiles to."""


def decompile(logic: Logic) -> str:
    """The plain expression of `logic`; empty when it always holds. Raises `NotOurs`."""
    return "" if logic is True else _text(logic, _ORDER)


def in_words(logic: Logic) -> str:
    """The condition as a sentence's end: "the order is ready and the time until the gate closes is less than 20 min"."""
    try:
        text = decompile(logic)
    except NotOurs:
        return str(logic)
    said = " ".join(_said(text)) or "always"
    return re.sub(r" (?=[,)])", "", said.replace("( ", "("))


def _said(text: str) -> Iterator[str]:
    unit = ""
    for token in _WORDS.findall(text):
        fact = DECLARED.get(token)
        if fact is not None:
            unit = fact.unit
        if token.lstrip("-").isdigit():
            yield f"{token} {unit}".strip()
        else:
            yield fact.noun if fact else _SAID.get(token, token.replace("_", " "))


def _text(logic: Any, binding: int) -> str:
    if not isinstance(logic, dict) or len(logic) != 1:
        raise NotOurs(str(logic))
    ((name, operands),) = logic.items()
    if name not in _TEXTS:
        raise NotOurs(name)
    return _TEXTS[name](operands, binding)


def _and(operands: list[Any], binding: int) -> str:
    text = " and ".join(_text(operand, _ONE) for operand in operands)
    return f"({text})" if binding >= _ONE else text


def _if(operands: list[Any], binding: int) -> str:
    first, then, otherwise = operands
    if then is True:
        text = f"{_text(first, _ALL)} or {_text(otherwise, _ORDER)}"
        return f"({text})" if binding >= _ALL else text
    if then is False and first.get("===", [None, None])[1] == UNKNOWN:
        return _comparison(otherwise)
    raise NotOurs("if")


def _comparison(logic: Any) -> str:
    """What stands within the guards against unknown numbers."""
    while isinstance(logic, dict) and "if" in logic:
        logic = logic["if"][2]
    ((name, operands),) = logic.items()
    if name not in _OPERATORS:
        raise NotOurs(name)
    return f"{_sum(operands[0])} {name} {_sum(operands[1])}"


def _sum(side: Any) -> str:
    if isinstance(side, dict) and "+" in side:
        return " + ".join(_sum(part) for part in side["+"])
    return str(side["var"]) if isinstance(side, dict) else str(side)


def _not(operands: list[Any], _binding: int) -> str:
    return f"not {_text(operands[0], _ONE)}"


def _equal(operands: list[Any], _binding: int) -> str:
    fact, value = operands[0]["var"], operands[1]
    if DECLARED[fact].type is FactType.FLAG and value is True:
        return str(fact)
    return f"{fact} is {value}"


def _in(operands: list[Any], _binding: int) -> str:
    return f"{operands[0]['var']} in ({', '.join(map(str, operands[1]))})"


_TEXTS: dict[str, Callable[[list[Any], int], str]] = {
    "and": _and,
    "if": _if,
    "!": _not,
    "===": _equal,
    "in": _in,
}
