"""`make test` runs every test once, whatever lane it falls to, and no lane's trouble goes unheard."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.laws.tree import ROOT

_WELL = "import pathlib\n\n\ndef test_{n}() -> None:\n    with pathlib.Path({ran!r}).open('a') as ran:\n        ran.write('{n} ')\n"
# Plugins that nothing here uses take most of a lane's start.
_ENVIRON = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


class Suite:
    """Files of one test each, which notes that it ran."""

    def __init__(self, folder: Path, files: int) -> None:
        self.folder = folder
        self._ran = folder / "ran"
        (folder / "pytest.ini").write_text("[pytest]\n")
        for number in range(files):
            self.put(number, _WELL.format(n=number, ran=str(self._ran)))

    def put(self, number: int, text: str) -> None:
        (self.folder / f"test_{number}.py").write_text(text)

    def command(self, lanes: int) -> list[str]:
        own = ["-c", str(self.folder / "pytest.ini"), "-p", "no:cacheprovider", str(self.folder)]
        return [sys.executable, "-m", "tests.lanes", str(lanes), *own]

    def run(self, lanes: int) -> "subprocess.CompletedProcess[str]":
        command = self.command(lanes)
        return subprocess.run(command, cwd=ROOT, env=_ENVIRON, capture_output=True, text=True, check=False)

    def ran(self) -> list[int]:
        return sorted(map(int, self._ran.read_text().split()))


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path, 12)


def test_every_test_runs_once(suite: Suite) -> None:
    done = suite.run(3)
    assert done.returncode == 0, done.stdout
    assert suite.ran() == list(range(12))
    assert "== 3 lanes: 12 passed in" in done.stdout


@pytest.mark.parametrize("number", [0, 11])
def test_what_fails_in_any_lane_fails_the_run_and_is_shown(suite: Suite, number: int) -> None:
    """The first file falls to the first lane, the last one to the second."""
    suite.put(number, "def test_it() -> None:\n    assert 'this' == 'that'\n")
    done = suite.run(2)
    assert done.returncode == 1
    assert suite.ran() == [each for each in range(12) if each != number]
    assert "AssertionError: assert 'this' == 'that'" in done.stdout
    assert "1 failed" in done.stdout.splitlines()[-1]


def test_a_lane_that_dies_is_missed(suite: Suite) -> None:
    """With what it would have run."""
    suite.put(11, "import os\n\n\ndef test_it() -> None:\n    os._exit(0)\n")
    done = suite.run(2)
    assert done.returncode == 1
    assert "of 12 tests were run by no lane" in done.stdout


def test_what_can_t_be_collected_fails_the_run(suite: Suite) -> None:
    suite.put(5, "import nothing_of_that_name\n")
    done = suite.run(1)
    assert done.returncode == 1
    assert "nothing_of_that_name" in done.stdout


def test_ended_from_outside_every_lane_ends_what_it_has_begun(suite: Suite) -> None:
    """Fixtures are taken down, as at Ctrl-C."""
    waits = (
        "import pathlib, time, pytest\n\n\n@pytest.fixture\ndef thing():\n    pathlib.Path({up!r}).touch()\n    yield\n"
        "    pathlib.Path({up!r}).unlink()\n\n\ndef test_it(thing) -> None:\n    time.sleep(60)\n"
    )
    up = [suite.folder / f"up-{number}" for number in (0, 11)]
    for number, path in zip((0, 11), up, strict=True):
        suite.put(number, waits.format(up=str(path)))
    with subprocess.Popen(suite.command(2), cwd=ROOT, env=_ENVIRON, stdout=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 30
        while not all(path.exists() for path in up):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        run.send_signal(signal.SIGTERM)
        said = run.communicate()[0]
    assert run.returncode == 1
    assert said.count("KeyboardInterrupt") >= 2
    assert not any(path.exists() for path in up)
