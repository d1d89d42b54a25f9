"""One run: a site is set up, blow upon blow falls, and after each round everything is judged."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.blows import Blows
from tests.faults.ground import Ground, own_disks
from tests.faults.judge import Judge
from tests.faults.plan import plan


def run(folder: Path, faults: int, seed: int, tell: Callable[[str], None], most_s: float | None = None) -> int:
    """Deal `faults` faults, or as many as fit into `most_s` seconds; how many were dealt. Raises `AssertionError`."""
    ground = Ground(folder, seed)
    dealt: Counter[str] = Counter()
    began = time.monotonic()
    try:
        ground.begin()
        judge = Judge(ground)
        blows = Blows(ground, judge)
        judge.judge()
        for number, group in enumerate(plan(seed, faults, len(ground.devices)), start=1):
            for blow in group:
                blows.deal(blow)
            blows.settle()
            dealt.update(blow.fault.value for blow in group)
            took = time.monotonic() - began
            tell(f"round {number}: {', '.join(blow.fault for blow in group)}: all is well ({took:.0f} s)")
            if most_s is not None and took > most_s:
                break
        held, lost = len(judge.safe), len(judge.lost)
        counts = ", ".join(f"{fault} {count}" for fault, count in sorted(dealt.items()))
        tell(f"{dealt.total()} faults ({counts}); {held} events in the hub, {lost} lay on damaged pages")
    finally:
        ground.end()
    return dealt.total()


def alone(arguments: list[str]) -> list[str]:
    """The command for a run with disks of its own where this machine allows it, without where not."""
    command = [sys.executable, "-m", "tests.faults", *arguments]
    unshare = shutil.which("unshare")
    if own_disks() or unshare is None or subprocess.run([unshare, "-rm", "true"], check=False).returncode:
        return command
    return [unshare, "-rm", "env", "OPAS_FAULTS_OWN_DISKS=1", *command]


def main(arguments: list[str]) -> int:
    """`FAULTS SEED FOLDER [SECONDS]`."""
    faults, seed, folder = int(arguments[0]), int(arguments[1]), Path(arguments[2])
    most_s = float(arguments[3]) if len(arguments) > 3 else None
    print(f"FAULTS={faults} SEED={seed} (disks of its own: {own_disks()})", flush=True)
    try:
        run(folder, faults, seed, lambda line: print(line, flush=True), most_s)
    except AssertionError as problem:
        print(f"not well: {problem}\nThe files are in {folder}. Again: make faults FAULTS={faults} SEED={seed}")
        return os.EX_SOFTWARE
    return 0
