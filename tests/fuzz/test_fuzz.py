"""A short run of the fuzzer; `make fuzz` runs it for as long as one likes."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.tree import ROOT

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is ready-made for Linux on x86-64 only"
)


def _run(module: str, seconds: int, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"tests.fuzz.{module}", str(seconds), str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def test_ten_seconds_of_ever_new_bytes_find_nothing(tmp_path: Path) -> None:
    """No exception, no hang, nothing accepted that nobody issued."""
    run = _run("fuzz_payload", 10, tmp_path)
    assert run.returncode == 0, run.stderr[-4000:]
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
    assert "stat::number_of_executed_units" in run.stderr


def test_a_planted_bug_is_found(tmp_path: Path) -> None:
    """A fuzzer that saw nothing of the readers would find nothing in them."""
    run = _run("planted", 120, tmp_path)
    assert run.returncode != 0
    assert "Planted" in run.stdout + run.stderr
    assert [path for path in tmp_path.iterdir() if path.name.startswith("crash-")]
