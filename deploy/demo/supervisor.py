"""Starts processes, knows when they are ready, tells when one dies, and leaves none behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.errors import ProcessDied

POLL_S = 0.05
_GRACE_S = 5.0
_KILLED_S = 5.0
_TAIL_LINES = 15


class Tier(IntEnum):
    """Later tiers lean on earlier ones, so they start after and stop before them."""

    BROKER = 0
    HUB = 1
    AGENT = 2
    APP = 3


@dataclass(frozen=True, slots=True)
class Program:
    """One process to run: `environ` is laid over this process's own; `advice` is for when it dies."""

    name: str
    tier: Tier
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes]


class Supervisor:
    """The processes of one demo; logs go to `logs/NAME.log`. Used by one thread, which outlives the processes."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, _Running] = {}
        # The kernel ends the children when this process is killed and can't do it itself.
        setpriv = shutil.which("setpriv")
        self._prefix = () if setpriv is None else (setpriv, "--pdeathsig", "TERM", "--")
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def names(self) -> tuple[str, ...]:
        """Those that were started and not stopped since."""
        return tuple(self._running)

    def start(self, program: Program) -> None:
        """Start one in a session of its own, so that Ctrl-C reaches only this process, which stops them in order."""
        with self.log_of(program.name).open("ab") as log:
            process = subprocess.Popen(
                [*self._prefix, *program.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **program.environ},
                start_new_session=True,
            )
        self._running[program.name] = _Running(program, process)

    def wait(self, what: str, ready: Callable[[], bool], timeout_s: float) -> None:
        """Ask `ready` until it is so. Raises `ProcessDied` when a process ends, or when `timeout_s` has passed."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ProcessDied(
                    f"{what}: not ready after {timeout_s:.0f} s.",
                    f"Read the logs in {self._logs}; on a busy machine, try again.",
                )
            time.sleep(POLL_S)

    def check(self) -> None:
        """Raise `ProcessDied`, with its last words, for the first process that has ended by itself."""
        for running in self._running.values():
            status = running.process.poll()
            if status is not None:
                raise ProcessDied(self._obituary(running.program, status), self._advice(running.program))

    def kill(self, name: str) -> None:
        """End one at once, as a power cut would."""
        running = self._running.pop(name)
        _signal(running.process, signal.SIGKILL)
        running.process.wait(timeout=_KILLED_S)

    def stop(self) -> None:
        """Stop all, the last tier first; one that does not end within 5 s is killed."""
        for tier in sorted(Tier, reverse=True):
            self._stop_together([one.process for one in self._running.values() if one.program.tier is tier])
        self._running.clear()

    def process_id(self, name: str) -> int:
        """Of a running one."""
        return self._running[name].process.pid

    def log_of(self, name: str) -> Path:
        """Where the process of this name writes."""
        return self._logs / f"{name}.log"

    @staticmethod
    def _stop_together(processes: list[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_S
        for process in processes:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait(timeout=_KILLED_S)
            # What it started itself, a voice that still speaks, goes too.
            _signal(process, signal.SIGKILL)

    def _obituary(self, program: Program, status: int) -> str:
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        log = self.log_of(program.name)
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:]
        last = "".join(f"\n    {line}" for line in tail) or " nothing"
        return f"{program.name} {how}. The last it wrote to {log}:{last}"

    def _advice(self, program: Program) -> str:
        return program.advice or "The lines above say what it lacks; `opas doctor` looks at the whole machine."


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
