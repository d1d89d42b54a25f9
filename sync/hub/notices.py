"""Tells devices that there is something to fetch: soon after each change at their site, and regularly as a heartbeat."""

import logging
import secrets
import threading
import time
from collections.abc import Iterable

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, SiteId
from sync.hub.errors import DataError
from sync.hub.ingest import Publish
from sync.hub.store.interface import HubStore, Reading
from sync.wire import topics
from sync.wire.codec import encode
from sync.wire.messages import Notice

_GATHER_S = 0.02
"""A change rarely comes alone; devices are told once for all that come this close together."""
HEARTBEAT_S = 10.0
_PARTS = 20
"""The sites have their heartbeats in so many turns, so that a fleet's acks never wait behind all of its notices."""
_log = logging.getLogger(__name__)


class Notifier:
    """Sends notices on its own thread. A lost one is made good by the next heartbeat."""

    def __init__(self, store: HubStore, clock: Clock, publish: Publish, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._store = store
        self._clock = clock
        self._publish = publish
        self._heartbeat_s = heartbeat_s
        self.run = secrets.token_hex(4)
        """The name of this process in its notices."""
        self._due = threading.Event()
        self._lock = threading.Lock()
        self._sites: set[SiteId] = set()
        self._devices: set[tuple[SiteId, DeviceId]] = set()
        self._everyone = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def changed(self, sites: Iterable[SiteId]) -> None:
        """The data or content of these sites changed."""
        with self._lock:
            self._sites.update(sites)
        self._due.set()

    def greet(self, site: SiteId, device: DeviceId) -> None:
        """This device has just come and wants to know where the hub stands."""
        with self._lock:
            self._devices.add((site, device))
        self._due.set()

    def call_all(self) -> None:
        """The hub is back at the broker: nobody shall wait for the next heartbeat to know it."""
        with self._lock:
            self._everyone = True
        self._due.set()

    def stop(self) -> None:
        """End at once; devices ask again when they connect."""
        self._stopping.set()
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        pause, part = self._heartbeat_s / _PARTS, 0
        next_beat = time.monotonic() + pause
        while not self._stopping.is_set():
            if self._due.wait(max(0.0, next_beat - time.monotonic())):
                self._stopping.wait(_GATHER_S)
            self._due.clear()
            beat = time.monotonic() >= next_beat
            if beat:
                next_beat, part = time.monotonic() + pause, (part + 1) % _PARTS
            try:
                with self._store.reading() as reading:
                    self._tell(reading, part if beat else None)
            except DataError as error:
                _log.warning("devices were not told of changes: %s", error.what)

    def _tell(self, reading: Reading, part: int | None) -> None:
        with self._lock:
            sites, devices, everyone = self._sites, self._devices, self._everyone
            self._sites, self._devices, self._everyone = set(), set(), False
        if everyone or part is not None:
            turns = enumerate(reading.sites())
            sites = sites | {site.id for turn, site in turns if everyone or turn % _PARTS == part}
        told = {site: set(reading.devices_at(site)) for site in sites}
        for site, device in devices:
            told.setdefault(site, set()).add(device)
        for site, those in told.items():
            if not those:
                continue
            notice = self._notice(reading, site)
            for device in sorted(those):
                self._publish(topics.down(device), notice)

    def _notice(self, reading: Reading, site: SiteId) -> bytes:
        known = reading.site(site)
        if known is None:
            msg = f"site {site} has devices but is not there"
            raise LookupError(msg)
        return encode(Notice(known.version, known.pack, self._clock.now().wall_ms, self.run))
