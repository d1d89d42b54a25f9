"""`python -m tests.bench [NAME…]`: runs the benchmarks, prints one table and writes build/bench/NAME.json.

A benchmark is a module of this package with `run() -> Iterable[Figure]`; its name is NAME. Without a name all run and
the file is all.json.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import tests.bench
from tests.bench.figure import Figure
from tests.bench.machine import machine

_FOLDER = Path(__file__).resolve().parents[2] / "build" / "bench"
_ALL = "all"
_USAGE_STATUS = 2


def main(arguments: Sequence[str]) -> int:
    """Status 2 for a name that no benchmark has."""
    known = benchmarks()
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return _USAGE_STATUS
    names = list(arguments) or known
    measured: list[tuple[str, Figure]] = []
    for name in names:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        found: Iterable[Figure] = importlib.import_module(f"{tests.bench.__name__}.{name}").run()
        measured += [(name, figure) for figure in found]
    print(table(measured))
    written = write(_FOLDER / f"{'-'.join(arguments) or _ALL}.json", measured)
    print(f"\nthe same in {written}")
    return 0


def benchmarks() -> list[str]:
    """The names of all, in alphabetical order: the modules of this package that have a `run`."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__")
    return [name for name in names if hasattr(importlib.import_module(f"{tests.bench.__name__}.{name}"), "run")]


def table(measured: Sequence[tuple[str, Figure]]) -> str:
    """The figures below each other, numbers to the right."""
    rows: list[tuple[str, ...]] = [("benchmark", "what", "", "value", "unit", "reference", "ratio", "samples")]
    rows += [(name, *_cells(figure)) for name, figure in measured]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(_fit(cell, width, column) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def write(path: Path, measured: Sequence[tuple[str, Figure]]) -> Path:
    """Write the figures as JSON, with the machine that they were measured on."""
    figures = [{"benchmark": name, **asdict(figure), "ratio": figure.ratio} for name, figure in measured]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=1, ensure_ascii=False) + "\n")
    return path


_WORDS = (0, 1, 2, 4)
"""The columns that hold words; numbers stand at the right of theirs."""


def _fit(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in _WORDS else cell.rjust(width)


def _cells(figure: Figure) -> tuple[str, ...]:
    reference = "" if figure.reference is None else _number(figure.reference)
    ratio = "" if figure.ratio is None else f"× {figure.ratio:.2f}"
    return (figure.what, figure.statistic, _number(figure.value), figure.unit, reference, ratio, str(figure.count))


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
