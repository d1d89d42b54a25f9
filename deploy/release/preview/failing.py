"""The part of a condition that failed, with the value that was there: "order.state is ready: it is preparing".

Every part is asked of the real evaluator; here it is only decided which parts to ask.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.release.decompile import NotOurs, decompile
from kiosk.guidance.certlogic import Refused, compile_logic, evaluate
from kiosk.guidance.certvalues import access
from kiosk.guidance.declared import DECLARED, UNKNOWN

Document = Mapping[str, Any]
_MOST_DEEP = 32
_IF = 3
"""Operands of an `if`."""


def failing(condition: Any, document: Document) -> tuple[str, ...]:
    """The smallest parts of `condition` for which it does not hold: one, or of alternatives all. Empty when it holds."""
    if evaluate(condition, document) is True:
        return ()
    return tuple(dict.fromkeys(_parts(condition, document, 0)))


def value_told(name: str, document: Document) -> str:
    """A fact's value as a sentence's end: `preparing`, `12 min`, `so`, `not so`, `unknown`."""
    value = access(document, name.split("."))
    if isinstance(value, bool):
        return "so" if value else "not so"
    fact = DECLARED.get(name)
    unit = fact.unit if fact and value != UNKNOWN else ""
    return f"{value} {unit}".strip()


def _parts(logic: Any, document: Document, depth: int) -> Iterator[str]:
    name, operands = _operation(logic)
    if depth > _MOST_DEEP:
        yield _leaf(logic, document)
    elif name == "and":
        failed = next((each for each in operands if evaluate(each, document) is not True), logic)
        yield from _parts(failed, document, depth + 1) if failed is not logic else (_leaf(logic, document),)
    elif name == "if" and len(operands) == _IF and operands[1] is True:
        # One part or the other: both have failed.
        yield from _parts(operands[0], document, depth + 1)
        yield from _parts(operands[2], document, depth + 1)
    else:
        yield _leaf(logic, document)


def _operation(logic: Any) -> tuple[str, list[Any]]:
    if isinstance(logic, dict) and len(logic) == 1:
        ((name, operands),) = logic.items()
        if isinstance(operands, list) and operands:
            return name, operands
    return "", []


def _leaf(logic: Any, document: Document) -> str:
    compiled = compile_logic(logic)
    if isinstance(compiled, Refused):
        return f"{_text(logic)}: it has no value ({compiled.refusal.value.replace('_', ' ')})"
    value = compiled.evaluate(document)
    if isinstance(value, Refused):
        return f"{_text(logic)}: it has no value ({value.refusal.value.replace('_', ' ')})"
    told = [f"{name} is {value_told(name, document)}" for name in sorted(compiled.names)]
    first = _subject(logic)
    if first in compiled.names:
        told = [f"it is {value_told(first, document)}", *(each for each in told if not each.startswith(f"{first} is "))]
    return f"{_text(logic)}: {', and '.join(told) or 'it never holds'}"


def _text(logic: Any) -> str:
    try:
        return decompile(logic)
    except (NotOurs, TypeError, KeyError, AttributeError, IndexError, ValueError, RecursionError):
        # Not written by an author in a table: shown as it is.
        return json.dumps(logic, ensure_ascii=False, default=str)


def _subject(logic: Any) -> str:
    """The fact that a test speaks of first."""
    while True:
        name, operands = _operation(logic)
        if name == "if":
            logic = operands[-1]
        elif name:
            logic = operands[0]
        else:
            return str(logic["var"]) if isinstance(logic, dict) and isinstance(logic.get("var"), str) else ""
