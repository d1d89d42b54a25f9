"""What is measured, in order: connecting, resting, events at several rates, a broker that dies, a day's backlog, a snapshot."""

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from kiosk.model.ids import DeviceId, HubVersion
from kiosk.store import SystemClock
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.inbox import Generation, Inbox
from sync.agent.downlink import Downlink
from sync.agent.hub import HubClient
from sync.agent.settings import HubTable
from tests.bench.figure import Figure, figures, percentile
from tests.bench.fleet.crew import Crew, memory_mb, processor_s
from tests.bench.fleet.folders import device_id, site_of
from tests.bench.fleet.ground import Ground, token_of
from tests.bench.fleet.worker import FILES_EACH, OTHER_FILES

_FEWEST_WORKERS = 2
VISIT = 5
"""Events that are written together: a scan, what came of it, and the answers."""
_REST_S = 20.0
_LOAD_S = 15.0
_CONNECT_S = 120.0
_SWITCHED_ON_A_SECOND = 200
_AWAY_S = 3.0
_BIN_S = 0.1
_BACKLOG_S = 300.0
_ACK_AIM_MS = 250.0
_BACKLOG_AIM_S = 120.0
_SNAPSHOT_AIM_S = 2.0


class Fleet:
    """A ground and a crew; whoever makes it ends it."""

    def __init__(self, folder: Path, apart: Path, devices: int) -> None:
        """`folder` is the centre's disk; `apart` stands for the devices' own, which are not one disk."""
        self.devices = devices
        self.ground = Ground(folder, devices)
        self.crew = Crew(devices, workers_for(devices), folder / "workers.log")
        self._folder = apart / "devices"
        self._data = folder / "hub"
        self._acked = 0

    def end(self) -> None:
        """Everything."""
        self.crew.end()
        self.ground.end()

    def connect(self) -> Iterator[Figure]:
        """Open all databases, connect all at once, and say what that takes."""
        opened = self.crew.open(self._folder, self.ground.port)
        bare = sum(each["before_mb"] for each in opened)
        begun, over_s = time.monotonic(), self.devices / _SWITCHED_ON_A_SECOND
        self.crew.ask("begin", over_s=over_s)
        states = self.crew.wait_for(self._all_settled, over_s + _CONNECT_S)
        took, settled = time.monotonic() - begun, _sum(states, "settled")
        memory = sum(each["memory_mb"] for each in states)
        yield Figure("fleet: processes that hold the devices", "count", len(self.crew.processes), "processes")
        yield Figure("fleet: connected and answered by the hub", "count", settled, "devices", self.devices)
        yield Figure(f"fleet: all of them, switched on over {over_s:.0f} s", "once", took, "s")
        each = (memory - bare) * 1000 / self.devices
        yield Figure("fleet: memory of a device (agent, link, databases), Python shared", "mean", each, "kB")

    def rest(self, seconds: float = _REST_S) -> Iterator[Figure]:
        """Nobody comes: what a fleet costs by being there."""
        costs, _ = self._costs(lambda: time.sleep(seconds))
        for who, share in costs.items():
            per = share / seconds * 1000 / self.devices * 1000
            yield Figure(f"fleet: resting, {who}'s processor, for 1,000 devices", "mean", per, "ms/s")
        for who, pid in self._pids().items():
            if who != "workers":
                yield Figure(f"fleet: memory of the {who}", "now", memory_mb(pid[0]), "MB")

    def load(self, rate: float, seconds: float = _LOAD_S) -> Iterator[Figure]:
        """Events at `rate` a second, spread over all devices."""
        share = rate / len(self.crew.processes)
        costs, _ = self._costs(lambda: self._write(share, seconds))
        acks = [ack for state in self.crew.ask("state", acks=True) for ack in state["acks"]]
        if not acks:
            raise RuntimeError("not one event was acked")
        first, last = min(ack[0] for ack in acks), max(ack[0] for ack in acks)
        events = sum(ack[2] for ack in acks)
        self._acked += events
        what = f"fleet: {rate:,.0f} events/s offered"
        yield Figure(f"{what}: acked", "rate", events / max(seconds, last - first), "events/s", rate, len(acks))
        waits = [ack[1] * 1000 for ack in acks]
        for rank in (50, 99):
            aim = _ACK_AIM_MS if rank > 50 else None
            value = percentile(waits, rank)
            yield Figure(f"{what}: written → acked", f"p{rank}", value, "ms", aim, len(waits))
        for who, spent in costs.items():
            yield Figure(f"{what}: {who}'s processor an event, resting included", "mean", spent / events * 1e6, "µs")

    def kept(self) -> Figure:
        """What the hub's database has become, for each of the events so far; the devices' own rows are in it."""
        size = sum(path.stat().st_size for path in self._data.glob("hub.db*"))
        return Figure("fleet: kept on the hub's disk, an event", "mean", size / self._acked, "bytes", None, self._acked)

    def lose_broker(self) -> Iterator[Figure]:
        """kill -9, up again after three seconds; how all come back."""
        self.crew.ask("state", dials=True)
        self.ground.kill_broker()
        time.sleep(_AWAY_S)
        self.ground.start_broker()
        begun = time.monotonic()
        states = self.crew.wait_for(self._all_settled, _CONNECT_S)
        back = time.monotonic() - begun
        found = self.crew.ask("state", dials=True)
        answered = sorted(at - begun for state in found for at in state["answered"])
        dials = [at - begun for state in found for at in state["dials"] if at >= begun]
        what = "fleet: broker killed and back after 3 s"
        yield Figure(f"{what}: connected and answered again", "count", _sum(states, "settled"), "devices", self.devices)
        yield Figure(f"{what}: all of them", "once", back, "s")
        if answered:
            yield Figure(f"{what}: half of them", "median", percentile(answered, 50), "s")
        yield Figure(f"{what}: tries in the busiest 100 ms", "most", busiest(dials), "tries", None, len(dials))

    def _write(self, rate: float, seconds: float) -> None:
        self.crew.ask("load", rate=rate, seconds=seconds, visit=VISIT)
        time.sleep(seconds)
        deadline = time.monotonic() + seconds + 20
        while sum(each["waiting"] for each in self.crew.ask("waiting")) and time.monotonic() < deadline:
            time.sleep(0.5)

    def _all_settled(self, states: list[dict[str, Any]]) -> bool:
        return _sum(states, "settled") == self.devices

    def _pids(self) -> dict[str, list[int]]:
        assert self.ground.broker is not None
        workers = [process.pid for process in self.crew.processes]
        return {"broker": [self.ground.broker.pid], "hub": [self.ground.hub.pid], "workers": workers}

    def _costs(self, work: Any) -> tuple[dict[str, float], float]:
        """Processor seconds that each used while `work` ran, and how long that took."""
        pids, begun = self._pids(), time.monotonic()
        before = {who: sum(map(processor_s, each)) for who, each in pids.items()}
        work()
        spent = {who: sum(map(processor_s, each)) - before[who] for who, each in pids.items()}
        return spent, time.monotonic() - begun


def backlog(folder: Path, apart: Path, devices: int, events: int) -> Iterator[Figure]:
    """A site that was cut off for a day: `events` in all wait on its devices when the network comes back."""
    ground = Ground(folder, devices, a_site=devices)
    crew = Crew(devices, 1, folder / "workers.log")
    try:
        crew.open(apart / "devices", ground.port, a_site=devices, megabytes=512)
        crew.ask("fill", events=events // devices)
        begun = time.monotonic()
        crew.ask("begin", over_s=0)
        deadline = begun + _BACKLOG_S
        while (left := _sum(crew.ask("waiting"), "waiting")) and time.monotonic() < deadline:
            time.sleep(0.2)
        took = time.monotonic() - begun
    finally:
        crew.end()
        ground.end()
    done = events // devices * devices - left
    aim = _BACKLOG_AIM_S * events / 1_000_000
    yield Figure(
        f"fleet: backlog of {events:,} events of a site with {devices} devices, acked", "count", done, "events"
    )
    yield Figure("fleet: that backlog", "once", took, "s", aim)
    yield Figure("fleet: that backlog", "rate", done / took, "events/s")


class _Noting(Inbox):
    """Notes when a snapshot is in use; old rows are swept out afterwards."""

    in_use_at = 0.0

    def finish_snapshot(self, generation: Generation, version: HubVersion) -> None:
        super().finish_snapshot(generation, version)
        self.in_use_at = time.perf_counter()


def snapshot(folder: Path, tickets: int, times: int = 3) -> Iterator[Figure]:
    """A device without data asks for all of it, over HTTP, and turns to it."""
    ground = Ground(folder, 1, a_site=1, tickets=tickets)
    try:
        took = [_fetch(folder / f"new-{turn}", ground, tickets) for turn in range(times)]
    finally:
        ground.end()
    yield from figures(
        f"fleet: snapshot of {tickets:,} tickets, asked → in use", took, "s", {"median": _SNAPSHOT_AIM_S}
    )


def _fetch(data: Path, ground: Ground, tickets: int) -> float:
    place = Place(data / "opas.db", DeviceId(device_id(0)), site_of(0, 1), SystemClock())
    client = HubClient(HubTable(f"http://127.0.0.1:{ground.listen}", token_of(0)), data)
    with closing(AgentStore(place)) as store:
        inbox = _Noting(store._downlink)  # noqa: SLF001 - the same connection, with a note of the time
        begun = time.perf_counter()
        Downlink(inbox, client, place.site, lambda _fetched: None).fetch()
        held = store._downlink.read(lambda connection: connection.execute("SELECT COUNT(*) FROM record").fetchone()[0])  # noqa: SLF001
    client.close()
    # The site's own keys come with them.
    if held < tickets:
        raise RuntimeError(f"{held} of {tickets} tickets have arrived")
    return inbox.in_use_at - begun


def workers_for(devices: int) -> int:
    """As few processes as may have the open files of so many devices."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(_FEWEST_WORKERS, -(-devices * FILES_EACH // (allowed - OTHER_FILES)))


def busiest(times: Sequence[float]) -> int:
    """How many of these moments fall into the fullest 100 ms."""
    bins: dict[int, int] = {}
    for at in times:
        bins[int(at / _BIN_S)] = bins.get(int(at / _BIN_S), 0) + 1
    return max(bins.values(), default=0)


def _sum(states: list[dict[str, Any]], key: str) -> int:
    return sum(int(state[key]) for state in states)
