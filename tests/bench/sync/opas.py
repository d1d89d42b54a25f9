"""Opas's side: the app's store, the real agent, a real mosquitto and a real hub, each as in daily work."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from kiosk.model.ids import Epoch, Seq
from kiosk.store import SystemClock
from kiosk.store.database import Database, Place, Use
from kiosk.store.outbox import Outbox
from sync.wire.codec import encode_envelope
from sync.wire.messages import WIRE_VERSION, Envelope
from tests.bench.sync.sample import PACK, bodies, events
from tests.bench.sync.writer import DEVICE, MEGABYTES, SITE, opened
from tests.integration.hub.running import RunningHub
from tests.integration.sync.broker import SECRETS, Broker

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
_GROUP = 100
_FILL = 500
_LOOK_S = 0.002
_PATIENCE_S = 300.0
_MS = 1_000


class Scene:
    """A broker, a hub and one device whose agent runs when it is told to. The folder is on the disk, not in memory."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.data = folder / "device"
        self.data.mkdir(parents=True)
        self._broker = Broker(folder / "broker")
        self._broker.start()
        self.hub = RunningHub(folder / "hub", self._broker.port, database=database)
        self.hub.start()
        self._config = folder / "device.toml"
        self._config.write_text(
            _CONFIG.format(
                device=DEVICE,
                site=SITE,
                data=self.data,
                url=self.hub.devices,
                token=self.hub.make_device(DEVICE, SITE),
                port=self._broker.port,
                password=SECRETS[DEVICE],
            )
        )
        self._agent: subprocess.Popen[bytes] | None = None

    def start_agent(self) -> None:
        command = [sys.executable, "-m", "sync.agent", "--config", str(self._config)]
        self._agent = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        if self._agent is not None:
            self._agent.terminate()
            self._agent.wait()
        self.hub.close()
        self._broker.end()


@contextmanager
def scene(folder: Path, database: str = "") -> Iterator[Scene]:
    made = Scene(folder, database)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def enqueue(folder: Path, singles: int = 1_000, groups: int = 100) -> tuple[list[float], list[float]]:
    """Milliseconds of a single durable event, and of one where a hundred are written together."""
    with closing(opened(folder)) as store:
        drawn = bodies(1)
        one, many = [], []
        for turn in range(singles):
            body = (next(drawn),)
            begun = time.perf_counter()
            store.record(body, PACK)
            one.append((time.perf_counter() - begun) * _MS)
            if turn % (singles // groups) == 0:
                # In turns, so that a disk that is slow for a while is slow for both.
                group = tuple(islice(drawn, _GROUP))
                begun = time.perf_counter()
                store.record(group, PACK)
                many.append((time.perf_counter() - begun) * _MS / _GROUP)
    return one, many


def flushes(folder: Path, count: int = 300) -> list[float]:
    """Milliseconds that this disk takes to flush one page: the least that a durable commit can take."""
    samples = []
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _ in range(count):
            begun = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            samples.append((time.perf_counter() - begun) * _MS)
    return samples


def fill(folder: Path, count: int, seed: int = 1) -> None:
    """Write `count` events into the outbox of an app whose agent does not run."""
    with closing(opened(folder)) as store:
        drawn = bodies(seed)
        for first in range(0, count, _FILL):
            store.record(tuple(islice(drawn, min(_FILL, count - first))), PACK)


def drain(folder: Path, count: int, database: str = "") -> float:
    """Events a second, from the agent's first answer to the last, each of which says that the hub has committed."""
    with scene(folder, database) as made:
        fill(made.data, count)
        made.start_agent()
        begun, first = _until(made.data, 1)
        ended, last = _until(made.data, count)
        held = made.hub.admin("GET", "/v1/state")["counts"]["events"]
        if held != count:
            raise RuntimeError(f"the hub holds {held} of {count} events")
        return (last - first) / (ended - begun)


def latencies(folder: Path, count: int, rate: float) -> list[float]:
    """Milliseconds from an event's creation to its commit at the hub, one by one at `rate` a second."""
    with scene(folder) as made:
        fill(made.data, 1)
        made.start_agent()
        _until(made.data, 1)
        with closing(opened(made.data)) as store:
            for body in islice(bodies(2), count):
                store.record((body,), PACK)
                time.sleep(1 / rate)
        _until(made.data, count + 1)
        return [event["committed_at"] - event["at"] for event in made.hub.events() if event["seq"] > 1]


def bytes_an_event(size: int) -> float:
    """Of an envelope of `size` events as it is published, its topic left out."""
    return len(encode_envelope(Envelope(WIRE_VERSION, Epoch("0badcafe0badcafe"), Seq(1), tuple(events(size))))) / size


def _until(data: Path, seq: int) -> tuple[float, int]:
    """When the hub had confirmed `seq` events, and how many they were then."""
    deadline = time.monotonic() + _PATIENCE_S
    place = Place(data / "opas.db", DEVICE, SITE, SystemClock(), MEGABYTES)
    with closing(Database(place, Use.UPKEEP)) as database:
        outbox = Outbox(database)
        while (acked := outbox.marks().acked) < seq:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{acked} of {seq} events were confirmed in {_PATIENCE_S:.0f} s")
            time.sleep(_LOOK_S)
    return time.perf_counter(), acked
