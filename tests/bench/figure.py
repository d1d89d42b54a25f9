"""What a benchmark gives back: one measured thing, with its unit and what it is measured against."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_P95, _P99 = 95, 99


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing. `reference` is the aim or an earlier measurement, in the same unit, for the same statistic."""

    what: str
    statistic: str
    value: float
    unit: str
    reference: float | None = None
    count: int = 1
    """How many samples stand behind the value."""

    @property
    def ratio(self) -> float | None:
        """The value as a multiple of the reference."""
        return self.value / self.reference if self.reference else None


def figures(what: str, samples: Sequence[float], unit: str, references: dict[str, float] | None = None) -> list[Figure]:
    """Median, p95 and p99 of `samples`; p99 only where there are samples enough to know it.

    `references` are by statistic: `median`, `p95`, `p99`. Raises `ValueError` without any sample.
    """
    if not samples:
        msg = f"{what}: nothing was measured"
        raise ValueError(msg)
    known = references or {}
    out = [Figure(what, "median", statistics.median(samples), unit, known.get("median"), len(samples))]
    for name, rank in (("p95", _P95), ("p99", _P99)):
        if len(samples) * (100 - rank) >= 100:
            out.append(Figure(what, name, percentile(samples, rank), unit, known.get(name), len(samples)))
    return out


def percentile(samples: Sequence[float], rank: int) -> float:
    """The smallest sample that `rank` per cent of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, -(-len(ordered) * rank // 100) - 1)]
