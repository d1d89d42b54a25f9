"""What holds for every test: Kivy draws offscreen, nothing leaves this machine, no process outlives the run.

This file is read before any test module, so what stands at its top is set before Kivy is imported anywhere.
"""

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.laws.loopback import sitecustomize
from tests.postgresql import Cluster

_KIVY_HOME = tempfile.mkdtemp(prefix="opas-kivy-")
os.environ.update(
    KIVY_HOME=_KIVY_HOME,
    # Without this Kivy takes stderr for itself, and a traceback with it.
    KIVY_LOG_MODE="PYTHON",
    KIVY_NO_ARGS="1",
    KIVY_NO_CONSOLELOG="1",
    KIVY_NO_FILELOG="1",
    KIVY_WINDOW="sdl2",
    SDL_VIDEODRIVER="offscreen",
    SDL_AUDIODRIVER="dummy",
    # Python processes that tests start refuse to leave the machine, too.
    PYTHONPATH=os.pathsep.join(
        [str(Path(sitecustomize.__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    ),
)
# A proxy would hide where a request goes.
for _name in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)

# How long an example takes to make or to judge says how busy the machine is, and nothing of what is tested.
hypothesis.settings.register_profile(
    "opas", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("opas")

_PR_SET_CHILD_SUBREAPER = 36
_GRACE_S = 5.0


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for as long as the tests run, started when the first one asks for it."""
    made = Cluster()
    yield made
    made.end()


def pytest_sessionstart() -> None:
    """Become the parent of every orphan that a test leaves, so that none can hide."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a process that a test started still lives, and end it."""
    left = _children_after_grace()
    for pid, command in left.items():
        sys.stderr.write(f"\nleft behind by a test: process {pid}: {command}\n")
        os.kill(pid, signal.SIGKILL)
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure() -> None:
    """Take Kivy's own folder away."""
    shutil.rmtree(_KIVY_HOME, ignore_errors=True)


def _children_after_grace() -> dict[int, str]:
    deadline = time.monotonic() + _GRACE_S
    while (left := dict(_living_children())) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def _living_children() -> Iterator[tuple[int, str]]:
    for task in Path("/proc/self/task").iterdir():
        for word in (task / "children").read_text().split():
            folder = Path("/proc") / word
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                command = (folder / "cmdline").read_text().replace("\0", " ").strip()
            except OSError:
                continue
            # Z: it has ended and only waits to be asked for its status.
            if state != "Z":
                yield int(word), command
