"""A hub with its own authority, a broker that takes certificates only, and devices that begin as fresh cards: all real."""

import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.demo.ports import listens
from deploy.web import HubApi
from kiosk.model.code import Symbology
from kiosk.model.event import CodeScanned
from kiosk.model.identity import Notice, claim_code, shown
from kiosk.model.ids import DeviceId, DurationMs, PackVersion, ScanId, SiteId
from kiosk.model.outcome import Outcome
from kiosk.store import DeviceStore, SystemClock, open_store
from kiosk.store.identity import IdentityFiles
from sync.agent.identity.asking import Asking
from sync.agent.identity.keys import checked, new_key, public_der, request_for
from sync.link.tls import client_context
from sync.wire.enrolment import Enrol
from tests.integration.hub.running import ADMIN_TOKEN, RunningHub

_IDENTITY = """
[identity]
tls = true
names = ["127.0.0.1", "localhost"]
broker = "127.0.0.1:{port}"
device_days = 90
"""
_PATIENCE_S = 30.0


def until(true: Callable[[], Any], what: Callable[[], str] | str, patience_s: float = _PATIENCE_S) -> Any:
    """Wait for something and return it."""
    deadline = time.monotonic() + patience_s
    while not (found := true()):
        assert time.monotonic() < deadline, what if isinstance(what, str) else what()
        time.sleep(0.05)
    return found


class FleetHub(RunningHub):
    """A hub that gives out certificates and comes to its broker with one of its own."""

    def write_config(self, listen: int, console: int) -> None:
        super().write_config(listen, console)
        text = self._config.read_text().replace('password = "hub-secret"', "certificate = true")
        self._config.write_text(text + _IDENTITY.format(port=self._values["broker"]))

    @property
    def config(self) -> Path:
        return self._config

    def opas(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run an `opas` command towards this hub."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *words, "--console", self.console],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "OPAS_ADMIN_TOKEN": ADMIN_TOKEN},
        )

    def admin_api(self) -> HubApi:
        return HubApi(self.console, ADMIN_TOKEN)

    def pin(self) -> str:
        return self.opas("fleet", "ca").stdout.strip()


class FleetBroker:
    """`opas broker new` and `opas broker run`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, hub: FleetHub, *more: str) -> None:
        port = str(self.port)
        made = hub.opas(
            "broker",
            "new",
            str(self.folder),
            "--name",
            "127.0.0.1",
            "--hub",
            hub.devices,
            "--port",
            port,
            "--bind",
            "127.0.0.1",
            *more,
        )
        assert made.returncode == 0, made.stderr

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.cli", "broker", "run", str(self.folder)], stdout=log, stderr=log
            )
        until(lambda: listens(self.port), "the broker does not come up")

    def wait_for_rule(self, words: str, *, there: bool = True) -> None:
        """Until the hub's word has come to the broker."""
        until(lambda: (words in (self.folder / "acl").read_text()) is there, f"the rule {words!r}")

    def end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None


class CardDevice:
    """A fresh card: its file names the hub and the hub's authority, and nothing else. The app's end is opened once claimed."""

    def __init__(self, folder: Path, url: str, pin: str, check_s: float = 1.0) -> None:
        folder.mkdir(exist_ok=True)
        self.data = folder / "data"
        self.files = IdentityFiles(self.data)
        self.config = folder / "device.toml"
        self.write_config(url, pin, check_s)
        self._log = folder / "agent.log"
        self._agent: subprocess.Popen[bytes] | None = None
        self._store: DeviceStore | None = None
        self._written = 0

    def write_config(self, url: str, pin: str, check_s: float = 1.0) -> None:
        text = f'[device]\ndata = "{self.data}"\n\n[hub]\nurl = "{url}"\nca_sha256 = "{pin}"\ncheck_s = {check_s}\n'
        self.config.write_text(text)

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._agent = subprocess.Popen(
                [sys.executable, "-m", "sync.agent", "--config", str(self.config)], stderr=log
            )

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self._agent is None:
            return 0
        self._agent.send_signal(how)
        status = self._agent.wait(20)
        self._agent = None
        return status

    def wait_end(self) -> int:
        assert self._agent is not None
        status = self._agent.wait(20)
        self._agent = None
        return status

    def notice(self) -> Notice | None:
        return self.files.notice()

    def code(self) -> str:
        """The code on its screen, as people read it."""
        notice = until(lambda: (told := self.notice()) and told.code and told, self.log)
        return shown(notice.code)

    def wait_claimed(self) -> None:
        until(lambda: self.files.granted() and self.notice() is None, self.log)

    @property
    def store(self) -> DeviceStore:
        if self._store is None:
            granted = self.files.granted()
            assert granted is not None
            self._store = open_store(
                self.data / "opas.db",
                device=DeviceId(granted.device),
                site=SiteId(granted.site),
                site_key=bytes(32),
                clock=SystemClock(),
            )
        return self._store

    def reopen(self) -> None:
        """Open the app's end anew."""
        self._store = None

    def write(self, count: int = 1) -> None:
        """Record events, as the app does."""
        for _ in range(count):
            self._written += 1
            scan = CodeScanned(ScanId(str(self._written)), Outcome.UNKNOWN, Symbology.QR, "zxing", DurationMs(5))
            self.store.record([scan], PackVersion("1"))

    def waiting(self) -> int:
        return self.store.waiting()

    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def ask(self, url: str, path: str, method: str = "GET") -> tuple[int, dict[str, Any]]:
        """Ask the device port with this device's certificate: status and JSON."""
        return ask(url, path, client_context(self.files.trusted, self.files.certificate), method)

    def close(self) -> None:
        self.end(signal.SIGKILL)
        if self._store is not None:
            self._store.close()


def ask(url: str, path: str, tls: ssl.SSLContext, method: str = "GET", body: Any = None) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one request."""
    answer = HubApi(url, tls=tls).ask(method, path, body)
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {}
    return answer.status, said if isinstance(said, dict) else {"list": said}


class Fleet:
    """Hub and broker, running."""

    def __init__(self, folder: Path) -> None:
        # Kept for the broker, which comes up seconds after the hub was told the port: nobody else is given it meanwhile.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        broker_port: int = self._place.getsockname()[1]
        self.folder = folder
        self.hub = FleetHub(folder / "hub", broker_port)
        self.broker = FleetBroker(folder / "broker", broker_port)
        self.devices: list[CardDevice] = []

    def start(self) -> None:
        self.hub.start()
        self.broker.make(self.hub)
        self.broker.start()
        self.pin = self.hub.pin()
        for site in ("harbour", "shop"):
            self.hub.admin("PUT", f"/v1/sites/{site}", json={"name": site.title()})

    def card(self, name: str, check_s: float = 1.0) -> CardDevice:
        """A fresh card whose agent runs."""
        device = CardDevice(self.folder / name, self.hub.devices, self.pin, check_s)
        self.devices.append(device)
        device.start()
        return device

    def claim(
        self, device: CardDevice, name: str, site: str = "harbour", *more: str
    ) -> subprocess.CompletedProcess[str]:
        """What an administrator types."""
        return self.hub.opas("fleet", "claim", device.code(), "--site", site, "--device", name, "--role", "gate", *more)

    def member(self, name: str, site: str = "harbour") -> CardDevice:
        """A claimed device whose agent is at work."""
        device = self.card(name)
        claimed = self.claim(device, name, site)
        assert claimed.returncode == 0, claimed.stderr
        device.wait_claimed()
        return device

    def events_of(self, device: str) -> int:
        return sum(event["device"] == device for event in self.hub.events())

    def close(self) -> None:
        for device in self.devices:
            device.close()
        self.broker.end()
        self.hub.close()
        self._place.close()


class Visitor:
    """A device that is nothing but a key and a certificate, for those who try what they may not."""

    def __init__(self, fleet: Fleet, name: str, site: str) -> None:
        self.name = name
        self.site = site
        self._fleet = fleet
        folder = fleet.folder / "visitors"
        folder.mkdir(exist_ok=True)
        self.root = folder / "root.pem"
        self.root.write_text(fleet.hub.admin_api().get("/v1/authority")["root"])
        self.pem = folder / f"{name}.pem"
        key, nonce = new_key(), secrets.token_hex(16)
        asking = Asking(fleet.hub.devices, self.root)
        form = Enrol(request_for(key), nonce)
        asking.enrol(form)
        code = claim_code(public_der(key), bytes.fromhex(nonce))
        claim = {"code": code, "site": site, "device": name, "role": "desk"}
        fleet.hub.admin_api().post("/v1/claims", claim)
        self.pem.write_bytes(checked(key, asking.enrol(form).certificate, self.root.read_bytes()))

    @property
    def tls(self) -> ssl.SSLContext:
        return client_context(self.root, self.pem)

    def ask(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, dict[str, Any]]:
        return ask(self._fleet.hub.devices, path, self.tls, method, body)
