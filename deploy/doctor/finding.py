"""What the doctor found, and the machine that it looked at."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from deploy.broker.files import find_program

_COMMAND_TIMEOUT_S = 20.0


class Level(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    WARN = "warn"
    """Opas runs without it, with something less; `todo` says how to have it."""
    FAIL = "fail"
    """Needed and missing or broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: the thing, what is found, and, unless all is well, what to do."""

    topic: str
    level: Level
    says: str
    todo: str = ""


def ok(topic: str, says: str) -> Finding:
    """All is well."""
    return Finding(topic, Level.OK, says)


def warn(topic: str, says: str, todo: str) -> Finding:
    """It goes without."""
    return Finding(topic, Level.WARN, says, todo)


def fail(topic: str, says: str, todo: str) -> Finding:
    """It does not go without."""
    return Finding(topic, Level.FAIL, says, todo)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the doctor looks. Another `root`, `environ` or `assets` lets it look at a machine that lacks things."""

    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    assets: Path = Path("assets")
    data: Path = Path("build")

    def program(self, name: str) -> str | None:
        """The path of a program, by this machine's PATH (and, as the one we were started in, by Debian's sbin)."""
        return find_program(name, None if self.environ == os.environ else self.environ)

    def output(self, command: Sequence[str]) -> str | None:
        """What a program writes, None when it can't run, fails or takes too long."""
        done = self._run(command)
        return done.stdout.strip() if done is not None and done.returncode == 0 else None

    def words(self, command: Sequence[str]) -> str:
        """What a program writes, whatever its status; empty when it can't run."""
        done = self._run(command)
        return "" if done is None else done.stdout.strip()

    def python(self, module: str) -> str | None:
        """What a module of ours writes when run in a process of its own, which may crash without harm."""
        return self.output((sys.executable, "-m", module))

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str] | None:
        try:
            return subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_COMMAND_TIMEOUT_S,
                env=dict(self.environ),
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
