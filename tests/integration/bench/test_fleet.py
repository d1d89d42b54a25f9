"""A small fleet of simulated devices: real agents, links, broker and hub, every event counted at both ends."""

import json
import select
from pathlib import Path

import pytest

from tests.bench.figure import Figure
from tests.bench.fleet import phases, sizing
from tests.bench.fleet.__main__ import main
from tests.bench.fleet.folders import make, place_of
from tests.bench.fleet.phases import Fleet, busiest, workers_for
from tests.bench.fleet.sizing import Costs
from tests.bench.fleet.worker import raise_limit

_DEVICES, _RATE, _SECONDS = 20, 250, 2.0


def _value(figures: list[Figure], what: str) -> float:
    return next(figure.value for figure in figures if what in figure.what)


def test_a_small_fleet_connects_sends_and_comes_back_after_its_broker(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, tmp_path, _DEVICES)
    try:
        assert _value(list(fleet.connect()), "connected and answered") == _DEVICES
        loaded = list(fleet.load(_RATE, _SECONDS))
        rate, samples = next((figure.value, figure.count) for figure in loaded if figure.what.endswith("acked"))
        assert samples * phases.VISIT == _RATE * _SECONDS, "not every entry was acked"
        assert rate <= _RATE
        assert fleet.kept().value > 100
        back = list(fleet.lose_broker())
        assert _value(back, "answered again") == _DEVICES
        assert sum(each["waiting"] for each in fleet.crew.ask("waiting")) == 0
    finally:
        fleet.end()
    assert "Traceback" not in (tmp_path / "workers.log").read_text()


def test_a_backlog_is_drained_whole(tmp_path: Path) -> None:
    drained = list(phases.backlog(tmp_path, tmp_path, 2, 2_000))
    assert _value(drained, "acked") == 2_000


def test_a_snapshot_arrives_whole(tmp_path: Path) -> None:
    """The measurement itself refuses one that is short of a ticket."""
    (median,) = phases.snapshot(tmp_path, 200, times=1)
    assert median.count == 1


def test_each_simulated_device_has_a_database_and_an_epoch_of_its_own(tmp_path: Path) -> None:
    from tests.bench.fleet.device import SimulatedDevice

    make(tmp_path, range(3, 6))
    devices = [SimulatedDevice(place_of(tmp_path, number), 1, select.epoll()) for number in range(3, 6)]
    try:
        assert len({device.store.outbox.marks().epoch for device in devices}) == 3
        assert [device.store.outbox.device for device in devices] == ["device-3", "device-4", "device-5"]
    finally:
        for device in devices:
            device.store.close()


def test_the_busiest_moment_is_the_fullest_tenth_of_a_second() -> None:
    assert busiest([0.01, 0.02, 0.11, 0.12, 0.13, 0.5]) == 3
    assert busiest([]) == 0


def test_as_few_processes_are_taken_as_open_files_allow() -> None:
    assert workers_for(1) == 2
    assert workers_for(10_000) >= 2


def test_too_many_open_files_are_told_before_anything_starts() -> None:
    with pytest.raises(SystemExit, match="open files are needed"):
        raise_limit(2**40)


@pytest.mark.parametrize("devices", ["0", "none", "20001"])
def test_a_wrong_number_of_devices_is_told(devices: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([devices]) == 2
    assert json.dumps(devices)[1:-1] in capsys.readouterr().err


def test_a_fleet_s_needs_grow_with_it() -> None:
    """The sizing table multiplies measured costs: ten times the devices, ten times the cores."""
    rows = [row.split(" | ") for row in sizing.table(Costs(100.0, 20.0, 15.0, 5.0, 4_000.0, 400.0)).splitlines()[2:]]
    assert [float(row[2]) for row in rows[2:]] == [pytest.approx(0.585, abs=0.01), pytest.approx(5.85, abs=0.01)]
    assert [row[4] for row in rows] == ["0 MB", "4 MB", "40 MB", "400 MB"]


def test_a_run_that_lacks_a_figure_is_not_reckoned_from() -> None:
    with pytest.raises(KeyError, match="hub's processor"):
        sizing.costs({}, 1)
