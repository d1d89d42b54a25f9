"""A real hub process, and devices that speak to it over a real broker."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2

from kiosk.errors import LinkError
from kiosk.model.ids import DeviceId
from sync.link import BrokerAddress, LinkSettings, MqttLink
from sync.wire import topics
from sync.wire.codec import decode, encode_envelope
from sync.wire.messages import Ack, Notice, RawEnvelope

ADMIN_TOKEN = "admin-token-of-the-tests"
_CONFIG = """\
[hub]
data = "{data}"
listen = "127.0.0.1:{listen}"
console = "127.0.0.1:{console}"
admin_token = "{token}"
database = "{database}"

[broker]
port = {broker}
password = "hub-secret"
"""
_ADDRESS = re.compile(r"(devices|console): (https?://\S+)")


class RunningHub:
    """Starts and ends `python -m sync.hub`; ports are given out by the system unless they are named."""

    def __init__(
        self, folder: Path, broker_port: int, *, listen: int = 0, console: int = 0, database: str = ""
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._values = {"data": folder / "data", "token": ADMIN_TOKEN, "broker": broker_port, "database": database}
        self._config = folder / "hub.toml"
        self.write_config(listen, console)
        self.log = ""
        self.devices = self.console = ""
        self._lines = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def write_config(self, listen: int, console: int) -> None:
        """The ports to listen on from the next start on."""
        self._config.write_text(_CONFIG.format(listen=listen, console=console, **self._values))

    def keep_ports(self) -> None:
        """Listen where it listens now at the next start, too: devices and commands know that address."""
        listen, console = (int(address.rpartition(":")[2]) for address in (self.devices, self.console))
        self.write_config(listen, console)

    def command(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `opas hub WORDS` with this hub's settings."""
        return subprocess.run(
            [sys.executable, "-m", "sync.hub", *map(str, words), "--config", str(self._config)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def begin(self) -> None:
        """Start the process, whatever comes of it."""
        self.log = self.devices = self.console = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sync.hub", "--config", str(self._config)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,))
        self._reader.start()

    def start(self) -> None:
        """Start, and wait until it serves."""
        self.begin()
        self.wait_for_line("console: http")

    def wait_for_line(self, words: str) -> None:
        with self._lines:
            assert self._lines.wait_for(lambda: words in self.log, 20), self.log

    def wait(self) -> int:
        """The exit status, once it has ended by itself."""
        assert self._process is not None
        assert self._reader is not None
        status = self._process.wait(20)
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._process = None
        return status

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return self.wait()

    def close(self) -> None:
        if self._process is not None:
            self.end(signal.SIGKILL)

    def admin(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        answer = httpx2.request(method, f"{self.console}{path}", headers=headers, trust_env=False, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def make_device(self, device: str, site: str = "harbour", role: str = "desk") -> str:
        """Its token."""
        self.admin("PUT", f"/v1/sites/{site}", json={"name": site.title()})
        form = {"site": site, "role": role, "name": device.title()}
        return str(self.admin("PUT", f"/v1/devices/{device}", json=form)["token"])

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.admin("GET", "/v1/events", params={"limit": 10_000})
        return found

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            with self._lines:
                if match := _ADDRESS.search(line):
                    setattr(self, match[1], match[2])
                self.log += line
                self._lines.notify_all()


class DeviceEnd:
    """The link of one device: sends envelopes, collects acks and notices."""

    def __init__(self, address: BrokerAddress) -> None:
        self.id = DeviceId(address.user)
        self.acks: list[Ack] = []
        self.notices: list[Notice] = []
        self._heard = threading.Condition()
        self._up = threading.Event()
        self._link = MqttLink(LinkSettings(address, client_id=address.user))
        self._link.subscribe(topics.ack(self.id))
        self._link.subscribe(topics.down(self.id))
        self._link.start(self)
        assert self._up.wait(10)

    def send(self, envelope: RawEnvelope) -> None:
        assert self._link.publish(topics.up(self.id), encode_envelope(envelope))

    def send_until_acked(self, envelope: RawEnvelope, seq: int) -> Ack:
        """As the agent does: again, until the hub has confirmed `seq`."""
        for _ in range(50):
            self.send(envelope)
            with self._heard:
                if self._heard.wait_for(lambda: any(ack.seq >= seq for ack in self.acks), 0.4):
                    return next(ack for ack in self.acks if ack.seq >= seq)
        msg = f"{seq} was never acked"
        raise AssertionError(msg)

    def wait_for_notice(self, version: int) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: any(notice.version >= version for notice in self.notices), 15)

    def close(self) -> None:
        self._link.stop()

    def on_connect(self) -> None:
        self._up.set()

    def on_disconnect(self, reason: LinkError) -> None:
        self._up.clear()

    def on_message(self, topic: str, payload: bytes) -> None:
        with self._heard:
            if topic == topics.ack(self.id):
                self.acks.append(decode(payload, Ack))
            else:
                self.notices.append(decode(payload, Notice))
            self._heard.notify_all()
