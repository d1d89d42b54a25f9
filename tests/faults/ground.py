"""A site under test: broker, hub and devices as real processes, what ends them, and what starts them again."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from deploy.broker.accounts import Account, Rights
from deploy.broker.files import write_broker
from deploy.demo.ports import free_ports, listens
from sync.link import BrokerAddress
from tests.faults.device import SITE, Device
from tests.integration.hub.running import RunningHub

VISITOR = "visitor"
_DISK_MB = 48
_TICKETS = 40
_ORDERS = 30


def own_disks() -> bool:
    """Whether this process may mount a disk of its own for each device."""
    return os.environ.get("OPAS_FAULTS_OWN_DISKS") == "1"


class Ground:
    """`heal` starts whatever does not run; nothing here ends by itself."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.devices = [Device(folder / "devices", name, seed) for name in ("gate-1", "gate-2")]
        (folder / "hub").mkdir()
        self._disks = [folder / "hub", *(device.data for device in self.devices)] if own_disks() else []
        for disk in self._disks:
            _mount(disk)
        self.port, listen, console = free_ports(3)
        self._accounts = [Account("hub", "hub-secret", Rights.HUB), Account(VISITOR, "secret", Rights.DEVICE, SITE)]
        self._accounts += [Account(each.id, each.password, Rights.DEVICE, SITE) for each in self.devices]
        self._broker: subprocess.Popen[bytes] | None = None
        self._files = write_broker(folder / "broker", self.port, self._accounts)
        self.hub = RunningHub(folder / "hub", self.port, listen=listen, console=console)
        self.hub_runs = False
        self._backups = 0

    def begin(self) -> None:
        """A site with tickets and orders, two devices at work and a first backup."""
        self.heal_hub()
        for device in self.devices:
            device.configure(self.hub.devices, self.hub.make_device(device.id, SITE, "gate"), self.port)
        self.hub.make_device(VISITOR, SITE)
        self.hub.admin("POST", f"/v1/sites/{SITE}/import", json=_content())
        self.take_backup()
        self.heal()

    def heal(self) -> None:
        self.heal_hub()
        for device in self.devices:
            device.heal()

    def heal_hub(self) -> None:
        if self._broker is None:
            self._broker = subprocess.Popen(self._files.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 10
            while not listens(self.port):
                assert time.monotonic() < deadline, "mosquitto does not come up"
                time.sleep(0.02)
        if not self.hub_runs:
            self.hub_runs = True
            self.hub.start()

    def kill_broker(self, *, wipe: bool) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            broker.send_signal(signal.SIGKILL)
            broker.wait()
        if wipe:
            shutil.rmtree(self.folder / "broker")
            self._files = write_broker(self.folder / "broker", self.port, self._accounts)

    def kill_hub(self) -> None:
        if self.hub_runs:
            self.hub_runs = False
            self.hub.end(signal.SIGKILL)

    def take_backup(self) -> None:
        """While the hub runs, as its documentation says: through SQLite, which copies one moment."""
        backup = self.folder / f"backup-{self._backups}"
        self._backups += 1
        shutil.copytree(self.hub.folder / "data", backup, ignore=shutil.ignore_patterns("*.db*"))
        for path in (self.hub.folder / "data").glob("*.db"):
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup / path.name)) as copy:
                source.backup(copy)

    def forget_backups(self) -> None:
        """Older ones lack what a device can't give again."""
        for path in self.folder.glob("backup-*"):
            shutil.rmtree(path)
        self.take_backup()

    def restore(self, drawn: int) -> None:
        """Put one of the backups in the place of the hub's data."""
        self.kill_hub()
        backups = sorted(self.folder.glob("backup-*"))
        shutil.rmtree(self.hub.folder / "data")
        shutil.copytree(backups[drawn % len(backups)], self.hub.folder / "data")

    def address(self, device: Device | None) -> BrokerAddress:
        user, password = (VISITOR, "secret") if device is None else (device.id, device.password)
        return BrokerAddress("127.0.0.1", self.port, user, password)

    def end(self) -> None:
        for device in self.devices:
            device.kill()
        self.kill_hub()
        self.kill_broker(wipe=False)
        for disk in self._disks:
            subprocess.run(["umount", "-l", str(disk)], check=False)


def _mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "none", str(folder)], check=True)


def _content() -> dict[str, object]:
    person = {"id": "00000000000000c1", "name": "Anna K."}
    ticket = {"subject": person["id"], "product": "adult", "valid_from": 0, "valid_until": 4_000_000_000_000}
    order = {"subject": person["id"], "due_at": 3_000_000_000_000, "place": "desk"}
    return {
        "subjects": [person],
        "tickets": [{**ticket, "id": f"{n:016x}"} for n in range(_TICKETS)],
        "orders": [{**order, "id": f"{n:016x}", "number": f"A{n}"} for n in range(_ORDERS)],
    }
