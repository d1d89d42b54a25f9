"""The short run: `make faults` is the long one."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.faults.ground import Kind
from tests.faults.plan import OF_LARGE, OF_SECURED, OF_SMALL, Fault, plan
from tests.faults.run import alone, legs

_FAULTS = 52
_LONGEST_S = 280
_SEED = 994912


@pytest.mark.parametrize("kind", Kind)
def test_every_accepted_event_is_in_the_hub_once_and_every_record_the_same_after_any_fault(
    tmp_path: Path, kind: Kind
) -> None:
    """Every kind of fault once at least; `make faults` deals others each time and says how to have them again."""
    command = alone([str(_FAULTS), str(_SEED), str(tmp_path)], kind)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST_S)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    settled = re.search(r"(\d+) tickets taken by two gates were settled", done.stdout)
    assert settled is not None
    assert int(settled[1]) >= (kind is not Kind.SECURED)


def test_the_short_run_deals_every_kind_of_fault() -> None:
    """Fifty at least, and the same ones each time."""
    dealt = [blow.fault for leg in legs(_FAULTS, _SEED) for group in leg.rounds for blow in group]
    assert len(dealt) == _FAULTS >= 50
    assert set(dealt) == set(Fault)
    assert set(OF_SMALL) | set(OF_LARGE) | set(OF_SECURED) == set(Fault)


def test_a_seed_gives_the_same_faults_again() -> None:
    """And each kind comes before any comes by chance."""
    rounds = plan(7, 200, 2, OF_LARGE)
    assert plan(7, 200, 2, OF_LARGE) == rounds
    blows = [blow for group in rounds for blow in group]
    assert len(blows) == 200
    assert {blow.fault for blow in blows[: len(OF_LARGE)]} == set(OF_LARGE)
    assert {blow.device for blow in blows} == {0, 1}
    assert plan(8, 200, 2, OF_LARGE) != rounds
