"""A broker, the hub's end and one device, all real but the hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sync.broker import Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import HubEnd


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker")
    broker.start()
    yield broker
    broker.end()


@pytest.fixture
def hub(broker: Broker) -> Iterator[HubEnd]:
    hub = HubEnd(broker.address("hub"))
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def device(tmp_path: Path, broker: Broker, hub: HubEnd) -> Iterator[Device]:
    device = Device(tmp_path / "device", broker.port, hub.url)
    yield device
    device.close()
