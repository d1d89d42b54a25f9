"""Exactly once at the hub, whatever is killed."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.model.event import OrderStarted
from kiosk.model.ids import OrderId
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from sync.wire import topics
from sync.wire.codec import encode_envelope
from tests.integration.hub import dying_hub
from tests.integration.hub.running import DeviceEnd, RunningHub
from tests.integration.sync.broker import DEVICE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN
from tests.unit.sync.hub.world import GATE, ORDER, World, envelope, event

PERSON = "00000000000000c1"


def test_a_hub_killed_between_commit_and_ack_keeps_each_event_once(tmp_path: Path) -> None:
    """The device sends again, the hub knows it, and the ack has the version of the first commit."""
    World(tmp_path).store.close()
    message = envelope(event(1, OrderStarted(ORDER)), event(2))
    command = [sys.executable, "-m", dying_hub.__name__, str(tmp_path), topics.up(GATE), encode_envelope(message).hex()]
    assert subprocess.run(command, timeout=30, check=False).returncode == -signal.SIGKILL
    world = World(tmp_path)
    assert len(world.events()) == 2
    with world.store.reading() as reading:
        site = reading.site(world.device().site)
    assert site is not None
    taken = world.take(message)
    assert [(kept.device, kept.seq) for kept in world.events()] == [(GATE, 1), (GATE, 2)]
    assert [(ack.seq, ack.version) for _, ack in taken.acks] == [(2, site.version)] * len(taken.acks)
    world.store.close()


def test_a_device_is_acked_and_told_over_a_real_broker(hub: RunningHub, device: DeviceEnd) -> None:
    """An event goes up, its ack and the notice of the changed record come down."""
    hub.start()
    hub.make_device(DEVICE_ID)
    order = {"id": ORDER, "number": "A17", "subject": PERSON, "due_at": 5_000, "place": "desk"}
    body = {"subjects": [{"id": PERSON, "name": "Anna K."}], "orders": [order]}
    hub.admin("POST", "/v1/sites/harbour/import", json=body)
    ack = device.send_until_acked(envelope(event(1, OrderStarted(OrderId(ORDER)))), 1)
    device.wait_for_notice(ack.version)
    assert [order["state"] for order in hub.admin("GET", "/v1/sites/harbour/records/orders")] == ["preparing"]
    assert hub.end() == 0


def test_a_broker_that_goes_and_comes_back_is_said_once_each(
    hub: RunningHub, broker: Broker, device: DeviceEnd
) -> None:
    """And the hub takes in again what is sent then."""
    hub.start()
    hub.make_device(DEVICE_ID)
    device.send_until_acked(envelope(event(1)), 1)
    broker.end(signal.SIGKILL)
    hub.wait_for_line("ended")
    broker.start()
    hub.wait_for_line("connected again")
    second = DeviceEnd(broker.address(DEVICE_ID))
    device.close()
    second.send_until_acked(envelope(event(1), event(2)), 2)
    second.close()
    assert [(kept["seq"], kept["conflict"]) for kept in hub.events()] == [(1, None), (2, None)]
    assert hub.end() == 0


def test_with_the_real_agent_every_event_survives_killing_the_hub(
    tmp_path: Path, hub: RunningHub, broker: Broker
) -> None:
    """Records come down to the device, its events go up once and in order, and both ends agree in the end."""
    hub.start()
    token = hub.make_device(DEVICE_ID)
    ports = [int(address.rpartition(":")[2]) for address in (hub.devices, hub.console)]
    device = Device(tmp_path / "device", broker.port, hub.devices)
    device.config.write_text(device.config.read_text().replace(TOKEN, token))
    order = {"id": ORDER, "number": "A17", "subject": PERSON, "due_at": 5_000, "place": "desk"}
    hub.admin(
        "POST", "/v1/sites/harbour/import", json={"subjects": [{"id": PERSON, "name": "Anna K."}], "orders": [order]}
    )
    device.start_agent()
    try:
        _until(device, lambda: device.store.get(Collection.ORDERS, ORDER) is not None)
        for _ in range(3):
            device.write(40)
            hub.end(signal.SIGKILL)
            device.write(40)
            hub = _again(hub, broker, ports)
        _until(device, lambda: device.store.waiting() == 0)
        kept = hub.events()
        assert [(item["seq"], item["id"]) for item in kept] == [(each.seq, each.id) for each in device.written]
        hub.admin("POST", "/v1/sites/harbour/import", json={"orders": [{**order, "state": "cancelled"}]})
        _until(device, lambda: _state(device) is OrderState.CANCELLED)
    finally:
        device.end_agent()
        device.close()
        hub.close()


def _again(hub: RunningHub, broker: Broker, ports: list[int]) -> RunningHub:
    again = RunningHub(hub.folder, broker.port, listen=ports[0], console=ports[1])
    again.start()
    return again


def _state(device: Device) -> OrderState | None:
    order = device.store.get(Collection.ORDERS, ORDER)
    return order.state if isinstance(order, PickupOrder) else None


def _until(device: Device, true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        device.store.wait(0.05)
    raise AssertionError(device.log())
