"""A picture of the table's hole: the two facts that it depends on most, who answers where, and why no row matches."""

import html
import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.release.decompile import in_words
from deploy.release.proof.prove import Hole, answers, space_of, why_not
from deploy.release.proof.space import FACTS, Space, Values
from deploy.release.proof.told import hole_told
from kiosk.guidance.declared import SAID, UNKNOWN, Thing
from kiosk.model.pack import Pack

_WIDE, _HIGH, _LEFT, _TOP, _LINE = 104, 40, 200, 170, 22
_MOST = 12
_CHARACTERS = 112
_ROWS_TOLD = 20
_COLOURS = ("#065F38", "#134089", "#6E4300", "#4C1D95", "#0E7490", "#3F6212", "#334155", "#155E75")
_HOLE, _INK = "#A31616", "#0F172A"
_VARIOUS = "various rows"


def draw(hole: Hole, pack: Pack, folder: Path) -> Path:
    """Write the picture as SVG into `folder` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in hole.cell.where)
    path = folder / f"{pack.id}-{name}.svg"
    path.write_text(svg(hole, pack), encoding="utf-8")
    return path


def svg(hole: Hole, pack: Pack) -> str:
    """The picture: a grid of two facts coloured by the row that answers, red where none does, and the rows below."""
    grid = _grid(hole)
    legend = list(dict.fromkeys(key for line in grid.found for key in line if key))
    below = _TOP + _HIGH * len(grid.lines) + 36
    told = [line for each in _why_not(hole) for line in textwrap.wrap(each, _CHARACTERS, subsequent_indent="    ")]
    width = max(_LEFT + _WIDE * len(grid.columns) + 24, 960)
    height = below + _LINE * (len(legend) + len(told) + 2)
    start = below + _LINE * (len(legend) + 1)
    parts = (
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>',
        _text(24, 40, "Nobody answers here", 26, 700, _HOLE),
        *_wrapped(24, 66, hole_told(hole, pack)),
        *_drawn(grid, legend),
        *_legend(legend, below),
        *(_text(24, start + _LINE * number, line, 14) for number, line in enumerate(told)),
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="Inter, sans-serif">'
    return "\n".join((head, *parts, "</svg>\n"))


_Axis = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Who answers for each pair of values of two facts: a row's id, `_VARIOUS`, or empty for the hole."""

    across: str
    down: str
    columns: list[str]
    lines: list[str]
    found: list[list[str]]


def _axes(hole: Hole) -> tuple[_Axis, _Axis]:
    """The two facts of the counterexample with the most values, or of what is not there in it."""
    space = space_of(hole.cell)
    asked = {name for each in hole.cell.candidates for name in each.facts} & set(space.facts)
    gone = {thing for thing in Thing if hole.values.get(thing) is False}
    told = [name for name in asked if name in hole.values or gone & set(FACTS[name].of)]
    found: list[_Axis] = [(name, _values(name, space)) for name in told if name not in hole.cell.start]
    found.sort(key=lambda axis: (axis[0] not in hole.values, -len(axis[1]), axis[0]))
    found += [("", [None]), ("", [None])]
    return found[0], found[1]


def _values(fact: str, space: Space) -> list[Any]:
    values = space.values_of(fact)
    return values if UNKNOWN in values or not FACTS[fact].of or fact in SAID else [*values, UNKNOWN]


def _grid(hole: Hole) -> _Grid:
    """Neighbours with the same answers are drawn as one."""
    (across, columns), (down, lines) = _axes(hole)
    found = [[_answer(hole, {across: x, down: y}) for x in columns] for y in lines]
    line_names, found = _merged([_value(value) for value in lines], found)
    turned = [list(column) for column in zip(*found, strict=True)]
    column_names, turned = _merged([_value(value) for value in columns], turned)
    return _Grid(across, down, column_names, line_names, [list(line) for line in zip(*turned, strict=True)])


def _merged(names: list[str], lines: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    parts = [list(part) for _, part in itertools.groupby(zip(names, lines, strict=True), key=lambda pair: pair[1])]
    parts = sorted(parts, key=lambda part: "" not in part[0][1])[:_MOST]
    labels = [part[0][0] if len(part) == 1 else f"{part[0][0]} … {part[-1][0]}" for part in parts]
    return labels, [part[0][1] for part in parts]


def _answer(hole: Hole, changed: Values) -> str:
    free = {thing for name in changed if name for thing in FACTS[name].of}
    values = {name: value for name, value in hole.values.items() if name not in free}
    values |= {name: value for name, value in changed.items() if name}
    catch_alls = {each.key for each in hole.cell.candidates if each.catch_all}
    found = {"" if key in catch_alls else key for key in answers(hole.cell, values)}
    if "" in found:
        return ""
    return found.pop() if len(found) == 1 else _VARIOUS


def _drawn(grid: _Grid, legend: list[str]) -> Iterator[str]:
    yield _text(_LEFT, _TOP - 34, _noun(grid.across), 15, 700)
    yield _text(24, _TOP - 10, _noun(grid.down), 15, 700)
    for at, name in enumerate(grid.columns):
        yield _text(_LEFT + _WIDE * at + 6, _TOP - 10, name, 13)
    for line, (name, found) in enumerate(zip(grid.lines, grid.found, strict=True)):
        top = _TOP + _HIGH * line
        yield _text(24, top + 24, name, 13)
        for at, key in enumerate(found):
            left = _LEFT + _WIDE * at
            yield f'<rect x="{left}" y="{top}" width="{_WIDE - 4}" height="{_HIGH - 4}" fill="{_colour(key, legend)}"/>'
            yield _text(left + 8, top + 25, str(legend.index(key) + 1) if key else "nobody", 15, 700, "#FFFFFF")


def _legend(legend: list[str], top: int) -> Iterator[str]:
    for at, key in enumerate(legend):
        yield f'<rect x="24" y="{top + _LINE * at - 13}" width="16" height="16" fill="{_colour(key, legend)}"/>'
        yield _text(48, top + _LINE * at, f"{at + 1}: {key}", 14)


def _why_not(hole: Hole) -> Iterator[str]:
    """Why each row does not match, in the table's order."""
    if not hole.cell.candidates:
        yield "There is no row for it at all."
        return
    yield "The rows, and why none of them answers:"
    for each in hole.cell.candidates[-_ROWS_TOLD:]:
        lacks = " or ".join(dict.fromkeys(test.else_said for test in each.tests))
        otherwise = f"not when {lacks}" if each.condition is True else f"only when {in_words(each.condition)}"
        yield f"{each.key}: {why_not(each, hole.cell, hole.values) or otherwise}"


def _noun(fact: str) -> str:
    return FACTS[fact].noun if fact else ""


def _value(value: Any) -> str:
    if value is None:
        return ""
    return {"True": "yes", "False": "no"}.get(str(value), str(value).replace("_", " "))


def _colour(key: str, legend: list[str]) -> str:
    if key in {"", _VARIOUS}:
        return "#6B7280" if key else _HOLE
    return _COLOURS[legend.index(key) % len(_COLOURS)]


def _text(left: float, top: float, words: str, size: int, weight: int = 400, ink: str = _INK) -> str:  # noqa: PLR0913
    style = f'font-size="{size}" font-weight="{weight}" fill="{ink}"'
    return f'<text x="{left}" y="{top}" {style}>{html.escape(words)}</text>'


def _wrapped(left: float, top: float, words: str) -> Iterator[str]:
    for at, line in enumerate(textwrap.wrap(words, _CHARACTERS)):
        yield _text(left, top + 20 * at, line, 15)
