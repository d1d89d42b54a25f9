"""A site whose devices come with certificates, and whose broker lets nobody else in; certificates end in every way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from deploy.demo.ports import listens
from kiosk.model.identity import Standing, shown
from kiosk.model.ids import EpochMs
from kiosk.store import SystemClock
from kiosk.store.identity import IdentityFiles
from sync.agent.identity.keys import key_in, request_for
from sync.hub.identity.authority import open_authority
from sync.hub.identity.kinds import Holder, Kind
from tests.faults.device import Device
from tests.faults.hubs import OnSqlite
from tests.faults.writer import MEGABYTES, SITE
from tests.integration.fleet.ground import FleetHub

_CONFIG = """\
[device]
data = "{data}"
max_megabytes = {megabytes}

[hub]
url = "{url}"
ca_sha256 = "{pin}"
check_s = 0.5
"""
_PATIENCE_S = 60.0
_DAY_MS = 86_400_000


class SecuredHub(OnSqlite):
    """With an authority of its own."""

    KIND = FleetHub

    @property
    def fleet(self) -> FleetHub:
        assert isinstance(self.first, FleetHub)
        return self.first

    def opas(self, *words: str) -> None:
        """Run an `opas` command towards it."""
        done = self.fleet.opas(*words)
        assert done.returncode == 0, done.stderr

    def certificate_of_long_ago(self, device: "SecuredDevice") -> bytes:
        """For the key that `device` has now, and run out by ten days."""
        now = SystemClock().now().wall_ms
        then = EpochMs(now - 100 * _DAY_MS)
        key = key_in(device.certificate() or b"")
        request = x509.load_pem_x509_csr(request_for(key).encode())
        authority = open_authority(self.first.folder / "data", now)
        return f"{key}{authority.issue(request, Holder(Kind.DEVICE, device.id, SITE), then, 90).pem}".encode()


class SecuredBroker:
    """`opas broker run` and the mosquitto that it keeps, in a group that is killed as one."""

    def __init__(self, folder: Path, port: int, hub: SecuredHub) -> None:
        self._folder = folder
        self.port = port
        self._hub = hub
        self._process: subprocess.Popen[bytes] | None = None

    def heal(self) -> None:
        """Start it if it does not run; the first time it is let in by the hub, which must be there then."""
        if self._process is not None:
            return
        if not self._folder.exists():
            self._hub.heal()
            place = ("--hub", self._hub.first.devices, "--port", str(self.port), "--bind", "127.0.0.1")
            self._hub.opas("broker", "new", str(self._folder), "--name", "127.0.0.1", *place)
        command = [sys.executable, "-m", "deploy.cli", "broker", "run", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        _wait(lambda: listens(self.port), "the broker does not come up")

    def kill(self, *, wipe: bool = False) -> None:
        """End both by kill -9. What lies in its folder is its identity and stays; `wipe` makes no difference."""
        del wipe
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _wait(lambda: not listens(self.port), "the broker does not go")


class SecuredDevice(Device):
    """A fresh card that is claimed, and claimed again when it was turned out."""

    @property
    def files(self) -> IdentityFiles:
        return IdentityFiles(self.data)

    def configure(self, url: str, token: str, ports: tuple[int, ...]) -> None:
        """`token` is the sum of the hub's authority; the brokers are learned when it is claimed."""
        del ports
        text = _CONFIG.format(data=self.data, megabytes=MEGABYTES, url=url, pin=token)
        self.config.write_text(text)

    def join(self, hub: SecuredHub, *, replace: bool = False) -> None:
        """Let it in, once it asks for that; with `replace` in the place of one that the hub still counts in."""
        _wait(self._asks, f"{self.id} does not ask to be let in: {self.log()}")
        notice = self.files.notice()
        assert notice is not None
        place = ("--site", SITE, "--device", self.id, "--role", "gate", *(("--replace",) if replace else ()))
        hub.opas("fleet", "claim", shown(notice.code), *place)
        _wait(lambda: self.files.notice() is None, f"{self.id} was not let in: {self.log()}")

    def is_out(self) -> bool:
        """Whether it knows that it is no member any more."""
        notice = self.files.notice()
        return notice is not None and notice.standing in {Standing.REMOVED, Standing.EXPIRED}

    def certificate(self) -> bytes | None:
        return self.files.read(self.files.certificate)

    def _asks(self) -> bool:
        notice = self.files.notice()
        return notice is not None and bool(notice.code)


def renew(device: SecuredDevice, hub: SecuredHub) -> None:
    """A new key and certificate, while it works."""
    before = device.certificate()
    hub.opas("fleet", "rotate", device.id)
    _wait(lambda: device.certificate() not in {None, before}, f"{device.id} does not renew: {device.log()}")


def revoke(device: SecuredDevice, hub: SecuredHub) -> None:
    """Turned out, and let in again: what it wrote in between is there."""
    hub.opas("fleet", "revoke", device.id)
    _wait(device.is_out, f"{device.id} does not know that it was turned out: {device.log()}")
    device.join(hub)


def expire(device: SecuredDevice, hub: SecuredHub) -> None:
    """It lay in a drawer for too long, and is let in again."""
    device.files.write(device.files.certificate, hub.certificate_of_long_ago(device))
    _wait(device.is_out, f"{device.id} does not know that its time is over: {device.log()}")
    device.join(hub, replace=True)


def _wait(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
