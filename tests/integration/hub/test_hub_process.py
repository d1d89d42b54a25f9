"""The hub as a process: starts, says what stops it, ends cleanly, keeps everything."""

import signal
import socket
import sqlite3
from pathlib import Path

import httpx2
import pytest

from tests.integration.hub.running import DeviceEnd, RunningHub
from tests.integration.sync.broker import DEVICE_ID, Broker
from tests.unit.sync.hub.world import envelope, event


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_though_somebody_watches_the_console(hub: RunningHub, how: signal.Signals) -> None:
    """An open feed must not hold it up."""
    hub.start()
    with httpx2.Client(trust_env=False) as client, client.stream("GET", f"{hub.console}/live") as feed:
        assert next(feed.iter_text()).startswith("retry:")
        assert hub.end(how) == 0
    assert hub.log.endswith("stopped\n")
    assert "Traceback" not in hub.log
    assert "Error" not in hub.log


def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path) -> None:
    """And nothing is left half started."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        hub = RunningHub(tmp_path / "hub", 1, console=port)
        hub.begin()
        assert hub.wait() == 69
    assert f"127.0.0.1:{port} is in use" in hub.log
    assert "What to do: Stop the program" in hub.log
    assert not (tmp_path / "hub" / "data").exists()


def test_without_a_broker_it_runs_says_so_once_and_shows_it(tmp_path: Path) -> None:
    """Devices can still fetch, and the console helps."""
    (port,) = _free(1)
    hub = RunningHub(tmp_path / "hub", port)
    hub.start()
    hub.wait_for_line("nothing listens there")
    hub.make_device(DEVICE_ID)
    page = httpx2.get(hub.console, trust_env=False).text
    assert "Not connected" in page
    assert "Start the broker" in page
    assert hub.end() == 0
    assert hub.log.count("nothing listens there") == 1


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    """With a status that a service manager understands."""
    hub = RunningHub(tmp_path / "hub", 1)
    (tmp_path / "hub" / "hub.toml").unlink()
    hub.begin()
    assert hub.wait() == 78
    assert "no such file" in hub.log
    assert "Traceback" not in hub.log


def test_a_second_hub_on_the_same_data_is_refused(hub: RunningHub, broker: Broker) -> None:
    """With the first one untouched."""
    hub.start()
    second = RunningHub(hub.folder, broker.port)
    second.begin()
    assert second.wait() == 75
    assert "another hub runs on this data" in second.log
    assert hub.end() == 0


def test_a_restart_keeps_devices_tokens_events_and_the_signing_key(hub: RunningHub, device: DeviceEnd) -> None:
    """Also one that was not planned."""
    hub.start()
    token = hub.make_device(DEVICE_ID)
    device.send_until_acked(envelope(event(1), event(2)), 2)
    before = (hub.events(), hub.admin("GET", "/v1/sites/harbour/records/keys"))
    hub.end(signal.SIGKILL)
    hub.start()
    assert (hub.events(), hub.admin("GET", "/v1/sites/harbour/records/keys")) == before
    answer = httpx2.get(
        f"{hub.devices}/v1/changes?since=0", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert answer.status_code == 200
    assert hub.end() == 0


def test_its_log_and_database_hold_no_token(hub: RunningHub) -> None:
    """Only the hash of a device's."""
    hub.start()
    token = hub.make_device(DEVICE_ID)
    assert hub.end() == 0
    with sqlite3.connect(hub.folder / "data" / "hub.db") as connection:
        assert token not in "".join(connection.iterdump())
    connection.close()
    assert token not in hub.log
    assert "admin-token" not in hub.log


def _free(count: int) -> list[int]:
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [int(holder.getsockname()[1]) for holder in holders]
    for holder in holders:
        holder.close()
    return ports
