"""The difference between two packs in words: what was written otherwise, and who would see something else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from deploy.release.decompile import in_words
from deploy.release.proof.prove import joint_space, moments_of, walk
from deploy.release.proof.space import TooManyCases
from deploy.release.proof.table import Cell, cells
from deploy.release.proof.told import said
from kiosk.guidance.texts import row_keys
from kiosk.guidance.words import FORM_MARK, Words
from kiosk.model.pack import Pack, Row

RESORT = "last-resort"
_MOST_CASES = 400_000
_MOST_TOLD = 20
_PARTS = {
    "touchpoints": "touchpoint",
    "levels": "level",
    "places": "place",
    "pathways": "pathway",
    "rows": "row",
    "pickup_rows": "pickup row",
    "experiments": "experiment",
    "offers": "offer",
    "unreachable": "place out of reach",
}


@dataclass(slots=True)
class Move:
    """Situations of one cell that row `old` answered and row `new` now answers, with other words."""

    cell: Cell
    old: str
    new: str
    situations: int = 0
    example: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Difference:
    """What changed. `stays` counts, by touchpoint's cell and old row, the situations that are answered as before."""

    written: list[str] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    situations: int = 0
    stays: Counter[tuple[str, str]] = field(default_factory=Counter)


def compare(old: Pack, new: Pack) -> Difference:
    """All differences from `old` to `new`. Raises `TooManyCases`."""
    found = Difference(list(_written(old, new)))
    saying = _Saying(old, new)
    before = {each.where: each for each in cells(old, Words(old.messages, old.zone))}
    moments = tuple(sorted({*moments_of(old), *moments_of(new)}))
    moves: dict[tuple[str, str, str], Move] = {}
    cases = 0
    for cell in cells(new, Words(new.messages, new.zone)):
        if cell.where not in before:
            continue
        both = (before[cell.where], cell)
        space = joint_space(both, moments)
        for state, first in walk(both[0], space, space.root(), both[0].candidates):
            for final, second in walk(both[1], space, state, both[1].candidates):
                cases += 1
                if cases > _MOST_CASES:
                    raise TooManyCases(cell.where)
                situations = space.count(final) * cell.alike
                found.situations += situations
                if saying.same(first, second):
                    found.stays[cell.where, first or RESORT] += situations
                    continue
                key = (cell.where, first or RESORT, second or RESORT)
                move = moves.setdefault(key, Move(cell, *key[1:]))
                move.situations += situations
                if not move.example or len(final.values) < len(move.example):
                    move.example = final.values
    found.moves = sorted(moves.values(), key=lambda move: -move.situations)
    return found


def told(found: Difference, pack: Pack) -> Iterator[str]:
    """The difference, line by line."""
    if not found.written and not found.moves:
        yield "Nothing is different."
        return
    yield from found.written
    changed = sum(move.situations for move in found.moves)
    yield f"{changed:,} of {found.situations:,} situations are answered otherwise."
    for move in found.moves[:_MOST_TOLD]:
        how = f'row "{move.old}" answers with other words' if move.old == move.new else _instead(move)
        example = ", ".join(said(move.cell, move.example, pack)) or "whatever else is known"
        yield f"  {move.cell.where}: {how} in {_count(move.situations)}, for example: {example}."
    if len(found.moves) > _MOST_TOLD:
        yield f"  … and {len(found.moves) - _MOST_TOLD} more."


def _count(situations: int) -> str:
    return f"{situations:,} situation{'' if situations == 1 else 's'}"


def _instead(move: Move) -> str:
    return f'row "{move.new}" answers instead of row "{move.old}"'


class _Saying:
    """Whether a row of the old pack and one of the new say the same."""

    def __init__(self, old: Pack, new: Pack) -> None:
        self._old = {row.id: (row, _texts(old, row)) for row in old.rows}
        self._new = {row.id: (row, _texts(new, row)) for row in new.rows}
        self._resort = old.last_resort == new.last_resort

    def same(self, first: str, second: str) -> bool:
        if not first or not second:
            return not first and not second and self._resort
        (old, old_texts), (new, new_texts) = self._old[first], self._new[second]
        return old_texts == new_texts and _shown(old) == _shown(new)


def _shown(row: Row) -> tuple[object, ...]:
    return row.tone, row.place, row.moment, row.countdown, row.pickups


def _texts(pack: Pack, row: Row) -> dict[str, list[str]]:
    """The words of a row without their keys, which nobody sees."""
    keys = list(row_keys(row))
    return {
        lang: [text for key in keys for name, text in sorted(texts.items()) if name.partition(FORM_MARK)[0] == key]
        for lang, texts in _by_key(pack, frozenset(keys)).items()
    }


def _by_key(pack: Pack, keys: frozenset[str]) -> Mapping[str, Mapping[str, str]]:
    return {
        lang: {name: text for name, text in texts.items() if name.partition(FORM_MARK)[0] in keys}
        for lang, texts in pack.messages.items()
    }


def _written(old: Pack, new: Pack) -> Iterator[str]:
    for name in ("id", "site", "zone", "languages", "settings", "last_resort"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{name.replace('_', ' ').capitalize()}: {_plain(before, after)}."
    for table, word in _PARTS.items():
        yield from _parts(word, getattr(old, table), getattr(new, table))
    for lang in new.languages:
        yield from _messages(lang, old.messages.get(lang, {}), new.messages[lang])
    if old.changes != new.changes:
        yield f"Texts for a time: {len(old.changes)} before, {len(new.changes)} now."


def _plain(before: Any, after: Any) -> str:
    if not isinstance(before, msgspec.Struct):
        return f"{_value(before)} → {_value(after)}"
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in before.__struct_fields__)
    return "; ".join(f"{name} {_value(first)} → {_value(last)}" for name, first, last in pairs if first != last)


def _parts(word: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[str]:
    before, after = ({part.id: part for part in parts} for parts in (old, new))
    for key in before.keys() - after.keys():
        yield f'{word.capitalize()} "{key}" is gone.'
    for key, part in after.items():
        if key not in before:
            yield f'{word.capitalize()} "{key}" is new{_when(part)}.'
        elif part != before[key]:
            yield f'{word.capitalize()} "{key}": {_plain(before[key], part)}.'
    kept = [[part.id for part in parts if part.id in before and part.id in after] for parts in (old, new)]
    if "row" in word and kept[0] != kept[1]:
        moved = [key for key, other in zip(*kept, strict=True) if key != other]
        yield f'The {word}s stand in another order from "{moved[0]}" on.'


def _when(part: Any) -> str:
    return f": when {in_words(part.when)}" if isinstance(part, Row) and part.when is not True else ""


def _messages(lang: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before is None:
            yield f'Text "{key}" ({lang}) is new: "{after}".'
        elif after is None:
            yield f'Text "{key}" ({lang}) is gone: "{before}".'
        elif before != after:
            yield f'Text "{key}" ({lang}): "{before}" → "{after}".'


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return in_words(value)
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "none"
    return {"True": "yes", "False": "no", "None": "none", "": "none"}.get(str(value), str(value))
