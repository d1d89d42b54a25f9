"""The agent as an operator meets it."""

import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.integration.sync.broker import Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import HubEnd


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_told(device: Device, hub: HubEnd, how: signal.Signals) -> None:
    """Status 0, no traceback, no process left."""
    device.start_agent()
    hub.wait_until(lambda hub: bool(hub.statuses))
    assert device.end_agent(how) == 0
    assert "Traceback" not in device.log()


def test_a_wrong_configuration_ends_it_with_one_message(device: Device) -> None:
    """It names the file and the value; nothing was connected."""
    device.config.write_text(device.config.read_text().replace("http://", "gopher://"))
    device.start_agent()
    assert device.wait_agent() == 78
    assert "hub.url" in device.log()
    assert "What to do:" in device.log()
    assert "Traceback" not in device.log()


def test_another_devices_database_ends_it(device: Device) -> None:
    """Nothing is sent under a wrong name."""
    with sqlite3.connect(device.folder / "opas.db") as connection:
        connection.execute("UPDATE meta SET value = 'desk-7' WHERE key = 'device'")
    connection.close()
    device.start_agent()
    assert device.wait_agent() == 74
    assert 'holds the data of device "desk-7"' in device.log()


def test_a_second_agent_is_refused(device: Device, hub: HubEnd, tmp_path: Path) -> None:
    """The first goes on."""
    device.start_agent()
    hub.wait_until(lambda hub: bool(hub.statuses))
    twin = Device.__new__(Device)
    twin.__dict__.update(device.__dict__)
    twin.start_agent()
    assert twin.wait_agent() == 75
    assert "another agent is at work" in device.log()
    device.write()
    hub.wait_until(lambda hub: hub.held() == 1)


def test_wrong_password_and_wrong_token_are_told_and_waited_out(tmp_path: Path, broker: Broker, hub: HubEnd) -> None:
    """Each once; the agent stays, since both may be put right at the other end."""
    device = Device(tmp_path / "device", broker.port, hub.url, password="wrong")
    device.config.write_text(device.config.read_text().replace("token-of-desk-1", "old-token"))
    device.start_agent()
    deadline = time.monotonic() + 20
    while "refuses user" not in device.log() or "unknown token" not in device.log():
        assert time.monotonic() < deadline, device.log()
        time.sleep(0.1)
    assert "Claim it anew." in device.log()
    assert "[broker] password" in device.log()
    assert device.end_agent() == 0
    device.close()


def test_a_locked_database_is_told_and_waited_out(device: Device, hub: HubEnd) -> None:
    """Some tool holds the file: the agent says so, and goes on afterwards."""
    device.start_agent()
    device.write()
    hub.wait_until(lambda hub: hub.held() == 1)
    blocker = sqlite3.connect(device.folder / "opas.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    deadline = time.monotonic() + 30
    while "another process holds" not in device.log():
        assert time.monotonic() < deadline, device.log()
        time.sleep(0.1)
    blocker.execute("ROLLBACK")
    blocker.close()
    device.write()
    hub.wait_until(lambda hub: hub.held() == 2)
    while "can be used again" not in device.log():
        assert time.monotonic() < deadline, device.log()
        time.sleep(0.1)
