"""What is lost on kill -9 and on a full disk, of events that were accepted: ours and the gateway's, by the same blows."""

import json
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.bench.sync.peer import Peer, Setting, accepted_until_killed

ROOT = Path(__file__).resolve().parents[3]
_PAUSE_S = 0.001
_ALL = 1_000_000
_DISK_MB = 24
_DISK_EVENTS = 120_000
_DISK_S = 600

Command = Callable[[str, Path, int, float], list[str]]
"""What writes (or counts) events in a folder: the task, the folder, how many, and the pause between two in seconds."""


class Loss(NamedTuple):
    """Of `accepted` events so many were found again; `told` were dropped by a counted event that says so."""

    accepted: int
    found: int
    told: int = 0

    @property
    def percent(self) -> float:
        """Lost without a word."""
        return 100 * max(0, self.accepted - self.found - self.told) / max(1, self.accepted)


Deal = Callable[[Command], Loss]
"""Deals one kind of blow to whatever the command starts."""


def ours(task: str, folder: Path, events: int, pause_s: float) -> list[str]:
    """The commands of Opas."""
    return [sys.executable, "-m", "tests.bench.sync.writer", task, str(folder), str(events), str(pause_s)]


def theirs(peer: Peer, setting: Setting) -> Command:
    """The commands of the gateway, set up in one way."""
    return lambda task, folder, events, pause_s: peer.command(setting, task, folder, events=events, pause=pause_s)


def on_kill(command: Command, folder: Path, times: int) -> Loss:
    """A writer of about 1,000 events a second, killed -9 at a random moment, `times` times, each in a new folder."""
    drawn, accepted, found = random.Random(1), 0, 0
    for _ in range(times):
        data = Path(tempfile.mkdtemp(prefix="killed-", dir=folder))
        accepted += accepted_until_killed(command("write", data, _ALL, _PAUSE_S), drawn.uniform(0.5, 1.5), ROOT)
        counted = subprocess.run(command("count", data, 0, 0), capture_output=True, text=True, check=True, cwd=ROOT)
        found += json.loads(counted.stdout.splitlines()[-1])["found"]
        shutil.rmtree(data)
    return Loss(accepted, found)


def own_disks() -> bool:
    """Whether this machine lets us make a small disk for one process."""
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-rm", "true"], check=False).returncode == 0


def on_full_disk(command: Command, folder: Path, events: int = _DISK_EVENTS) -> Loss:
    """More events than fit onto a disk of 24 MB; what was accepted and what is there afterwards, others' files gone."""
    data = Path(tempfile.mkdtemp(prefix="full-", dir=folder))
    said = folder / "accepted"
    script = (
        f"mount -t tmpfs -o size={_DISK_MB}m none {shlex.quote(str(data))} && "
        f"{shlex.join(command('write', data, events, 0))} | tail -1 > {shlex.quote(str(said))} ; "
        # The storage has filled the disk by itself; a little more room lets it be opened again.
        f"mount -o remount,size={2 * _DISK_MB}m {shlex.quote(str(data))} && "
        f"{shlex.join(command('count', data, 0, 0))}"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, timeout=_DISK_S
    )
    accepted = json.loads(said.read_text())["accepted"]
    counted = json.loads(done.stdout.splitlines()[-1])
    shutil.rmtree(data, ignore_errors=True)
    return Loss(accepted, counted["found"], counted.get("told", 0))
