"""What the doctor says of a device whose site has a broker of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.ports import free_ports
from deploy.doctor import device
from deploy.doctor.finding import Finding, Level, Machine
from kiosk.store import SystemClock, open_store
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from sync.wire.messages import Route
from tests.unit.deploy.doctor.test_doctor import device_file
from tests.unit.kiosk.store.samples import DEVICE, SITE, SITE_KEY


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentStore]:
    """The agent's end of the device's real database."""
    path = tmp_path / "opas.db"
    open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=SystemClock()).close()
    store = AgentStore(Place(path, DEVICE, SITE, SystemClock()))
    yield store
    store.close()


def found(folder: Path, *, own: bool = True) -> dict[str, Finding]:
    site, central = free_ports(2)
    path = device_file(folder, port=central)
    if own:
        path.write_text(f'{path.read_text()}[sitebroker]\nhost = "127.0.0.1"\nport = {site}\npassword = "y"\n')
    file, _ = device.read(path)
    assert file is not None
    return {finding.topic: finding for finding in device.device(Machine(), file)}


@pytest.mark.parametrize(
    ("route", "level", "says", "todo"),
    [
        (Route.BRIDGE, Level.OK, "over the site's broker and its bridge since 20", ""),
        (Route.PAST, Level.WARN, "its bridge is dead", "log of the site's broker"),
        (Route.CENTRAL, Level.WARN, "over the central broker since 20", "Start the site's broker"),
        (Route.DIRECT, Level.OK, "over the central broker", ""),
    ],
)
def test_it_says_by_which_way_the_agent_reaches_the_hub(
    tmp_path: Path, agent: AgentStore, route: Route, level: Level, says: str, todo: str
) -> None:
    """What is wrong, what that means, and what to do; by what the agent wrote down itself."""
    now = SystemClock().now()
    agent.link.heard(now)
    agent.link.go(route, now)
    finding = found(tmp_path)["way to hub"]
    assert finding.level is level
    assert says in finding.says
    assert todo in finding.todo
    assert (level is Level.OK) == (finding.todo == "")


def test_what_an_agent_wrote_that_does_not_hear_the_hub_is_not_believed(tmp_path: Path, agent: AgentStore) -> None:
    """Nor where there is no database yet."""
    agent.link.go(Route.PAST, SystemClock().now())
    assert "does not hear the hub" in found(tmp_path)["way to hub"].says
    agent.link.heard(SystemClock().now())
    assert "bridge is dead" in found(tmp_path)["way to hub"].says
    agent.link.away()
    assert "does not hear the hub" in found(tmp_path)["way to hub"].says
    (tmp_path / "empty").mkdir()
    assert "does not hear the hub" in found(tmp_path / "empty")["way to hub"].says


def test_both_brokers_are_looked_at_and_a_device_goes_without_the_sites_own(tmp_path: Path) -> None:
    """Where there is only one, nothing is said of ways."""
    both = found(tmp_path)
    assert (both["site broker"].level, both["central broker"].level) == (Level.WARN, Level.FAIL)
    assert "[sitebroker]" in both["site broker"].todo
    assert "The central one is used meanwhile." in both["site broker"].todo
    one = found(tmp_path, own=False)
    assert one["site broker"].level is Level.FAIL
    assert not {"central broker", "way to hub"} & set(one)
