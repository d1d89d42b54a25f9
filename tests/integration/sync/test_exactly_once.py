"""Every event reaches the hub exactly once and in order, whatever is cut or killed on the way."""

import signal
import threading
import time

import pytest

from kiosk.model.ids import HubVersion, PackVersion
from kiosk.model.records import Collection
from tests.integration.sync.broker import Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import HubEnd
from tests.unit.kiosk.store.samples import ORDER


def assert_all_there_once(device: Device, hub: HubEnd) -> None:
    """What the hub holds is what the device wrote, and the device knows it."""
    hub.wait_until(lambda hub: hub.held() >= len(device.written))
    assert [event.id for event in hub.events[device.store.epoch]] == [event.id for event in device.written]
    assert list(hub.events) == [device.store.epoch]
    deadline = time.monotonic() + 20
    while device.store.waiting():
        assert time.monotonic() < deadline, "the device does not learn that all is there"
        device.store.wait(0.1)


def test_the_plain_way(device: Device, hub: HubEnd) -> None:
    """Written before the agent starts and while it runs, one by one and in a batch larger than an envelope."""
    device.write(3)
    device.start_agent()
    hub.wait_until(lambda hub: hub.held() == 3)
    for _ in range(20):
        device.write()
    device.write(1200)
    assert_all_there_once(device, hub)
    assert hub.refused == 0
    assert device.end_agent() == 0
    assert "ERROR" not in device.log()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_broker_goes_and_comes(device: Device, hub: HubEnd, broker: Broker, how: signal.Signals) -> None:
    """Nothing is lost in the broker, and both ends find each other again."""
    device.start_agent()
    for turn in range(3):
        device.write(50)
        if turn != 1:
            hub.wait_until(lambda hub: hub.held() > 0)
        broker.end(how)
        device.write(50)
        broker.start()
    assert_all_there_once(device, hub)


def test_the_agent_is_killed_again_and_again(device: Device, hub: HubEnd) -> None:
    """At any moment, while the app writes on."""
    done = threading.Event()

    def kill_now_and_then() -> None:
        for pause in (0.4, 0.7, 1.0, 1.3):
            device.start_agent()
            time.sleep(pause)
            device.end_agent(signal.SIGKILL)
        done.set()

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    while not done.is_set():
        device.write(5)
        time.sleep(0.005)
    killer.join()
    device.start_agent()
    assert_all_there_once(device, hub)


def test_acks_get_lost(device: Device, hub: HubEnd) -> None:
    """The first acks of events never arrive: what was sent is sent again, and refused as known."""
    lost: list[int] = []

    def lose(ack: object) -> bool:
        seq = getattr(ack, "seq", 0)
        if seq and len(lost) < 1:
            lost.append(seq)
            return True
        return False

    hub.drop_ack = lose
    device.start_agent()
    device.write(10)
    assert_all_there_once(device, hub)
    assert hub.refused > 0


def test_the_hub_goes_back_to_a_backup(device: Device, hub: HubEnd, broker: Broker) -> None:
    """It has lost what it confirmed; the device sends it again."""
    device.start_agent()
    device.write(30)
    assert_all_there_once(device, hub)
    hub.lose(device.store.epoch, 10)
    device.write(5)
    assert_all_there_once(device, hub)


def test_the_database_is_lost(device: Device, hub: HubEnd) -> None:
    """A new epoch begins under a running agent; both epochs are whole at the hub."""
    device.start_agent()
    device.write(10)
    assert_all_there_once(device, hub)
    first = device.store.epoch
    (device.folder / "opas.db").unlink()
    device.write(10)
    hub.wait_until(lambda hub: hub.held() == 20)
    assert len(hub.events[first]) == 10
    assert [event.seq for event in hub.events[device.store.epoch]] == list(range(1, 11))


def test_records_and_pack_come_down(device: Device, hub: HubEnd) -> None:
    """A notice makes the agent fetch; the app is rung and finds record, pack and a fresh mark."""
    hub.records = [ORDER]
    hub.pack = (PackVersion("2026-10-01"), b'{"a":"pack"}')
    hub.version = HubVersion(5)
    device.start_agent()
    deadline = time.monotonic() + 20
    while device.store.staged_pack() is None or not device.store.freshness().connected:
        assert time.monotonic() < deadline
        device.store.wait(1)
    assert device.store.get(Collection.ORDERS, ORDER.id) == ORDER
    staged = device.store.staged_pack()
    assert staged is not None
    assert staged.body == b'{"a":"pack"}'
    assert device.store.freshness().as_of is not None
    hub.wait_until(lambda hub: any(status.version == 5 and status.role == "desk" for status in hub.statuses))


def test_the_mark_follows_the_link(device: Device, hub: HubEnd, broker: Broker) -> None:
    """Cut, the app knows within moments; back, it knows again, and the hub is told by the last will meanwhile."""
    device.start_agent()
    wait_for(device, connected=True)
    broker.end(signal.SIGKILL)
    wait_for(device, connected=False)
    broker.start()
    wait_for(device, connected=True)


def wait_for(device: Device, *, connected: bool) -> None:
    deadline = time.monotonic() + 20
    while device.store.freshness().connected is not connected:
        assert time.monotonic() < deadline, f"connected never became {connected}"
        device.store.wait(1)


def test_a_killed_agent_is_told_of_by_the_broker(device: Device, hub: HubEnd) -> None:
    """The last will says offline; a clean end says so itself."""
    device.start_agent()
    hub.wait_until(lambda hub: bool(hub.statuses))
    device.end_agent(signal.SIGKILL)
    hub.wait_until(lambda hub: hub.statuses[-1].health.value == "offline")
    device.start_agent()
    hub.wait_until(lambda hub: hub.statuses[-1].health.value != "offline")
    device.end_agent()
    hub.wait_until(lambda hub: hub.statuses[-1].health.value == "offline")
