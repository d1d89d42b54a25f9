"""The contracts of the import graph bite: each kind of forbidden import, once added, is told by name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.tree import PRODUCT, ROOT, project_files

_KEPT = 0
_BROKEN = 1

_TRESPASSES = {
    "kiosk/model/trespass.py": ("import threading\n", "pure modules"),
    "kiosk/guidance/trespass.py": ("import kiosk.store\n", "kiosk runs one way"),
    "kiosk/store/trespass.py": ("def ask():\n    import urllib.request\n", "kiosk opens no connection"),
    "kiosk/session/trespass.py": ("import cv2\n", "one home for seeing and reading codes"),
    "kiosk/trespass.py": ("", "kiosk runs one way"),
    "kiosk/scanning/trespass.py": ("import sync.wire\n", "sync builds on kiosk"),
    "kiosk/access/trespass.py": ("import kivy\n", "one home for Kivy"),
    "sync/wire/trespass.py": ("import kiosk.store\n", "of kiosk, the wire sees"),
    "sync/hub/trespass.py": ("import sync.agent\n", "sync: device and hub"),
    "sync/agent/trespass.py": ("import paho.mqtt.client\n", "one home for MQTT"),
    "sync/link/trespass.py": ("import sqlite3\n", "one home for SQL"),
    "deploy/trespass.py": ("import kiosk.model\n", "deploy knows neither"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's source, to be spoiled."""
    folder = tmp_path_factory.mktemp("copy")
    for path in project_files():
        if path.parts[0] in PRODUCT and path.suffix == ".py":
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / path)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-logo"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_tree_keeps_every_contract(copy: Path) -> None:
    """`make check` says the same; this one says which contract broke in a test report."""
    result = _lint(copy)
    assert result.returncode == _KEPT, result.stdout


@pytest.mark.parametrize("path", _TRESPASSES)
def test_a_trespass_is_told(copy: Path, path: str) -> None:
    """A contract that nothing can break would hold nothing."""
    content, contract = _TRESPASSES[path]
    trespass = copy / path
    trespass.write_text(f'"""Spoils."""\n\n{content}', encoding="utf-8")
    try:
        result = _lint(copy)
    finally:
        trespass.unlink()
    assert result.returncode == _BROKEN, result.stdout
    verdict = " ".join(result.stdout.split())
    assert contract in verdict.partition("Broken contracts")[2], result.stdout
