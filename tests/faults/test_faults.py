"""The short run: `make faults` is the long one."""

import subprocess
from pathlib import Path

from tests.faults.plan import Fault, plan
from tests.faults.run import alone

_FAULTS = 50
_SECONDS = 60
_LONGEST_S = 280
_SEED = 994912
"""Its tenth round restores the hub under a device that has nothing new to say, which once lost what that one had sent."""


def test_every_accepted_event_is_in_the_hub_once_and_every_record_the_same_after_any_fault(tmp_path: Path) -> None:
    """Fifty faults or what fits into a minute; `make faults` deals others each time and says how to have them again."""
    command = alone([str(_FAULTS), str(_SEED), str(tmp_path), str(_SECONDS)])
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST_S)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)


def test_a_seed_gives_the_same_faults_again() -> None:
    """And each kind comes before any comes by chance."""
    rounds = plan(7, 200, 2)
    assert plan(7, 200, 2) == rounds
    blows = [blow for group in rounds for blow in group]
    assert len(blows) == 200
    assert {blow.fault for blow in blows[: len(Fault)]} == set(Fault)
    assert {blow.device for blow in blows} == {0, 1}
    assert plan(8, 200, 2) != rounds
