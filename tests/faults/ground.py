"""A site under test: brokers, hub and devices as real processes, what ends them, and what starts them again."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from deploy.broker.accounts import Account, Rights
from deploy.broker.bridge import Bridge
from kiosk.model.ids import TicketId
from sync.link import BrokerAddress
from tests.faults.brokers import OneBroker
from tests.faults.device import Device
from tests.faults.disks import mount, own_disks, unmount
from tests.faults.hubs import Hubs, OnPostgresql, OnSqlite
from tests.faults.secured import SecuredBroker, SecuredDevice, SecuredHub
from tests.faults.writer import PAIR, SITE
from tests.integration.sync.passage import Passage
from tests.ports import steady_ports

VISITOR = "visitor"
DEVICES = ("gate-1", "gate-2")
_TICKETS = 40
_ORDERS = 30


class Kind(StrEnum):
    """How the site is set up."""

    SMALL = "one broker, one hub on SQLite"
    LARGE = "a site broker with a bridge, two hubs that share PostgreSQL"
    SECURED = "devices with certificates, a broker that takes nothing else"


class _Made(msgspec.Struct):
    """The processes that there are beside the devices."""

    central: OneBroker | SecuredBroker
    at_site: OneBroker | None
    hubs: Hubs
    bridge: Passage | None = None
    """What lies between the site's broker and the central one."""


class Ground:
    """`heal` starts whatever does not run; nothing here ends by itself."""

    def __init__(self, folder: Path, seed: int, kind: Kind) -> None:
        self.folder = folder
        self.kind = kind
        made = SecuredDevice if kind is Kind.SECURED else Device
        self.devices: list[Device] = [made(folder / "devices", name, seed) for name in DEVICES]
        self._twins: list[Device] = []
        (folder / "hub").mkdir()
        self._disks = [*(each.data for each in self.devices)]
        if kind is Kind.SMALL:
            self._disks.append(folder / "hub")
        if own_disks():
            for disk in self._disks:
                mount(disk)
        self._made = _MAKERS[kind](folder, self.devices)
        self.hubs = self._made.hubs
        self.pairs: list[TicketId] = []

    @property
    def everyone(self) -> list[Device]:
        """The devices and who runs on a copy of one's card."""
        return [*self.devices, *self._twins]

    def begin(self) -> None:
        """A site with tickets and orders, two devices at work and a first backup."""
        self.heal_hub()
        hub = self.hubs.first
        if isinstance(self.hubs, SecuredHub):
            self._let_in(self.hubs)
        else:
            for number, device in enumerate(self.devices):
                token = hub.make_device(device.id, SITE, "gate")
                device.configure(self.hubs.of(number).devices, token, self._ports())
            hub.make_device(VISITOR, SITE)
        hub.admin("POST", f"/v1/sites/{SITE}/import", json=_content())
        self.hubs.take_backup()
        self.heal()

    def _let_in(self, hub: SecuredHub) -> None:
        hub.first.admin("PUT", f"/v1/sites/{SITE}", json={"name": "Harbour"})
        for device in self.devices:
            device.configure(hub.first.devices, hub.fleet.pin(), ())
            device.heal()
        for device in self.devices:
            assert isinstance(device, SecuredDevice)
            device.join(hub)

    def certify(self, device: Device, how: Callable[[SecuredDevice, SecuredHub], None]) -> None:
        """Something happens to a device's certificate, while it runs."""
        assert isinstance(device, SecuredDevice)
        assert isinstance(self.hubs, SecuredHub)
        self.heal()
        how(device, self.hubs)

    def heal(self) -> None:
        self.heal_hub()
        for device in self.everyone:
            device.heal()

    def heal_hub(self) -> None:
        """Hub and brokers, and all that lies between them and the devices."""
        self._made.central.heal()
        if self._made.at_site is not None:
            self._made.at_site.heal()
        self.hubs.heal()

    def kill_broker(self, *, wipe: bool) -> None:
        """The central one."""
        self._made.central.kill(wipe=wipe)

    def kill_site_broker(self, *, wipe: bool) -> None:
        """The site's own, with its bridge; the only one where there is no other."""
        (self._made.at_site or self._made.central).kill(wipe=wipe)

    def cut_bridge(self) -> None:
        """The site's broker lives, and what it says goes no further; `heal` leaves that to `mend_bridge`."""
        if self._made.bridge is not None:
            self._made.bridge.cut()

    def mend_bridge(self) -> None:
        if self._made.bridge is not None:
            self._made.bridge.heal()

    def kill_sessions(self) -> None:
        """Of the hubs at their database."""
        if isinstance(self.hubs, OnPostgresql):
            self.hubs.kill_sessions()

    def kill_database(self) -> None:
        """The server itself."""
        if isinstance(self.hubs, OnPostgresql):
            self.hubs.kill_database()

    def cut_off(self) -> None:
        """No device hears another, nor the hub."""
        self.kill_broker(wipe=False)
        self.kill_site_broker(wipe=False)

    def give_ticket(self) -> TicketId:
        """A ticket that the writers leave alone until they are told."""
        ticket = TicketId(f"{len(self.pairs) + 1:08x}0000beef")
        self.pairs.append(ticket)
        form = {**_TICKET, "id": ticket, "product": PAIR}
        self.hubs.first.admin("POST", f"/v1/sites/{SITE}/import", json={"tickets": [form]})
        return ticket

    def add_twin(self, device: Device) -> None:
        """A second machine on a copy of the card of `device`, which must not run."""
        self._twins.append(device.twin(len(self._twins)))

    def bury_twins(self) -> list[Device]:
        """They have been found and taken out."""
        found, self._twins = self._twins, []
        for twin in found:
            twin.kill()
        return found

    def address(self, device: Device | None) -> BrokerAddress:
        """Of the broker that a device uses; of the central one for a visitor."""
        if device is None:
            return BrokerAddress("127.0.0.1", self._made.central.port, VISITOR, "secret")
        return BrokerAddress("127.0.0.1", self._ports()[0], device.id, device.password)

    def end(self) -> None:
        for device in self.everyone:
            device.kill()
        self.hubs.end()
        self.cut_off()
        if self._made.bridge is not None:
            self._made.bridge.close()
        if own_disks():
            for disk in self._disks:
                unmount(disk)

    def _ports(self) -> tuple[int, ...]:
        """Where a device looks for a broker, first and then."""
        made = self._made
        return (made.central.port,) if made.at_site is None else (made.at_site.port, made.central.port)


def _accounts(devices: list[Device]) -> list[Account]:
    return [Account(each.id, each.password, Rights.DEVICE, SITE) for each in devices]


def _central(folder: Path, port: int, accounts: list[Account]) -> OneBroker:
    hub, visitor = Account("hub", "hub-secret", Rights.HUB), Account(VISITOR, "secret", Rights.DEVICE, SITE)
    return OneBroker(folder / "broker", port, [hub, visitor, *accounts])


def _small(folder: Path, devices: list[Device]) -> _Made:
    (port,) = steady_ports(1)
    return _Made(_central(folder, port, _accounts(devices)), None, OnSqlite(folder / "hub", port))


def _large(folder: Path, devices: list[Device]) -> _Made:
    port, site_port = steady_ports(2)
    site = Account(f"site-{SITE}", "site-secret", Rights.SITE, devices=DEVICES)
    central = _central(folder, port, [site, *_accounts(devices)])
    passage = Passage(port)
    bridge = Bridge("127.0.0.1", passage.port, site)
    at_site = OneBroker(folder / "site-broker", site_port, _accounts(devices), bridge)
    return _Made(central, at_site, OnPostgresql(folder / "hub", port), passage)


def _secured(folder: Path, devices: list[Device]) -> _Made:
    del devices
    (port,) = steady_ports(1)
    hub = SecuredHub(folder / "hub", port)
    return _Made(SecuredBroker(folder / "broker", port, hub), None, hub)


_MAKERS = {Kind.SMALL: _small, Kind.LARGE: _large, Kind.SECURED: _secured}
_PERSON = {"id": "00000000000000c1", "name": "Anna K."}
_TICKET = {"subject": _PERSON["id"], "product": "adult", "valid_from": 0, "valid_until": 4_000_000_000_000}


def _content() -> dict[str, object]:
    order = {"subject": _PERSON["id"], "due_at": 3_000_000_000_000, "place": "desk"}
    return {
        "subjects": [_PERSON],
        "tickets": [{**_TICKET, "id": f"{n:016x}"} for n in range(_TICKETS)],
        "orders": [{**order, "id": f"{n:016x}", "number": f"A{n}"} for n in range(_ORDERS)],
    }
