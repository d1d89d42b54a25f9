"""Ordered tables: the first row that holds wins."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from kiosk.guidance.certlogic import Logic, Refused, compile_logic
from kiosk.guidance.effective import lies_in
from kiosk.guidance.texts import row_keys
from kiosk.guidance.words import Words
from kiosk.model.ids import EpochMs
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import PickupRow, Row, TouchpointKind

Document = Mapping[str, Any]


class NeededRow(msgspec.Struct, frozen=True):
    """A row, its compiled condition and the placeholders that it can't be said without."""

    row: Row
    logic: Logic | Refused
    needs: frozenset[str]


class NeededPickup(msgspec.Struct, frozen=True):
    """The same for a row of the pickup table."""

    row: PickupRow
    logic: Logic | Refused
    needs: frozenset[str]


def holds(logic: Logic | Refused, document: Document) -> bool:
    """Whether a condition is true on the facts; one without a value, or with another than true, is not."""
    return isinstance(logic, Logic) and logic.evaluate(document) is True


def in_force(row: Row, now: EpochMs) -> bool:
    """Whether `now` lies in the row's effective time."""
    return lies_in(now, row.valid_from, row.valid_until)


class RowTable:
    """The decision rows of one kind of touchpoint, found by outcome."""

    def __init__(self, rows: Iterable[Row], words: Words, kind: TouchpointKind) -> None:
        ours = [
            NeededRow(row, compile_logic(row.when), words.needs(row_keys(row)))
            for row in rows
            if not row.at or kind in row.at
        ]
        self._by_outcome = {
            outcome: tuple(each for each in ours if not each.row.outcomes or outcome in each.row.outcomes)
            for outcome in Outcome
        }

    def holding(
        self, outcome: Outcome, document: Document, now: EpochMs, variants: frozenset[str] = frozenset()
    ) -> Iterator[NeededRow]:
        """The rows that hold, in the pack's order; `variants` are the ones that hold here."""
        for each in self._by_outcome[outcome]:
            dealt = not each.row.variant or each.row.variant in variants
            if dealt and in_force(each.row, now) and holds(each.logic, document):
                yield each


class PickupTable:
    """How each open order reads."""

    def __init__(self, rows: Iterable[PickupRow], words: Words) -> None:
        self._rows = tuple(
            NeededPickup(row, compile_logic(row.when), words.needs((row.word, row.detail))) for row in rows
        )

    def holding(self, state: OrderState, document: Document) -> Iterator[NeededPickup]:
        """The rows that hold for an order in `state`, in the pack's order."""
        for each in self._rows:
            if (not each.row.states or state in each.row.states) and holds(each.logic, document):
                yield each
