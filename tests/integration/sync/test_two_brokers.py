"""A device between its site's broker and the central one: two real brokers, a bridge, a real hub, a real agent."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.broker.accounts import Account, Rights
from deploy.broker.bridge import Bridge
from tests.integration.hub.running import RunningHub
from tests.integration.hub.test_hub_commands import until
from tests.integration.sync.broker import DEVICE_ID, SECRETS, SITE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN

_AT_CENTRE = Account("site-harbour", "bridge-secret", Rights.SITE, devices=(DEVICE_ID,))
_OF_DEVICE = Account(DEVICE_ID, SECRETS[DEVICE_ID], Rights.DEVICE, SITE_ID)
_SITE_BROKER = """
[sitebroker]
host = "127.0.0.1"
port = {port}
password = "{password}"
patience_s = 0.4
"""


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Broker]:
    hub = Account("hub", SECRETS["hub"], Rights.HUB)
    made = Broker(tmp_path / "central", (hub, _AT_CENTRE, _OF_DEVICE))
    made.start()
    yield made
    made.end()


@pytest.fixture
def at_site(tmp_path: Path, central: Broker) -> Iterator[Broker]:
    made = Broker(tmp_path / "site", (_OF_DEVICE,), Bridge("127.0.0.1", central.port, _AT_CENTRE))
    made.start()
    yield made
    made.end()


@pytest.fixture
def hub(tmp_path: Path, central: Broker) -> Iterator[RunningHub]:
    made = RunningHub(tmp_path / "hub", central.port)
    made.start()
    yield made
    made.close()


@pytest.fixture
def device(tmp_path: Path, central: Broker, at_site: Broker, hub: RunningHub) -> Iterator[Device]:
    made = Device(tmp_path / "device", central.port, hub.devices)
    site = _SITE_BROKER.format(port=at_site.port, password=SECRETS[DEVICE_ID])
    made.config.write_text(made.config.read_text().replace(TOKEN, hub.make_device(DEVICE_ID)) + site)
    made.start_agent()
    yield made
    made.close()


def test_a_device_uses_the_central_broker_while_its_sites_is_away_and_loses_and_doubles_nothing(
    device: Device, hub: RunningHub, at_site: Broker
) -> None:
    """Back and forth, and back where it belongs each time."""
    until(device, lambda: f"broker 127.0.0.1:{at_site.port}: connected" in device.log())
    for turn in range(1, 4):
        device.write(30)
        at_site.end(signal.SIGKILL)
        device.write(30)
        device.wait_for_log("the central one is used", turn)
        device.write(30)
        until(device, lambda: device.store.waiting() == 0)
        at_site.start()
        device.write(30)
        device.wait_for_log("the site's broker is used again", turn)
        device.write(30)
    until(device, lambda: device.store.waiting() == 0)
    kept = [(each["seq"], each["id"]) for each in hub.events()]
    assert kept == [(each.seq, each.id) for each in device.written]
    assert len(kept) == 450


def test_what_the_hub_says_is_heard_on_either_way(device: Device, hub: RunningHub, at_site: Broker) -> None:
    """New data arrives through the site's broker and its bridge, and without them."""
    until(device, lambda: device.store.freshness().connected)
    at_site.end(signal.SIGKILL)
    device.wait_for_log("the central one is used")
    until(device, lambda: device.store.freshness().connected)
    at_site.start()
    device.wait_for_log("the site's broker is used again")
    until(device, lambda: device.store.freshness().connected)


def test_an_orderly_end_is_told_at_once_on_the_broker_in_use(device: Device, hub: RunningHub, at_site: Broker) -> None:
    """The console shows it offline, wherever it was."""
    at_site.end(signal.SIGKILL)
    device.wait_for_log("the central one is used")
    until(device, lambda: hub.admin("GET", "/v1/devices")[0]["health"] == "degraded")
    assert device.end_agent() == 0
    until(device, lambda: hub.admin("GET", "/v1/devices")[0]["health"] == "offline")
