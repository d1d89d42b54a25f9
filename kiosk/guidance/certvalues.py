"""What CertLogic says about values: which are literals, which are true, which are the same, how data is reached."""

from collections.abc import Sequence
from typing import Any

Value = Any
_INDEX_DIGITS = 9


def is_literal(expression: Value) -> bool:
    """Whether an expression stands for itself: a string, a boolean or a whole number."""
    return isinstance(expression, str | bool) or is_integer(expression)


def is_integer(value: Value) -> bool:
    """Whether a value is a whole number; in JSON 12.0 is one."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, float) and value.is_integer()


def truth(value: Value) -> bool | None:
    """Truthy or falsy, by a notion narrower than JavaScript's; None for a moment in time, which is neither."""
    if value is True or value is False:
        return bool(value)
    return bool(value) if value is None or isinstance(value, str | int | float | list | dict) else None


def same(left: Value, right: Value) -> bool:
    """Strict equality: 1 is not true, and arrays, objects and moments equal nothing, as in the reference."""
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    if left is None or isinstance(left, bool):
        return left is right
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers and not isinstance(right, bool) and bool(left == right)


def access(data: Value, fragments: Sequence[str]) -> Value:
    """The value at a path, None where it leads nowhere. A number reaches into an array."""
    for fragment in fragments:
        if isinstance(data, dict):
            data = data.get(fragment)
        elif isinstance(data, list):
            data = data[int(fragment)] if _is_index(fragment, len(data)) else None
        else:
            return None
    return data


def _is_index(fragment: str, length: int) -> bool:
    digits = fragment.isascii() and fragment.isdigit() and len(fragment) <= _INDEX_DIGITS
    return digits and int(fragment) < length
