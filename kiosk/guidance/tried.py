"""Why a row answers or does not: what each row of the pack lacks in one situation, for those who write the rows."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from kiosk.guidance.answer import Said, values_for
from kiosk.guidance.certlogic import compile_logic
from kiosk.guidance.rows import Document, holds
from kiosk.guidance.situation import Situation
from kiosk.guidance.texts import row_keys
from kiosk.model.ids import Lang
from kiosk.model.pack import Row


class Lack(StrEnum):
    """What a row lacks, in the order in which it is looked for."""

    TOUCHPOINT = "touchpoint"
    OUTCOME = "outcome"
    VARIANT = "variant"
    NOT_YET = "not_yet"
    """It is not in force yet."""
    NO_LONGER = "no_longer"
    CONDITION = "condition"
    PLACE = "place"
    WORDS = "words"
    """A placeholder in its texts has no value."""


class Tried(msgspec.Struct, frozen=True):
    """One row and what it lacks; None when it could answer. `words` are the placeholders without a value."""

    row: Row
    lack: Lack | None
    words: tuple[str, ...] = ()


def tried(rows: Iterable[Row], situation: Situation, variants: frozenset[str], lang: Lang) -> Iterator[Tried]:
    """Every row in its order. The first that lacks nothing is the one that answers."""
    document = situation.document()
    for row in rows:
        lack = _lack(row, situation, variants, document)
        words = _missing(row, situation, lang) if lack is None else ()
        yield Tried(row, Lack.WORDS if words else lack, words)


def _lack(row: Row, situation: Situation, variants: frozenset[str], document: Document) -> Lack | None:
    facts = situation.facts
    lacks = (
        (Lack.TOUCHPOINT, bool(row.at) and situation.site.touchpoint.kind not in row.at),
        (Lack.OUTCOME, bool(row.outcomes) and facts.outcome not in row.outcomes),
        (Lack.VARIANT, bool(row.variant) and row.variant not in variants),
        (Lack.NOT_YET, row.valid_from is not None and facts.now < row.valid_from),
        (Lack.NO_LONGER, row.valid_until is not None and row.valid_until <= facts.now),
        (Lack.CONDITION, not holds(compile_logic(row.when), document)),
        (Lack.PLACE, bool(row.place) and situation.place(row.place) is None),
    )
    return next((lack for lack, there in lacks if there), None)


def _missing(row: Row, situation: Situation, lang: Lang) -> tuple[str, ...]:
    needs = situation.site.words.needs(row_keys(row))
    said = Said(row.place, row.moment)
    return tuple(name for name in sorted(needs) if values_for(situation, (name,), said, lang) is None)
