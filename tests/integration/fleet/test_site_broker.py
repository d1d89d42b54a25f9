"""A site with a broker of its own, joined to the central one by a bridge with a certificate."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.integration.fleet.ground import Fleet, FleetBroker, Visitor, until
from tests.integration.test_broker_access import Party
from tests.ports import steady_ports


@pytest.fixture
def site_broker(fleet: Fleet) -> Iterator[FleetBroker]:
    made = FleetBroker(fleet.folder / "site-broker", steady_ports(1)[0])
    made.make(fleet.hub, "--site", "harbour", "--central", f"127.0.0.1:{fleet.broker.port}")
    made.start()
    yield made
    made.end()


def test_what_devices_say_at_their_site_s_broker_reaches_the_hub_and_its_answers_them(
    fleet: Fleet, site_broker: FleetBroker
) -> None:
    """The device is claimed as any other; it never comes to the central broker while its own is there."""
    device = fleet.card("gate-1")
    with device.config.open("a") as file:
        file.write(f'\n[sitebroker]\nhost = "127.0.0.1"\nport = {site_broker.port}\n')
    device.end()
    device.start()
    assert fleet.claim(device, "gate-1").returncode == 0
    device.wait_claimed()
    device.write(3)
    until(lambda: fleet.events_of("gate-1") == 3, device.log)
    until(lambda: device.waiting() == 0, "the answers did not come back")
    assert f"broker 127.0.0.1:{site_broker.port}: connected" in device.log()
    assert f"broker 127.0.0.1:{fleet.broker.port}: connected" not in device.log()


def test_a_device_goes_past_a_site_s_broker_whose_bridge_leads_nowhere(fleet: Fleet) -> None:
    """With its own certificate, at both brokers at once; the hub lets its devices in there anyway."""
    (nowhere,) = steady_ports(1)
    at_site = FleetBroker(fleet.folder / "site-broker", steady_ports(1)[0])
    at_site.make(fleet.hub, "--site", "harbour", "--central", f"127.0.0.1:{nowhere}")
    at_site.start()
    try:
        device = fleet.card("gate-1")
        with device.config.open("a") as file:
            file.write(f'\n[sitebroker]\nhost = "127.0.0.1"\nport = {at_site.port}\nsilence_s = 2\n')
        device.end()
        device.start()
        assert fleet.claim(device, "gate-1").returncode == 0
        device.wait_claimed()
        device.write(3)
        until(lambda: fleet.events_of("gate-1") == 3, device.log)
        until(lambda: device.waiting() == 0, "the answers did not come back")
        for port in (at_site.port, fleet.broker.port):
            assert device.log().count(f"broker 127.0.0.1:{port}: connected") == 1
    finally:
        at_site.end()


def test_a_site_s_broker_lets_in_its_own_devices_only(fleet: Fleet, site_broker: FleetBroker) -> None:
    """One of another site may connect, for its certificate is good, and say and hear nothing."""
    own, other = Visitor(fleet, "gate-1", "harbour"), Visitor(fleet, "desk-1", "shop")
    site_broker.wait_for_rule("user gate-1\n")
    party, stranger = (Party(site_broker.port, each.name, tls=each.tls) for each in (own, other))
    until(lambda: party.try_to_say(("cx/1/gate-1/up",)), "its own device is not let in")
    stranger.try_to_hear("#", "cx/1/site/harbour/claims")
    topics = ("cx/1/desk-1/up", "cx/1/gate-1/up", "cx/1/site/harbour/claims", "cx/1/site/shop/claims")
    assert stranger.try_to_say(topics) == set()
    party.try_to_say(("cx/1/site/harbour/claims",))
    assert stranger.heard == []
    party.close()
    stranger.close()


@pytest.mark.parametrize(
    "options", [["--site", "harbour"], ["--central", "a:1"], ["--site", "x", "--central", "nothing"]]
)
def test_options_that_don_t_go_together_are_told(options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "broker", "new", "x", "--name", "x", "--hub", "https://x", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 64
    assert "What to do" in done.stderr
