"""One run: a site is set up, blow upon blow falls, and after each round everything is judged; then others."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.faults.blows import Blows
from tests.faults.disks import own_disks
from tests.faults.ground import DEVICES, Ground, Kind
from tests.faults.judge import Judge
from tests.faults.plan import OF_LARGE, OF_SECURED, OF_SMALL, Blow, Fault, plan

Tell = Callable[[str], None]
_POSSIBLE = {Kind.SMALL: OF_SMALL, Kind.LARGE: OF_LARGE, Kind.SECURED: OF_SECURED}
_PARTS = {Kind.LARGE: 0.42, Kind.SECURED: 0.18}


class Leg(msgspec.Struct, frozen=True):
    """One part of a run."""

    kind: Kind
    rounds: list[list[Blow]]


def legs(faults: int, seed: int) -> list[Leg]:
    """The small site first, then the others; together `faults` blows."""
    others = {kind: round(faults * part) for kind, part in _PARTS.items()}
    parts = {Kind.SMALL: faults - sum(others.values()), **others}
    return [Leg(kind, plan(seed, count, len(DEVICES), _POSSIBLE[kind])) for kind, count in parts.items() if count]


def run_leg(folder: Path, leg: Leg, seed: int, tell: Tell) -> Counter[Fault]:
    """Deal its blows; how many of each were dealt. Raises `AssertionError`."""
    ground = Ground(folder, seed, leg.kind)
    dealt: Counter[Fault] = Counter()
    began = time.monotonic()
    try:
        ground.begin()
        judge = Judge(ground)
        blows = Blows(ground, judge)
        judge.judge()
        for number, group in enumerate(leg.rounds, start=1):
            tell(f"round {number}: {', '.join(blow.fault for blow in group)}")
            for blow in group:
                blows.deal(blow)
            blows.settle()
            dealt.update(blow.fault for blow in group)
            tell(f"  all is well ({time.monotonic() - began:.0f} s)")
        judge.judge_all()
        tell(f"{dealt.total()} faults in {time.monotonic() - began:.0f} s: {_counted(dealt)}")
        tell(
            f"{len(judge.safe)} events in the hub, {len(judge.lost)} lay on damaged pages,"
            f" {judge.settled_pairs} tickets taken by two gates were settled"
        )
    finally:
        ground.end()
    return dealt


def alone(arguments: list[str], kind: Kind) -> list[str]:
    """The command for a leg with disks of its own where this machine allows it, without where not."""
    command = [sys.executable, "-m", "tests.faults", *arguments, kind.name.lower()]
    # Names of users other than one's own, which PostgreSQL needs, are known to a real administrator only.
    ways = (["-m"],) if kind is Kind.LARGE else (["-m"], ["-rm"])
    unshare = shutil.which("unshare")
    if unshare is None or own_disks():
        return command
    for way in ways:
        if not subprocess.run([unshare, *way, "true"], check=False, capture_output=True).returncode:
            return [unshare, *way, "env", "OPAS_FAULTS_OWN_DISKS=1", *command]
    return command


def main(arguments: list[str]) -> int:
    """`FAULTS SEED FOLDER KIND`: one leg, in this process."""
    faults, seed = int(arguments[0]), int(arguments[1])
    folder, kind = Path(arguments[2]), Kind[arguments[3].upper()]
    leg = next((leg for leg in legs(faults, seed) if leg.kind is kind), None)
    if leg is None:
        return 0
    _say(f"FAULTS={faults} SEED={seed}: {kind.value} (disks of its own: {own_disks()})")
    place = folder / kind.name.lower()
    place.mkdir()
    try:
        run_leg(place, leg, seed, _say)
    except AssertionError as problem:
        _say(f"not well: {problem}\nThe files are in {place}. Again: make faults FAULTS={faults} SEED={seed}")
        return os.EX_SOFTWARE
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _counted(dealt: Counter[Fault]) -> str:
    return ", ".join(f"{fault} {count}" for fault, count in sorted(dealt.items()))
