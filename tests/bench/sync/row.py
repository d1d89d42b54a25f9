"""One row of the table: the same thing measured on both sides, and what was aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Aim(Enum):
    """What an aim bounds."""

    AT_LEAST = "≥"
    AT_MOST = "≤"
    TIMES_BEST = "≥ ×"
    """So many times the other's best."""


@dataclass(frozen=True, slots=True)
class Row:
    """`shipped` is the gateway as it comes, `best` at the settings that were best for it; None where there is none."""

    what: str
    unit: str
    ours: float
    shipped: float | None = None
    best: float | None = None
    aim: float | None = None
    kind: Aim = Aim.AT_LEAST
    best_is: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of their best."""
        return self.ours / self.best if self.best else None

    @property
    def met(self) -> bool | None:
        """Whether the aim was met; None without one, or without the other side."""
        if self.aim is None:
            return None
        if self.kind is Aim.TIMES_BEST:
            return None if self.ratio is None else self.ratio >= self.aim
        return self.ours >= self.aim if self.kind is Aim.AT_LEAST else self.ours <= self.aim


def table(rows: Sequence[Row]) -> str:
    """The rows below each other."""
    head = ("what", "unit", "Opas", "gateway as shipped", "gateway at best", "ratio", "aim", "met", "best is")
    cells = [head, *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[row.met]
    aim = "" if row.aim is None else f"{row.kind.value} {row.aim:g}"
    ratio = "" if row.ratio is None else f"× {row.ratio:.2f}"
    numbers = (_number(row.ours), _number(row.shipped), _number(row.best))
    return (row.what, row.unit, *numbers, ratio, aim, met, row.best_is)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
