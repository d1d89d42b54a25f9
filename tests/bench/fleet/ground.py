"""One mosquitto and one hub on loopback, with a fleet registered at both."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.broker.accounts import Account, Rights
from deploy.broker.files import write_broker
from deploy.demo.ports import free_ports, listens
from kiosk.model.ids import EpochMs, SubjectId, TicketId
from kiosk.model.records import Collection, encode_record
from kiosk.model.ticket import Ticket
from sync.hub.clock import SystemClock
from sync.hub.fleet import token_hash
from sync.hub.store.opening import open_hub_store
from sync.hub.store.rows import Device, RecordChange, Site
from tests.bench.fleet.device import password_of
from tests.bench.fleet.folders import A_SITE, device_id, site_of
from tests.bench.fleet.worker import raise_limit

_CONFIG = """\
[hub]
data = "{data}"
listen = "127.0.0.1:{listen}"
console = "127.0.0.1:{console}"
admin_token = "a-token-of-nobody-else"

[broker]
port = {port}
password = "hub-secret"
"""
_PATIENCE_S = 60.0
_FAR = EpochMs(4_000_000_000_000)


class Ground:
    """`devices` of them, `a_site` at each site; the first site holds `tickets`."""

    def __init__(self, folder: Path, devices: int, a_site: int = A_SITE, tickets: int = 0) -> None:
        self._folder = folder
        self.port, self.listen, self.console = free_ports(3)
        names = [
            Account(device_id(n), password_of(device_id(n)), Rights.DEVICE, site_of(n, a_site)) for n in range(devices)
        ]
        accounts = [Account("hub", "hub-secret", Rights.HUB), *names]
        self._files = write_broker(folder / "broker", self.port, accounts)
        (folder / "hub").mkdir()
        (folder / "hub.toml").write_text(
            _CONFIG.format(data=folder / "hub", listen=self.listen, console=self.console, port=self.port)
        )
        _register(folder / "hub", devices, a_site, tickets)
        # For the broker, which inherits it: a socket for each.
        raise_limit(devices)
        self._log = (folder / "processes.log").open("ab")
        self.broker: subprocess.Popen[bytes] | None = None
        self.start_broker()
        self.hub = subprocess.Popen(
            [sys.executable, "-m", "sync.hub", "--config", str(folder / "hub.toml")], stderr=self._log
        )
        _await(self.console)

    def start_broker(self) -> None:
        self.broker = subprocess.Popen(self._files.command, stdout=self._log, stderr=self._log)
        _await(self.port)

    def kill_broker(self) -> None:
        if self.broker is not None:
            self.broker.send_signal(signal.SIGKILL)
            self.broker.wait()
            self.broker = None

    def end(self) -> None:
        self.hub.terminate()
        self.hub.wait()
        self.kill_broker()
        self._log.close()


def token_of(number: int) -> str:
    """What a device shows the hub's device port."""
    return f"device-token-of-{number}-in-the-bench"


def _await(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not listens(port):
        if time.monotonic() > deadline:
            raise TimeoutError("broker or hub do not come up")
        time.sleep(0.02)


def _register(data: Path, devices: int, a_site: int, tickets: int) -> None:
    """As the admin's calls would, but in one transaction."""
    store = open_hub_store(data, "", SystemClock())
    with store.writing() as writing:
        for number in range(0, devices, a_site):
            site = site_of(number, a_site)
            writing.put_site(Site(site, site, bytes(32)))
        for number in range(devices):
            name = device_id(number)
            writing.put_device(Device(name, site_of(number, a_site), "gate", name), token_hash(token_of(number)))
        site = site_of(0, a_site)
        made = (
            Ticket(TicketId(f"{n * 7919:016x}"), SubjectId(f"{n:016x}"), site, "adult", EpochMs(0), _FAR)
            for n in range(tickets)
        )
        changes = [RecordChange(Collection.TICKETS, each.id, encode_record(each)) for each in made]
        writing.put_records(site, changes, EpochMs(0))
    store.close()
