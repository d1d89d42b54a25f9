"""Events into the hub's SQLite and PostgreSQL, from compressed envelopes to acks, against bare executemany of the same rows.

Each envelope is one message over a link that is only a function call; whatever waits is committed together, durably.
"""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kiosk.model.code import Symbology
from kiosk.model.event import CodeScanned, Event
from kiosk.model.ids import (
    DeviceId,
    DurationMs,
    Epoch,
    EpochMs,
    EventId,
    MonotonicMs,
    PackVersion,
    ScanId,
    Seq,
    SiteId,
)
from kiosk.model.outcome import Outcome
from sync.hub.clock import SystemClock
from sync.hub.ingest import Ingest
from sync.hub.intake import Arrival, Taken, take_in
from sync.hub.sound import read_run
from sync.hub.store.interface import HubStore
from sync.hub.store.opening import open_hub_store
from sync.hub.store.rows import Device, Site
from sync.wire import topics
from sync.wire.codec import decode_envelope, encode_envelope, encode_event
from sync.wire.messages import WIRE_VERSION, Envelope
from tests.bench.figure import Figure, figures
from tests.postgresql import Cluster

DEVICES = 20
EVENTS = 100
ENVELOPES = 10
SINGLES = 300
_DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "128MB"}
_PATIENCE_S = 120.0
_SITE = SiteId("bench")


def run() -> Iterator[Figure]:
    """Throughput in envelopes of 100, what one event alone takes from arrival to ack, and the bare database."""
    total = DEVICES * ENVELOPES * EVENTS
    with tempfile.TemporaryDirectory() as folder:
        bare = total / _bare_seconds(Path(folder) / "bare.db", total)
    with tempfile.TemporaryDirectory() as folder:
        hub = _Hub(Path(folder), "")
        rate = total / hub.take_all(_messages())
        samples = [hub.take_one(seq) for seq in range(1, SINGLES + 1)]
        hub.close()
    central, settings = postgresql_rate(), ", ".join(f"{name}={value}" for name, value in _DURABLE.items())
    yield Figure("hub: bare executemany, 100 rows a durable commit", "rate", bare, "events/s", count=total)
    yield Figure("hub: envelopes of 100 to commits and acks", "rate", rate, "events/s", bare, total)
    yield Figure(f"hub: the same into PostgreSQL ({settings})", "rate", central, "events/s", count=total)
    yield from figures("hub: one event, arrival to ack after its commit", samples, "ms")


class _Hub:
    """A store and an ingest, and the time until the acks are out."""

    def __init__(self, data: Path, database: str) -> None:
        clock = SystemClock()
        self._store = open_hub_store(data, database, clock)
        with self._store.writing() as writing:
            writing.put_site(Site(_SITE, "Bench", bytes(32)))
            for number in range(DEVICES + 1):
                writing.put_device(Device(_device(number), _SITE, "kiosk", "Kiosk"), f"hash {number}")
        self._kept = 0
        self._due = threading.Condition()
        self._ingest = Ingest(self._store, clock, lambda _topic, _payload: None, self._taken)
        self._ingest.start()

    def take_all(self, messages: Sequence[tuple[str, bytes]]) -> float:
        """Seconds until every event is acked."""
        began = time.perf_counter()
        for topic, payload in messages:
            self._ingest.receive(topic, payload)
        self._wait_for(DEVICES * ENVELOPES * EVENTS)
        return time.perf_counter() - began

    def take_one(self, seq: int) -> float:
        """Milliseconds until one event is acked."""
        payload = encode_envelope(_envelope(seq, 1))
        goal = self._kept + 1
        began = time.perf_counter()
        self._ingest.receive(topics.up(_device(DEVICES)), payload)
        self._wait_for(goal)
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        """Stop and let go."""
        self._ingest.stop()
        self._store.close()

    def _wait_for(self, kept: int) -> None:
        with self._due:
            if not self._due.wait_for(lambda: self._kept >= kept, _PATIENCE_S):
                msg = f"the hub took {self._kept} of {kept} events in {_PATIENCE_S:.0f} s"
                raise TimeoutError(msg)

    def _taken(self, taken: Taken) -> None:
        with self._due:
            self._kept += taken.kept
            self._due.notify_all()


def postgresql_rate() -> float:
    """Events a second into a PostgreSQL server of its own, on this machine's disk and durable like any other."""
    cluster = Cluster(_DURABLE)
    try:
        with tempfile.TemporaryDirectory() as folder:
            hub = _Hub(Path(folder), cluster.fresh())
            seconds = hub.take_all(_messages())
            hub.close()
        return DEVICES * ENVELOPES * EVENTS / seconds
    finally:
        cluster.end()


def a_filled_store(store: HubStore, first: Seq, count: int) -> None:
    """Take `count` events of one device in, numbered from `first`, by way of the real intake."""
    with store.writing() as writing:
        writing.put_site(Site(_SITE, "Bench", bytes(32)))
        writing.put_device(Device(_device(0), _SITE, "kiosk", "Kiosk"), "hash 0")
    message = decode_envelope(encode_envelope(_envelope(first, count)))
    with store.writing() as writing:
        take_in(writing, [Arrival(_device(0), EpochMs(1), read_run(message))], SystemClock())


def _device(number: int) -> DeviceId:
    return DeviceId(f"bench-kiosk-{number}")


def _event(seq: int) -> Event:
    body = CodeScanned(ScanId(f"{seq:032x}"), Outcome.ADMITTED, Symbology.QR, "zxing", DurationMs(7))
    at = EpochMs(1_790_000_000_000 + seq)
    return Event(EventId(f"{seq:032x}"), Seq(seq), at, MonotonicMs(seq), "0badb007", PackVersion("bench-1"), body)


def _envelope(first: int, count: int) -> Envelope:
    return Envelope(WIRE_VERSION, Epoch("bench-epoch"), Seq(first), tuple(map(_event, range(first, first + count))))


def _messages() -> list[tuple[str, bytes]]:
    payloads = [encode_envelope(_envelope(number * EVENTS + 1, EVENTS)) for number in range(ENVELOPES)]
    return [(topics.up(_device(device)), payload) for payload in payloads for device in range(DEVICES)]


def _bare_seconds(path: Path, total: int) -> float:
    """What SQLite alone needs for the same bodies, with the same durability."""
    rows = [(number, f"{number:032x}", encode_event(_event(number))) for number in range(1, total + 1)]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT, body BLOB)")
    began = time.perf_counter()
    for first in range(0, total, EVENTS):
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO events VALUES (?, ?, ?)", rows[first : first + EVENTS])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
