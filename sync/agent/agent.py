"""Puts the agent's parts together and runs them: one thread for everything quick, one for the hub's long answers."""

import logging
import queue
import threading
from collections.abc import Callable

from kiosk.errors import LinkError, StoreError
from kiosk.store.agentside import AgentStore
from sync.agent.claims import SiteClaims
from sync.agent.downlink import Downlink, Fetched, Hub
from sync.agent.heartbeat import Heartbeat
from sync.agent.surroundings import Surroundings
from sync.agent.uplink import Uplink
from sync.agent.watch import Watch
from sync.wire import topics
from sync.wire.codec import WireError, decode
from sync.wire.messages import Ack, Notice

_FREE_EVERY_MS = 60_000
_FREE_TURNS = 20
_IDLE_S = 60.0
_AFTER_TROUBLE_S = 1.0
_DOWNLINK_GOODBYE_S = 1.5
_log = logging.getLogger(__name__)


class Agent:
    """Everything here but `stop` and what the link, the doorbell and the downlink call runs in the thread of `run`.

    Those only put a piece of work into the queue that `run` empties.
    """

    def __init__(self, store: AgentStore, hub: Hub, around: Surroundings, keep_ms: int) -> None:
        """`keep_ms` is how long confirmed events stay on the device."""
        self._store = store
        self._around = around
        self._keep_ms = keep_ms
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._rung = threading.Event()
        self._stopped = False
        self._told_trouble = ""
        self._free_at = 0
        self._uplink = Uplink(store.outbox, around)
        self._heartbeat = Heartbeat(store.outbox, store.link, around)
        self._claims = SiteClaims(store.claims, store.wishes, around)
        self._watch = Watch(store.link, around.clock)
        self._downlink = Downlink(store.inbox, hub, around.site, self._on_fetched)

    def run(self) -> None:
        """Work until `stop`."""
        bell = self._store.doorbell(self.ring)
        self.begin()
        self._downlink.start()
        try:
            while not self._stopped:
                self.turn(self.pause_s())
        finally:
            self.end()
            self._downlink.stop(_DOWNLINK_GOODBYE_S)
            bell.close()

    def begin(self) -> None:
        """Ask for what is meant for this device and connect. With `turn` and `end` it is `run` in somebody else's loop."""
        link = self._around.link
        link.subscribe(topics.ack(self._around.device))
        link.subscribe(topics.down(self._around.device))
        link.subscribe(topics.claims(self._around.site))
        link.start(self)

    def turn(self, wait_s: float) -> bool:
        """Do one piece of work, waiting so long for it, and what is due by the clock; whether there was any."""
        try:
            work = self._work.get(timeout=wait_s) if wait_s else self._work.get_nowait()
        except queue.Empty:
            work = None
        if work is not None:
            self._guarded(work)
        self._guarded(self._tick)
        return work is not None

    def end(self) -> None:
        """Say goodbye and disconnect."""
        self._guarded(self._heartbeat.say_goodbye)
        self._around.link.stop()
        self._guarded(self._watch.on_disconnect)

    @property
    def hears_hub(self) -> bool:
        """Whether the hub is heard now; from any thread."""
        return self._watch.hub_now() is not None

    def stop(self) -> None:
        """End `run` soon; from any thread or a signal's handler."""
        self._work.put(self._end)

    def on_connect(self) -> None:
        """See `Listener`."""
        self._work.put(self._connected)

    def on_disconnect(self, reason: LinkError) -> None:  # noqa: ARG002 - the link has logged it
        """See `Listener`."""
        self._work.put(self._disconnected)

    def on_other_way(self) -> None:
        """What is for the hub goes another way from now on, and the site's claims don't; from any thread."""
        self._work.put(self._agree_with_hub)

    def on_message(self, topic: str, payload: bytes) -> None:
        """See `Listener`."""
        self._work.put(lambda: self._take(topic, payload))

    def ring(self) -> None:
        """The app has written something; from any thread."""
        # One piece of work stands for any number of rings.
        if not self._rung.is_set():
            self._rung.set()
            self._work.put(self._answer_bell)

    def _on_fetched(self, fetched: Fetched) -> None:
        self._work.put(lambda: self._fetched(fetched))

    def pause_s(self) -> float:
        """Until something is due, if nothing happens before."""
        times = [part.deadline for part in (self._uplink, self._heartbeat, self._claims, self._watch)]
        next_ms = min((time for time in times if time is not None), default=None)
        if next_ms is None:
            return _IDLE_S
        pause = max(0.0, (next_ms - self._around.clock.now().mono_ms) / 1000)
        # While the database refuses, what is due stays due: look again at a walking pace.
        return max(pause, _AFTER_TROUBLE_S) if self._told_trouble else min(pause, _IDLE_S)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Trouble with the database is told once and waited out; what was missed is sent or fetched again."""
        try:
            work()
        except StoreError as trouble:
            if trouble.what != self._told_trouble:
                self._told_trouble = trouble.what
                _log.error("%s", trouble)

    def _tick(self) -> None:
        if self._told_trouble:
            self._store.link.probe(self._around.clock.now())
            self._told_trouble = ""
            _log.info("the database can be used again")
        self._uplink.tick()
        self._heartbeat.tick()
        self._claims.tick()
        self._watch.tick()
        self._free_some()

    def _free_some(self) -> None:
        now = self._around.clock.now().mono_ms
        hub_now = self._watch.hub_now()
        if hub_now is None or now < self._free_at:
            return
        self._free_at = now + _FREE_EVERY_MS
        self._store.outbox.hold_room()
        for _ in range(_FREE_TURNS):
            if not self._store.outbox.free(hub_now, self._keep_ms):
                return

    def _connected(self) -> None:
        self._claims.on_connect()
        self._agree_with_hub()

    def _agree_with_hub(self) -> None:
        """Where to go on; what was under way may be lost."""
        self._uplink.on_connect()
        self._heartbeat.on_connect()
        self._downlink.want()

    def _disconnected(self) -> None:
        self._claims.on_disconnect()
        self._uplink.on_disconnect()
        self._heartbeat.on_disconnect()
        self._watch.on_disconnect()

    def _answer_bell(self) -> None:
        self._rung.clear()
        # The other gates first: somebody may stand there already.
        self._claims.on_doorbell()
        self._uplink.on_doorbell()
        self._heartbeat.on_change()

    def _fetched(self, fetched: Fetched) -> None:
        self._watch.on_fetched(fetched.version)
        self._heartbeat.on_change()

    def _take(self, topic: str, payload: bytes) -> None:
        try:
            if topic == topics.ack(self._around.device):
                self._uplink.on_ack(decode(payload, Ack))
                self._claims.on_ack()
            elif topic == topics.claims(self._around.site):
                self._claims.on_message(payload)
            elif topic == topics.down(self._around.device):
                self._notice(decode(payload, Notice))
        except WireError as error:
            _log.warning("a message that can't be read was left out: %s", error)

    def _notice(self, notice: Notice) -> None:
        behind = self._watch.on_notice(notice, self._store.outbox.cursor())
        if behind or (notice.pack is not None and self._store.link.lacks_pack(notice.pack)):
            self._downlink.want()
        self._uplink.on_hub_heard(notice.run)

    def _end(self) -> None:
        self._stopped = True
