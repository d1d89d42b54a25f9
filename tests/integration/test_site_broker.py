"""A site's broker between its devices and the central one: two real brokers, a real hub, a real agent."""

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
from tests.integration.test_broker_access import Party

NEIGHBOUR, FAR = "desk-2", "far-1"
AT_CENTRE = Account("site-harbour", "bridge-secret", Rights.SITE, devices=(DEVICE_ID, NEIGHBOUR))


def account(device: str, site: str = SITE_ID) -> Account:
    return Account(device, SECRETS.get(device, f"{device}-secret"), Rights.DEVICE, site)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Broker]:
    """Knows the hub, the site and a device of another site; no device of this one."""
    hub = Account("hub", SECRETS["hub"], Rights.HUB)
    made = Broker(tmp_path / "central", (hub, AT_CENTRE, account(FAR, "far")))
    made.start()
    yield made
    made.end()


@pytest.fixture
def at_site(tmp_path: Path, central: Broker) -> Iterator[Broker]:
    bridge = Bridge("127.0.0.1", central.port, AT_CENTRE)
    made = Broker(tmp_path / "site", (account(DEVICE_ID), account(NEIGHBOUR)), bridge)
    made.start()
    yield made
    made.end()


def test_events_reach_the_hub_once_through_the_site_broker_whatever_is_killed(
    tmp_path: Path, central: Broker, at_site: Broker
) -> None:
    """The central broker, then the site's; the acks come back the same way."""
    hub = RunningHub(tmp_path / "hub", central.port)
    hub.start()
    token = hub.make_device(DEVICE_ID)
    device = Device(tmp_path / "device", at_site.port, hub.devices)
    device.config.write_text(device.config.read_text().replace(TOKEN, token))
    device.start_agent()
    try:
        device.write(20)
        until(device, lambda: device.store.waiting() == 0)
        for broker in (central, at_site):
            broker.end(signal.SIGKILL)
            device.write(20)
            broker.start()
            device.write(20)
            until(device, lambda: device.store.waiting() == 0)
        kept = [(each["seq"], each["id"]) for each in hub.events()]
        assert kept == [(each.seq, each.id) for each in device.written]
        assert len(kept) == 100
    finally:
        device.close()
        hub.close()


def test_claims_stay_at_the_site_and_others_messages_out_of_it(central: Broker, at_site: Broker) -> None:
    """Neighbours hear each other without the centre; the bridge has no more rights than the devices behind it."""
    first, second, far = Party(at_site.port, DEVICE_ID, SECRETS[DEVICE_ID]), Party(at_site.port, NEIGHBOUR), None
    bridge_like = Party(central.port, AT_CENTRE.user, AT_CENTRE.password, name="another")
    try:
        claims = f"cx/1/site/{SITE_ID}/claims"
        bridge_like.try_to_hear("#")
        second.try_to_hear("#")
        assert first.try_to_say((claims,)) == {claims}
        second.wait_for(claims)
        far = Party(central.port, FAR)
        assert far.try_to_say((f"cx/1/{FAR}/up", claims)) == {f"cx/1/{FAR}/up"}
        allowed = {f"cx/1/{device}/up" for device in (DEVICE_ID, NEIGHBOUR)}
        assert bridge_like.try_to_say((*sorted(allowed), f"cx/1/{FAR}/up", claims, f"cx/1/{DEVICE_ID}/ack")) == allowed
        assert second.heard == [claims]
        assert bridge_like.heard == []
    finally:
        for party in (first, second, bridge_like, far):
            if party is not None:
                party.close()
