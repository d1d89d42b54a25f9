"""Both HTTP apps of a hub, without sockets, as an administrator and a device meet them."""

import base64
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from kiosk.model.ids import SiteId
from sync.hub.api.admin import Admin, admin_routes
from sync.hub.api.device import device_app
from sync.hub.api.door import TokenDoor
from sync.hub.broker import BrokerState
from sync.hub.identity.authority import open_authority
from sync.hub.identity.registry import BrokerOfDevices, Registry, Terms
from sync.hub.ingest import Tally
from sync.hub.issuing import open_issuer
from sync.hub.pulse import Pulse
from sync.hub.web.app import Console, console_app
from sync.hub.web.claiming import add_claiming
from sync.hub.web.closing import add_closing
from sync.wire.codec import decode_changes
from sync.wire.messages import Changes
from tests.unit.sync.hub.world import World

ADMIN_TOKEN = "admin-token-of-the-tests"
PERSON = "00000000000000c1"
TICKET = "00000000000000a1"
ORDER = "00000000000000b1"


class Office:
    """`admin` carries the admin token, `page` none, `devices` is the device port."""

    def __init__(self, world: World, data: Path) -> None:
        self.world = world
        self.changed: list[SiteId] = []
        self.tally = Tally()
        self.pulse = Pulse()
        self.broker = BrokerState(connected=True, since=world.clock.now().wall_ms)
        self.storage_problem = ""
        self.issuer = open_issuer(data, world.clock.now().wall_ms)
        authority = open_authority(data, world.clock.now().wall_ms)
        terms = Terms(tls=True, days=90, broker=BrokerOfDevices("broker.example", 8883))
        self.registry = Registry(world.store, world.clock, authority, terms, self.changed.append)
        admin = Admin(
            world.store, world.clock, self.issuer, self.tally, ADMIN_TOKEN, self.changed.append, self.registry
        )
        console = Console(
            world.store,
            world.clock,
            self.pulse,
            self.tally,
            self.registry,
            lambda: self.broker,
            lambda: self.storage_problem,
        )
        app, self.feed = console_app(console, admin_routes(admin), ["127.0.0.1"])
        add_claiming(app, world.store, world.clock)
        add_closing(app, world.store, world.clock)
        base = "http://127.0.0.1"
        self.page = TestClient(app, base_url=base)
        self.admin = TestClient(app, base_url=base, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        self.devices = TestClient(device_app(world.store, world.clock, TokenDoor()), base_url=base)

    def make_site(self, site: str = "harbour") -> bytes:
        answer = self.admin.put(f"/v1/sites/{site}", json={"name": site.title()}).json()
        return base64.b64decode(answer["site_key"])

    def make_device(self, device: str = "harbour-kiosk-1", site: str = "harbour") -> dict[str, str]:
        """The headers with which the device asks."""
        form = {"site": site, "role": "kiosk", "name": "Kiosk"}
        token = self.admin.put(f"/v1/devices/{device}", json=form).json()["token"]
        return {"Authorization": f"Bearer {token}"}

    def changes(self, headers: dict[str, str], since: int = 0) -> Changes:
        answer = self.devices.get(f"/v1/changes?since={since}", headers=headers)
        assert answer.status_code == 200, answer.text
        return decode_changes(answer.content)

    def take_over(self, body: dict[str, Any], site: str = "harbour") -> dict[str, Any]:
        answer = self.admin.post(f"/v1/sites/{site}/import", json=body)
        assert answer.status_code == 200, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def records(self, collection: str, site: str = "harbour") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.admin.get(f"/v1/sites/{site}/records/{collection}").json()
        return found


def a_person(**more: Any) -> dict[str, Any]:
    return {"id": PERSON, "name": "Anna Maria Korhonen", "lang": "fi", **more}


def a_ticket(**more: Any) -> dict[str, Any]:
    return {"id": TICKET, "subject": PERSON, "product": "ferry", "valid_from": 1_000, "valid_until": 9_000, **more}


def an_order(**more: Any) -> dict[str, Any]:
    return {"id": ORDER, "number": "A17", "subject": PERSON, "due_at": 5_000, "place": "desk", **more}


def a_departure(**more: Any) -> dict[str, Any]:
    times = {"departs_at": 9_000, "check_in_until": 7_000, "gate_closes_at": 8_000}
    return {"id": "d1", "vessel": "Meri", "destination": "Tallinn", "gate": "gate-7", **times, **more}
