"""A data folder with the app's and the agent's end of one database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.device import DeviceStore, open_store
from tests.fakes.clock import FakeClock
from tests.unit.kiosk.store.samples import DEVICE, SITE, SITE_KEY


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "opas.db"


@pytest.fixture
def store(path: Path, clock: FakeClock) -> Iterator[DeviceStore]:
    store = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)
    yield store
    store.close()


@pytest.fixture
def agent(path: Path, clock: FakeClock, store: DeviceStore) -> Iterator[AgentStore]:
    agent = AgentStore(Place(path, DEVICE, SITE, clock))
    yield agent
    agent.close()
