"""A broker and a hub for each test, ended after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.hub.running import DeviceEnd, RunningHub
from tests.integration.sync.broker import DEVICE_ID, Broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path / "broker")
    made.start()
    yield made
    made.end()


@pytest.fixture
def hub(tmp_path: Path, broker: Broker) -> Iterator[RunningHub]:
    made = RunningHub(tmp_path / "hub", broker.port)
    yield made
    made.close()


@pytest.fixture
def device(broker: Broker) -> Iterator[DeviceEnd]:
    made = DeviceEnd(broker.address(DEVICE_ID))
    yield made
    made.close()
