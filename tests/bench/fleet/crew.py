"""The worker processes, each with a part of the fleet."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_S = 0.25
_GOODBYE_S = 30


class Crew:
    """`devices` in all, the first of each worker after the last of the one before."""

    def __init__(self, devices: int, workers: int, errors: Path) -> None:
        share = -(-devices // workers)
        self.shares = [range(first, min(first + share, devices)) for first in range(0, devices, share)]
        self._log = errors.open("ab")
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.fleet.worker"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
            for _ in self.shares
        ]

    def ask(self, what: str, **more: Any) -> list[dict[str, Any]]:
        """Give the same order to all; their answers."""
        return self.ask_each(what, [more] * len(self.processes))

    def ask_each(self, what: str, each: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give each its own order; their answers. Raises `RuntimeError` when one of them has ended."""
        for process, more in zip(self.processes, each, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps({"do": what, **more}).encode() + b"\n")
            process.stdin.flush()
        answers = []
        for process in self.processes:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"a worker has ended ({process.wait()}); its log says why")
            answers.append(json.loads(line))
        return answers

    def open(self, folder: Path, port: int, **more: Any) -> list[dict[str, Any]]:
        """Build and open everybody's database."""
        orders = [
            {"folder": str(folder), "port": port, "first": share.start, "last": share.stop, **more}
            for share in self.shares
        ]
        return self.ask_each("open", orders)

    def wait_for(self, true: Callable[[list[dict[str, Any]]], bool], most_s: float) -> list[dict[str, Any]]:
        """Ask how things stand until it is so, or the time is over; the last answers."""
        deadline = time.monotonic() + most_s
        while True:
            states = self.ask("state")
            if true(states) or time.monotonic() > deadline:
                return states
            time.sleep(_LOOK_S)

    def end(self) -> None:
        """End them all."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in self.processes:
            try:
                process.wait(_GOODBYE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdout is not None
            process.stdout.close()
        self._log.close()


def processor_s(pid: int) -> float:
    """How much processor time a process has used (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """Memory of a process, what it shares with others counted in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024 / 1_000_000
