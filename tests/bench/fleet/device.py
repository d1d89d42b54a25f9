"""One simulated device: the store, the agent and the link of production; only the loop around them is another."""

import random
import select
import time
from collections import deque
from collections.abc import Sequence

from kiosk.errors import LinkError
from kiosk.model.event import EventBody
from kiosk.model.ids import DeviceId, HubVersion, PackVersion
from kiosk.store import SystemClock
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Database, Place, Use
from kiosk.store.journal import entry_of
from kiosk.store.packs import StoredPack
from kiosk.store.recording import Recorder
from sync.agent.agent import Agent
from sync.agent.heartbeat import last_will
from sync.agent.surroundings import Surroundings
from sync.link import BrokerAddress, LinkSettings
from sync.wire import topics
from sync.wire.codec import decode
from sync.wire.messages import Ack, Changes
from tests.bench.fleet.looped import LoopedLink
from tests.bench.sync.sample import PACK

_KEEP_MS = 7 * 86_400_000
_RETRY_MAX_S = 30.0
"""As for any broker that is not on the device's own machine."""


class SimulatedDevice:
    """The database at `place` is there already."""

    def __init__(self, place: Place, port: int, poll: select.epoll) -> None:
        self._place = place
        self._ack = topics.ack(place.device)
        self.store = AgentStore(place)
        address = BrokerAddress("127.0.0.1", port, place.device, password_of(place.device))
        settings = LinkSettings(address, place.device, last_will(place.device), retry_max_s=_RETRY_MAX_S)
        self.link = LoopedLink(settings, poll, self._told)
        clock = SystemClock()
        around = Surroundings(place.device, place.site, "gate", "bench", self.link, clock, random.random)
        self.agent = Agent(self.store, _NoHub(), around, _KEEP_MS)
        self._clock = clock
        self._app: Recorder | None = None
        self._under_way: deque[tuple[int, float]] = deque()
        self.answered_at: float | None = None
        """Since when, in this connection, the hub is known to be there."""
        self.acked: list[tuple[float, float, int]] = []
        """When an entry's ack came, how long after its writing, and how many events it held."""
        self._written = 0
        self.place_in_worker = 0

    def record(self, bodies: Sequence[EventBody]) -> None:
        """What an app does when somebody has come: write it durably, ring the bell."""
        if self._app is None:
            self._app = Recorder(Database(self._place, Use.EVENTS))
        events = self._app.record(entry_of(bodies, self._clock.now(), PACK))
        if events:
            self._under_way.append((events[-1].seq, time.monotonic()))
        self.agent.ring()

    def work(self) -> float:
        """Do all that waits; when, on the monotonic clock, something is due next."""
        while self.agent.turn(0.0):
            # What it has published goes out, and a connection that is over is more work.
            self.link.settle()
        self.link.settle()
        return min(self.link.due, time.monotonic() + self.agent.pause_s())

    def _told(self, link: LoopedLink, topic: str, payload: bytes) -> None:
        if not topic:
            self.answered_at = None
        elif topic == self._ack:
            now = time.monotonic()
            if self.answered_at is None:
                self.answered_at = now
            seq = decode(payload, Ack).seq
            while self._under_way and self._under_way[0][0] <= seq:
                last, begun = self._under_way.popleft()
                self.acked.append((now, now - begun, last - self._written))
                self._written = last

    @property
    def settled(self) -> bool:
        """Connected, and answered by the hub since."""
        return self.link.up and self.answered_at is not None


class _NoHub:
    """The downlink's thread is not started here: nothing asks over HTTP."""

    def changes(self, since: HubVersion) -> Changes:
        raise LinkError("no hub", "")

    def pack(self, version: PackVersion) -> StoredPack:
        raise LinkError("no hub", "")


def password_of(device: DeviceId) -> str:
    return f"secret-of-{device}"
