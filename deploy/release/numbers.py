"""Numbers and rectangles of a pack's source in the one form that the compiled pack has."""

import math
from typing import Any

_RECT = 4


def with_outlines(floor: Any) -> Any:
    """The floor with each shape's `rect = [left, bottom, width, height]` written out as an outline.

    What is not of that form is left as it is, for the schema to complain about.
    """
    if isinstance(floor, list):
        return [with_outlines(part) for part in floor]
    if not isinstance(floor, dict):
        return floor
    body = {name: with_outlines(value) for name, value in floor.items()}
    rect = body.get("rect")
    if isinstance(rect, list) and len(rect) == _RECT and all(isinstance(number, int | float) for number in rect):
        left, bottom, width, height = body.pop("rect")
        right, top = plain(left + width), plain(bottom + height)
        body["outline"] = [[left, bottom], [right, bottom], [right, top], [left, top]]
    return body


def tidy(value: Any) -> Any:
    """The same with every number in its shortest form, so that 12 and 12.0 make one pack."""
    if isinstance(value, dict):
        return {name: tidy(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [tidy(inner) for inner in value]
    return plain(value) if isinstance(value, float) else value


def plain(number: float) -> float:
    """Centimetres are enough. What is no number stays what it is, for the schema to complain about."""
    if not math.isfinite(number):
        return number
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded
