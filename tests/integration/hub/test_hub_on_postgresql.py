"""A hub on PostgreSQL with a real agent at the other end, while sessions and the server itself are killed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.hub.running import RunningHub
from tests.integration.hub.test_hub_commands import until
from tests.integration.sync.broker import DEVICE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN
from tests.postgresql import Cluster


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.end()


def test_every_event_is_kept_once_though_sessions_and_server_are_killed(
    tmp_path: Path, broker: Broker, own_cluster: Cluster
) -> None:
    """The hub goes on by itself, and says once each that nothing can be stored and that it can again."""
    hub = RunningHub(tmp_path / "hub", broker.port, database=own_cluster.fresh())
    hub.start()
    token = hub.make_device(DEVICE_ID)
    device = Device(tmp_path / "device", broker.port, hub.devices)
    device.config.write_text(device.config.read_text().replace(TOKEN, token))
    device.start_agent()
    try:
        for _ in range(5):
            for _ in range(10):
                device.write(2)
                own_cluster.kill_sessions()
        until(device, lambda: device.store.waiting() == 0)
        own_cluster.stop()
        device.write(20)
        hub.wait_for_line("nothing can be stored")
        own_cluster.start()
        until(device, lambda: device.store.waiting() == 0)
        kept = [(each["seq"], each["id"]) for each in hub.events()]
        assert kept == [(each.seq, each.id) for each in device.written]
        assert len(kept) == 120
        assert hub.end() == 0
    finally:
        device.close()
        hub.close()


def test_two_hubs_share_the_work_of_one_database(tmp_path: Path, broker: Broker, own_cluster: Cluster) -> None:
    """Either may end; the other one takes over, and each event is there once."""
    database = own_cluster.fresh()
    hubs = [RunningHub(tmp_path / f"hub{number}", broker.port, database=database) for number in (1, 2)]
    hubs[0].start()
    (tmp_path / "hub2" / "data").mkdir()
    shutil.copy(tmp_path / "hub1" / "data" / "issuer-1.json", tmp_path / "hub2" / "data")
    hubs[1].start()
    token = hubs[0].make_device(DEVICE_ID)
    device = Device(tmp_path / "device", broker.port, hubs[1].devices)
    device.config.write_text(device.config.read_text().replace(TOKEN, token))
    device.start_agent()
    try:
        for _ in range(20):
            device.write(2)
        until(device, lambda: device.store.waiting() == 0)
        assert hubs[0].end() == 0
        device.write(10)
        until(device, lambda: device.store.waiting() == 0)
        kept = [(each["seq"], each["id"]) for each in hubs[1].events()]
        assert kept == [(each.seq, each.id) for each in device.written]
        assert hubs[1].admin("GET", "/v1/devices")[0]["cloned"] is False
        assert hubs[1].end() == 0
    finally:
        device.close()
        for hub in hubs:
            hub.close()


def test_a_second_hub_with_keys_of_its_own_is_refused(tmp_path: Path, broker: Broker, own_cluster: Cluster) -> None:
    """No device would believe what it signs."""
    database = own_cluster.fresh()
    first = RunningHub(tmp_path / "hub1", broker.port, database=database)
    first.start()
    first.make_device(DEVICE_ID)
    second = RunningHub(tmp_path / "hub2", broker.port, database=database)
    second.begin()
    assert second.wait() == 74
    assert "is not the key that the devices of site harbour know" in second.log
    assert "Copy issuer-*.json" in second.log
    assert first.end() == 0
