"""`opas hub pathway` against a running hub: what an administrator says reaches a real agent's database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.model.pathway import PathwayState
from kiosk.model.records import Collection
from tests.fakes.packs import pack_bytes, small_body
from tests.integration.hub.running import RunningHub
from tests.integration.sync.broker import DEVICE_ID, SITE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN


@pytest.fixture
def hub(tmp_path: Path, broker: Broker) -> Iterator[RunningHub]:
    made = RunningHub(tmp_path / "hub", broker.port)
    made.start()
    made.keep_ports()
    yield made
    made.close()


@pytest.fixture
def device(tmp_path: Path, hub: RunningHub, broker: Broker) -> Iterator[Device]:
    token = hub.make_device(DEVICE_ID, SITE_ID)
    body = pack_bytes({**small_body(), "site": SITE_ID})
    hub.admin("PUT", f"/v1/sites/{SITE_ID}/pack", content=body)
    made = Device(tmp_path / "device", broker.port, hub.devices)
    made.config.write_text(made.config.read_text().replace(TOKEN, token))
    made.start_agent()
    yield made
    made.close()


def _wait_for(device: Device, *expected: tuple[str, bool]) -> None:
    for _ in range(400):
        found = device.store.all(Collection.PATHWAYS)
        if [(each.id, each.open) for each in found if isinstance(each, PathwayState)] == list(expected):
            return
        device.store.wait(0.05)
    raise AssertionError(device.log())


def test_a_lift_closed_on_the_command_line_is_closed_on_the_device(hub: RunningHub, device: Device) -> None:
    """And stays so while the hub is away, until it is taken back."""
    done = hub.command("pathway", "close", SITE_ID, "lift", "--minutes", "30")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("lift: closed until 20")
    _wait_for(device, ("lift", False))
    assert "CLOSED until" in hub.command("pathway", "list", SITE_ID).stdout
    device.end_agent()
    _wait_for(device, ("lift", False))
    device.start_agent()
    assert hub.command("pathway", "open", SITE_ID, "lift").stdout == f"lift: open, on every screen of {SITE_ID}.\n"
    _wait_for(device, ("lift", True))
    assert hub.command("pathway", "clear", SITE_ID, "lift").returncode == 0
    _wait_for(device)


def test_a_way_that_the_site_does_not_have_is_refused_with_the_nearest(hub: RunningHub, device: Device) -> None:
    """And a time that is none."""
    done = hub.command("pathway", "close", SITE_ID, "lifft")
    assert done.returncode != 0
    assert 'Did you mean "lift"?' in done.stderr
    assert "is no time" in hub.command("pathway", "close", SITE_ID, "lift", "--until", "soon").stderr
