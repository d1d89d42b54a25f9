"""A site's broker that lives while its bridge is dead: real brokers, real agents, and ways between them that are cut."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.broker.accounts import Account, Rights
from deploy.broker.bridge import Bridge
from kiosk.errors import LinkError
from kiosk.model.ids import DeviceId, HubVersion
from kiosk.model.ticket import Decision
from sync.link import BrokerAddress, Link, LinkSettings, MqttLink
from sync.link.fallback import FallbackLink, Patience
from sync.wire import topics
from sync.wire.codec import encode
from sync.wire.messages import Notice, Route
from tests.fakes.clock import NOON
from tests.integration.sync.broker import DEVICE_ID, SECRETS, SITE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import HubEnd
from tests.integration.sync.passage import Passage
from tests.integration.sync.test_site_claims import GATES, SITE, TICKETS, Gate, until
from tests.integration.test_broker_access import Party

NEIGHBOUR = "desk-2"
_OF_DEVICE = Account(DEVICE_ID, SECRETS[DEVICE_ID], Rights.DEVICE, SITE_ID)
_AT_SITE = (_OF_DEVICE, *(Account(each, f"{each}-secret", Rights.DEVICE, SITE_ID) for each in (NEIGHBOUR, *GATES)))
_BRIDGE = Account("site-harbour", "bridge-secret", Rights.SITE, devices=(DEVICE_ID, *GATES))
_SITE_BROKER = """
[sitebroker]
host = "127.0.0.1"
port = {port}
password = "{password}"
patience_s = 0.4
silence_s = 2
"""
PAST, BACK = "the hub is heard at the central broker only", "the hub is heard at the site's broker again"


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def central(tmp_path: Path, opened: ExitStack) -> Broker:
    hub = Account("hub", SECRETS["hub"], Rights.HUB)
    made = Broker(tmp_path / "central", (hub, _BRIDGE, *_AT_SITE))
    made.start()
    opened.callback(made.end)
    return made


@pytest.fixture
def hub(central: Broker, opened: ExitStack) -> HubEnd:
    made = HubEnd(central.address("hub"))
    made.start()
    opened.callback(made.stop)
    return made


@pytest.fixture
def bridge(central: Broker, opened: ExitStack) -> Passage:
    """What lies between the site's broker and the central one."""
    made = Passage(central.port)
    opened.callback(made.close)
    return made


@pytest.fixture
def straight(central: Broker, opened: ExitStack) -> Passage:
    """What lies between the site's devices and the central broker."""
    made = Passage(central.port)
    opened.callback(made.close)
    return made


def site_broker(folder: Path, opened: ExitStack, port: int, account: Account = _BRIDGE) -> Broker:
    made = Broker(folder / "site", _AT_SITE, Bridge("127.0.0.1", port, account))
    made.start()
    opened.callback(made.end)
    return made


@pytest.fixture
def at_site(tmp_path: Path, opened: ExitStack, bridge: Passage) -> Broker:
    return site_broker(tmp_path, opened, bridge.port)


def make_device(folder: Path, opened: ExitStack, hub: HubEnd, straight: Passage, at_site: Broker) -> Device:
    made = Device(folder / "device", straight.port, hub.url)
    text = _SITE_BROKER.format(port=at_site.port, password=SECRETS[DEVICE_ID])
    made.config.write_text(made.config.read_text() + text)
    made.start_agent()
    opened.callback(made.close)
    return made


@pytest.fixture
def device(tmp_path: Path, opened: ExitStack, hub: HubEnd, straight: Passage, at_site: Broker) -> Device:
    return make_device(tmp_path, opened, hub, straight, at_site)


def all_confirmed(device: Device, hub: HubEnd) -> None:
    """Every event is in the hub, once and in order, and its device knows it."""
    until(lambda: device.store.waiting() == 0)
    kept = [event.id for events in hub.events.values() for event in events]
    assert kept == [event.id for event in device.written]


def says(hub: HubEnd, route: Route) -> None:
    """The device tells the hub by which way it comes now."""
    hub.wait_until(lambda end: end.statuses[-1].route == route)


@pytest.mark.parametrize("how", [Passage.cut, Passage.swallow], ids=["refused", "silent"])
def test_events_go_past_a_dead_bridge_and_through_it_when_it_lives_again(
    device: Device, hub: HubEnd, bridge: Passage, how: Callable[[Passage], None]
) -> None:
    """None is lost, none comes twice, and meanwhile the device knows that its data is current."""
    device.write(20)
    all_confirmed(device, hub)
    how(bridge)
    device.write(20)
    device.wait_for_log(PAST)
    device.write(20)
    all_confirmed(device, hub)
    until(lambda: device.store.freshness().connected)
    says(hub, Route.PAST)
    bridge.heal()
    device.write(20)
    device.wait_for_log(BACK)
    device.write(20)
    all_confirmed(device, hub)
    says(hub, Route.BRIDGE)
    assert len(device.written) == 100
    assert "the central one is used" not in device.log()


def test_a_bridge_with_a_wrong_password_is_passed(
    tmp_path: Path, opened: ExitStack, hub: HubEnd, bridge: Passage, straight: Passage
) -> None:
    """It never lived; what the device says to its neighbours they hear all the time."""
    wrong = Account(_BRIDGE.user, "not-the-one", Rights.SITE, devices=_BRIDGE.devices)
    at_site = site_broker(tmp_path, opened, bridge.port, wrong)
    neighbour = Party(at_site.port, NEIGHBOUR)
    opened.callback(neighbour.close)
    claims = topics.claims(SITE)
    neighbour.try_to_hear(claims)
    device = make_device(tmp_path, opened, hub, straight, at_site)
    device.write(5)
    device.wait_for_log(PAST)
    all_confirmed(device, hub)
    neighbour.heard.clear()
    # Who asks is answered: the device is still there.
    ask = b'{"v":1,"device":"desk-2","epoch":"00000000000000e2","acked":0,"version":0,"ask":true}'
    neighbour.say(claims, ask)
    until(lambda: neighbour.heard.count(claims) == 2)


def test_a_sites_broker_that_is_killed_while_its_bridge_is_dead_changes_nothing_for_long(
    device: Device, hub: HubEnd, bridge: Passage, at_site: Broker
) -> None:
    """The central one stands in for it, and stays the way to the hub when it is back."""
    bridge.cut()
    device.wait_for_log(PAST)
    for turn in range(1, 4):
        at_site.end(signal.SIGKILL)
        device.write(10)
        device.wait_for_log("the central one is used", turn)
        says(hub, Route.CENTRAL)
        device.write(10)
        at_site.start()
        device.wait_for_log("the site's broker is used again", turn)
        device.write(10)
        all_confirmed(device, hub)
    assert device.log().count(PAST) == 1


def test_while_the_network_is_cut_the_device_stays_at_its_site(
    device: Device, hub: HubEnd, bridge: Passage, straight: Passage, at_site: Broker
) -> None:
    """The central broker can't be reached, or is there without a hub: neither is a reason to go."""
    device.write(5)
    all_confirmed(device, hub)
    for passage in (bridge, straight):
        passage.cut()
    device.wait_for_log(f"Broker 127.0.0.1:{straight.port}")
    straight.heal()
    hub.hush()
    device.wait_for_log(f"broker 127.0.0.1:{straight.port}: connected")
    # It has found the hub silent here, and now has time to hear it there.
    time.sleep(3)
    assert PAST not in device.log()
    assert device.log().count(f"broker 127.0.0.1:{at_site.port}: connected") == 1
    device.write(5)
    bridge.heal()
    hub.speak()
    all_confirmed(device, hub)


class Caller:
    """The hub as gates hear it: now and then, at the central broker."""

    def __init__(self, address: BrokerAddress) -> None:
        self._link = MqttLink(LinkSettings(address, "hub"))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._call)
        self._link.start(self)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._link.stop()

    def on_connect(self) -> None: ...

    def on_disconnect(self, reason: LinkError) -> None: ...

    def on_message(self, topic: str, payload: bytes) -> None: ...

    def _call(self) -> None:
        while not self._over.wait(0.5):
            for gate in GATES:
                self._link.publish(topics.down(gate), encode(Notice(HubVersion(1), None, NOON)))


class GateOfTwo(Gate):
    """It has the site's broker and a way to the central one."""

    def __init__(self, folder: Path, name: DeviceId, at_site: int, past: int) -> None:
        super().__init__(folder, name, at_site)
        self._past = BrokerAddress("127.0.0.1", past, name, f"{name}-secret")

    def link(self) -> tuple[Link, Callable[[], bool]]:
        here = BrokerAddress("127.0.0.1", self._address.port, self._address.user, f"{self._address.user}-secret")
        first, past = (LinkSettings(each, each.user) for each in (here, self._past))
        patience = Patience(0.4, 0.2, 2)
        link = FallbackLink(MqttLink(first), lambda: MqttLink(past), patience, {topics.claims(SITE)})
        return link, lambda: link.at_home


def test_gates_on_different_ways_to_the_hub_stay_one_site(
    tmp_path: Path, opened: ExitStack, central: Broker, at_site: Broker, bridge: Passage, straight: Passage
) -> None:
    """One goes past the dead bridge, the other can't: each refuses what the other one took, and neither says more than is so."""
    bridge.cut()
    nowhere = Passage(central.port)
    opened.callback(nowhere.close)
    nowhere.cut()
    opened.callback(Caller(central.address("hub")).close)
    first, second = (
        GateOfTwo(tmp_path, name, at_site.port, way.port) for name, way in zip(GATES, (straight, nowhere), strict=True)
    )
    for gate in (first, second):
        opened.callback(gate.close)
        gate.start()
    until(lambda: first.store.freshness().connected)
    until(second.hears_site)
    assert first.hears_site()
    assert not second.store.freshness().connected
    assert first.admit(TICKETS[0]) is Decision.ONLINE_CONFIRMED
    until(lambda: second.sees_used(TICKETS[0]))
    assert second.admit(TICKETS[0]) is None
    assert second.admit(TICKETS[1]) is Decision.SITE_CONFIRMED
    until(lambda: first.sees_used(TICKETS[1]))
    assert first.admit(TICKETS[1]) is None
    at_site.end(signal.SIGKILL)
    until(lambda: not second.hears_site())
    assert second.admit(TICKETS[2]) is Decision.OFFLINE_PROVISIONAL
