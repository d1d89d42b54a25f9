"""One device: its data folder, its configuration, its app's end of the database, and its agent as a real process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from kiosk.model.code import Symbology
from kiosk.model.event import CodeScanned, Event
from kiosk.model.ids import DeviceId, DurationMs, PackVersion, ScanId, SiteId
from kiosk.model.outcome import Outcome
from kiosk.store import DeviceStore, SystemClock, open_store
from tests.integration.sync.broker import DEVICE_ID, SECRETS, SITE_ID
from tests.integration.sync.hubend import TOKEN

_CONFIG = """\
[device]
id = "{device}"
site = "{site}"
role = "desk"
data = "{data}"
site_key = "unused by the agent"

[hub]
url = "{url}"
token = "{token}"

[broker]
host = "127.0.0.1"
port = {port}
password = "{password}"
"""


class Device:
    """The agent is started and ended by the test; `store` is the app's end."""

    def __init__(self, folder: Path, port: int, url: str, password: str = SECRETS[DEVICE_ID]) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.config = folder / "device.toml"
        self.config.write_text(
            _CONFIG.format(
                device=DEVICE_ID, site=SITE_ID, data=folder, url=url, token=TOKEN, port=port, password=password
            )
        )
        self.written: list[Event] = []
        self.store: DeviceStore = open_store(
            folder / "opas.db",
            device=DeviceId(DEVICE_ID),
            site=SiteId(SITE_ID),
            site_key=bytes(32),
            clock=SystemClock(),
        )
        self._log = folder / "agent.log"
        self._agent: subprocess.Popen[bytes] | None = None

    def write(self, count: int = 1) -> None:
        """Record events, each call one transaction."""
        scans = [
            CodeScanned(ScanId(f"{len(self.written)}-{n}"), Outcome.UNKNOWN, Symbology.QR, "zxing", DurationMs(5))
            for n in range(count)
        ]
        self.written += self.store.record(scans, PackVersion("1"))

    def start_agent(self) -> None:
        with self._log.open("ab") as log:
            self._agent = subprocess.Popen(
                [sys.executable, "-m", "sync.agent", "--config", str(self.config)],
                stderr=log,
                env={**os.environ, "OPAS_LOG": "INFO"},
            )

    def end_agent(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit status."""
        if self._agent is None:
            return 0
        self._agent.send_signal(how)
        status = self._agent.wait(10)
        self._agent = None
        return status

    def wait_agent(self) -> int:
        """For an agent that ends by itself: the exit status."""
        assert self._agent is not None
        status = self._agent.wait(20)
        self._agent = None
        return status

    def log(self) -> str:
        return self._log.read_text()

    def wait_for_log(self, words: str, times: int = 1) -> None:
        """Until the agent has said it so often."""
        deadline = time.monotonic() + 30
        while self.log().count(words) < times:
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def close(self) -> None:
        self.end_agent(signal.SIGKILL)
        self.store.close()
