"""The benchmark runner: its statistics, its table and its file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.__main__ import benchmarks, main, table, write
from tests.bench.figure import Figure, figures, percentile


@given(samples=st.lists(st.floats(0, 1e6), min_size=1), rank=st.integers(1, 100))
def test_a_percentile_is_a_sample_that_the_given_share_does_not_exceed(samples: list[float], rank: int) -> None:
    value = percentile(samples, rank)
    assert value in samples
    assert sum(sample <= value for sample in samples) * 100 >= rank * len(samples)
    assert sum(sample < value for sample in samples) * 100 < rank * len(samples)


@pytest.mark.parametrize(
    ("count", "statistics"),
    [(1, ["median"]), (19, ["median"]), (20, ["median", "p95"]), (100, ["median", "p95", "p99"])],
)
def test_no_percentile_is_told_that_too_few_samples_stand_behind(count: int, statistics: list[str]) -> None:
    assert [figure.statistic for figure in figures("x", [1.0] * count, "ms")] == statistics


def test_nothing_measured_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(ValueError, match="x: nothing was measured"):
        figures("x", [], "ms")


def test_table_and_file_hold_the_same_figures_with_unit_and_ratio(tmp_path: Path) -> None:
    measured = [
        ("scan", Figure("frame → code", "median", 5.0, "ms", 2.5, 40)),
        ("scan", Figure("count", "", 1234, "1")),
    ]
    lines = table(measured).splitlines()
    assert lines[2].split() == ["scan", "frame", "→", "code", "median", "5", "ms", "2.5", "×", "2.00", "40"]
    assert "1,234" in lines[3]
    written = json.loads(write(tmp_path / "bench" / "scan.json", measured).read_text())
    assert written["figures"][0]["ratio"] == 2.0
    assert written["figures"][1]["reference"] is None
    assert written["machine"]["cores"] >= 1


def test_an_unknown_name_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in benchmarks())
    assert "figure" not in benchmarks()
