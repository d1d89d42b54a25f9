"""One device's database, a link that the test plays, and a clock that it moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store import DeviceStore, open_store
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from sync.agent.surroundings import Surroundings
from sync.agent.uplink import Uplink
from tests.fakes.clock import FakeClock
from tests.fakes.link import FakeLink
from tests.unit.kiosk.store.samples import DEVICE, SITE, SITE_KEY
from tests.unit.sync.agent.hubend import Hub


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "opas.db"


@pytest.fixture
def store(path: Path, clock: FakeClock) -> Iterator[DeviceStore]:
    store = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)
    yield store
    store.close()


@pytest.fixture
def agent_store(path: Path, clock: FakeClock, store: DeviceStore) -> Iterator[AgentStore]:
    agent = AgentStore(Place(path, DEVICE, SITE, clock))
    yield agent
    agent.close()


@pytest.fixture
def around(link: FakeLink, clock: FakeClock) -> Surroundings:
    """Nothing is drawn at random: every wait has its middle length."""
    return Surroundings(DEVICE, SITE, "desk", "0.1.0", link, clock, lambda: 0.5)


@pytest.fixture
def uplink(agent_store: AgentStore, around: Surroundings) -> Uplink:
    return Uplink(agent_store.outbox, around)


@pytest.fixture
def hub(link: FakeLink, uplink: Uplink, store: DeviceStore) -> Hub:
    """Connected and greeted, with nothing confirmed yet."""
    link.connected = True
    uplink.on_connect()
    return Hub(link, uplink, store)
