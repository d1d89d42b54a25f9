"""The sync bench's own side at work, in small, and what it says about the other side."""

import ast
import statistics
from pathlib import Path

import pytest

from sync.wire.messages import MAX_EVENTS
from tests.bench.sync import losses, opas, peer, sample
from tests.bench.sync.losses import Loss, on_kill
from tests.bench.sync.row import Aim, Row, table


def test_a_drain_ends_when_the_hub_holds_every_event(tmp_path: Path) -> None:
    """It counts at the hub, and refuses another number than was written; from the first ack to the last, so of several."""
    assert opas.drain(tmp_path / "site", 4 * MAX_EVENTS) > 0


def test_latencies_are_those_of_the_events_that_were_written(tmp_path: Path) -> None:
    assert len(opas.latencies(tmp_path / "site", 5, 50)) == 5


def test_enqueue_is_measured_single_and_together(tmp_path: Path) -> None:
    one, many = opas.enqueue(tmp_path, singles=20, groups=10)
    assert (len(one), len(many)) == (20, 10)
    assert statistics.median(one) > 0


def test_a_writer_that_is_killed_has_lost_nothing_that_it_said_to_be_safe(tmp_path: Path) -> None:
    loss = on_kill(losses.ours, tmp_path, 1)
    assert loss.accepted > 0
    assert loss.found >= loss.accepted


@pytest.mark.skipif(not losses.own_disks(), reason="this machine lets nobody make a small disk")
def test_a_disk_that_fills_up_loses_nothing_without_a_word(tmp_path: Path) -> None:
    loss = losses.on_full_disk(losses.ours, tmp_path, events=2_000)
    assert loss.accepted > 0
    assert loss.percent == 0


def test_what_is_told_as_dropped_is_not_lost_without_a_word() -> None:
    assert Loss(100, 80, 20).percent == 0
    assert Loss(100, 80, 10).percent == 10


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", "ms", 5.0, aim=5.0), True),
        (Row("a", "ms", 4.0, aim=5.0), False),
        (Row("a", "ms", 4.0, aim=5.0, kind=Aim.AT_MOST), True),
        (Row("a", "ms", 12.0, best=10.0, aim=1.2, kind=Aim.TIMES_BEST), True),
        (Row("a", "ms", 11.0, best=10.0, aim=1.2, kind=Aim.TIMES_BEST), False),
        (Row("a", "ms", 11.0, aim=1.2, kind=Aim.TIMES_BEST), None),
        (Row("a", "ms", 11.0), None),
    ],
)
def test_an_aim_is_met_or_not_or_can_t_be_judged(row: Row, met: bool | None) -> None:
    assert row.met is met


def test_the_table_says_no_where_an_aim_was_missed() -> None:
    lines = table([Row("drain", "events/s", 80.0, best=100.0, aim=1.2, kind=Aim.TIMES_BEST)]).splitlines()
    assert "NO" in lines[-1]
    assert "× 0.80" in lines[-1]


def test_the_gateway_s_side_imports_nothing_of_ours() -> None:
    """It runs where Opas is not installed."""
    tree = ast.parse(Path(peer.__file__).with_name("gateway.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in names if name.split(".")[0] in {"kiosk", "sync", "deploy", "tests"}}


def test_the_sample_is_the_same_each_time_and_flat_for_the_gateway(tmp_path: Path) -> None:
    first, second = ([event.body for event in sample.events(50)] for _ in range(2))
    assert first == second
    sample.write_flat(tmp_path / "flat", 20)
    assert len((tmp_path / "flat").read_text().splitlines()) == 20
