"""A mosquitto of the test's own: loopback, passwords, access rules, and any way to end it."""

import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.broker.accounts import Account, Rights
from deploy.broker.bridge import Bridge
from deploy.broker.files import BrokerFiles, write_broker
from deploy.demo.ports import listens
from sync.link import BrokerAddress
from tests.ports import steady_ports

DEVICE_ID = "desk-1"
SITE_ID = "harbour"
SECRETS = {"hub": "hub-secret", DEVICE_ID: "desk-secret"}
_ACCOUNTS = (
    Account("hub", SECRETS["hub"], Rights.HUB),
    Account(DEVICE_ID, SECRETS[DEVICE_ID], Rights.DEVICE, SITE_ID),
)


class Broker:
    """Comes up again on the same port."""

    def __init__(self, folder: Path, accounts: Sequence[Account] = _ACCOUNTS, bridge: Bridge | None = None) -> None:
        (self.port,) = steady_ports(1)
        self._files: BrokerFiles = write_broker(folder, self.port, accounts, bridge=bridge)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._files.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not listens(self.port):
            assert time.monotonic() < deadline, "mosquitto does not come up"
            assert self._process.poll() is None, "mosquitto has ended"
            time.sleep(0.02)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    def address(self, user: str, password: str | None = None) -> BrokerAddress:
        return BrokerAddress("127.0.0.1", self.port, user, SECRETS[user] if password is None else password)
