"""`python -m tests.bench.fleet.worker`: one process with many devices in one loop, told what to do line by line on stdin.

Every order is a JSON object; each is answered by one on stdout. It ends with its stdin.
"""

import gc
import heapq
import json
import os
import random
import resource
import select
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from tests.bench.fleet import folders
from tests.bench.fleet.device import SimulatedDevice
from tests.bench.sync.sample import bodies

_LONGEST_S = 0.5
_READ_S = 0.05
FILES_EACH = 10
"""Open files of a device: a socket, a lock, and three connections to its database."""
OTHER_FILES = 200


class Worker:
    """The loop. `_load` is what is written while it is not None: when the next visit is due, and what comes of it."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._stdin = sys.stdin.fileno()
        os.set_blocking(self._stdin, False)
        self._poll.register(self._stdin, select.EPOLLIN)
        self._told = b""
        self._devices: list[SimulatedDevice] = []
        self._of_handle: dict[int, SimulatedDevice] = {}
        self._due: list[tuple[float, int]] = []
        self._planned: list[float] = []
        self._visit_s = 0.0
        self._visit = 1
        self._next_visit = float("inf")
        self._load_ends = 0.0
        self._drawn = random.Random(os.getpid())
        self._bodies = bodies(os.getpid())
        self._orders: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "open": self._open,
            "begin": self._begin,
            "load": self._begin_load,
            "state": self._state,
            "fill": self._fill,
            "waiting": self._waiting,
        }

    def run(self) -> None:
        """Until stdin ends."""
        while True:
            ready = self._poll.poll(self._pause_s())
            for handle, _ in ready:
                if handle == self._stdin:
                    if not self._listen():
                        return
                elif (device := self._of_handle.get(handle)) is not None:
                    device.link.read()
                    self._after(device)
            self._tick()

    def _pause_s(self) -> float:
        first = min(self._due[0][0] if self._due else float("inf"), self._next_visit)
        return min(_LONGEST_S, max(0.0, first - time.monotonic()))

    def _tick(self) -> None:
        now = time.monotonic()
        until = now + _READ_S
        while self._due and self._due[0][0] <= now and time.monotonic() < until:
            due, number = heapq.heappop(self._due)
            if due != self._planned[number]:
                continue
            device = self._devices[number]
            self._planned[number] = float("inf")
            if device.link.due <= now:
                device.link.tick()
            self._after(device)
        while self._next_visit <= time.monotonic() < until:
            self._write_one()

    def _after(self, device: SimulatedDevice) -> None:
        """Let it work, and plan when it is due again."""
        due = device.work()
        if device.link.handle >= 0:
            self._of_handle[device.link.handle] = device
        number = device.place_in_worker
        if due < self._planned[number] or self._planned[number] == float("inf"):
            self._planned[number] = due
            heapq.heappush(self._due, (due, number))

    def _write_one(self) -> None:
        device = self._drawn.choice(self._devices)
        device.record(tuple(islice(self._bodies, self._visit)))
        self._after(device)
        self._next_visit += self._visit_s
        if self._next_visit > self._load_ends:
            self._next_visit = float("inf")

    def _listen(self) -> bool:
        piece = os.read(self._stdin, 65_536)
        if not piece:
            return False
        *lines, self._told = (self._told + piece).split(b"\n")
        for line in lines:
            order = json.loads(line)
            print(json.dumps(self._orders[order["do"]](order)), flush=True)
        return True

    def _open(self, order: dict[str, Any]) -> dict[str, Any]:
        """Build and open the devices; how much memory each takes."""
        folder, numbers = Path(order["folder"]), range(order["first"], order["last"])
        raise_limit(len(numbers) * FILES_EACH)
        a_site, megabytes = order.get("a_site", folders.A_SITE), order.get("megabytes", folders.MEGABYTES)
        folders.make(folder, numbers, a_site)
        gc.collect()
        before = resident_mb()
        for place, number in enumerate(numbers):
            device = SimulatedDevice(folders.place_of(folder, number, a_site, megabytes), order["port"], self._poll)
            device.place_in_worker = place
            self._devices.append(device)
            self._planned.append(float("inf"))
        # What lives as long as the process need not be looked through again and again.
        gc.collect()
        gc.freeze()
        return {"devices": len(self._devices), "before_mb": before, "after_mb": resident_mb()}

    def _begin(self, order: dict[str, Any]) -> dict[str, Any]:
        """Connect them all, evenly over `over_s` seconds."""
        pause = order["over_s"] / len(self._devices)
        for device in self._devices:
            device.agent.begin()
            device.link.due += pause * device.place_in_worker
            self._planned[device.place_in_worker] = device.link.due
            heapq.heappush(self._due, (device.link.due, device.place_in_worker))
        return {}

    def _begin_load(self, order: dict[str, Any]) -> dict[str, Any]:
        """From now on write `rate` events a second for `seconds`, `visit` of them together, each time on another device."""
        for device in self._devices:
            device.acked.clear()
        self._visit = order["visit"]
        self._visit_s = self._visit / order["rate"]
        self._next_visit = time.monotonic()
        self._load_ends = self._next_visit + order["seconds"]
        return {}

    def _fill(self, order: dict[str, Any]) -> dict[str, Any]:
        """Write `events` on each device at once, in pieces of 500, unconnected."""
        for device in self._devices:
            for _ in range(0, order["events"], 500):
                device.record(tuple(islice(self._bodies, 500)))
        return {}

    def _waiting(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"waiting": sum(device.store.outbox.waiting() for device in self._devices)}

    def _state(self, order: dict[str, Any]) -> dict[str, Any]:
        """What there is to know: `acks` asks for every ack since the load began, `dials` for every try since then."""
        found: dict[str, Any] = {
            "up": sum(device.link.up for device in self._devices),
            "settled": sum(device.settled for device in self._devices),
            "memory_mb": resident_mb(),
            "now": time.monotonic(),
        }
        if order.get("acks"):
            found["acks"] = [ack for device in self._devices for ack in device.acked]
        if order.get("dials"):
            found["dials"] = [at for device in self._devices for at in device.link.dials]
            found["answered"] = [device.answered_at for device in self._devices if device.settled]
            for device in self._devices:
                device.link.dials.clear()
        return found


def raise_limit(files: int) -> None:
    """Let this process open so many files. Raises `SystemExit` that says what to do where it may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, files + OTHER_FILES)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError) as error:
        msg = f"{wanted:,} open files are needed and {hard:,} allowed: raise `ulimit -Hn`, or take fewer devices"
        raise SystemExit(msg) from error


def resident_mb() -> float:
    """Memory of this process alone, what it shares with others counted in part."""
    line = next(line for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) * 1024 / 1_000_000


if __name__ == "__main__":
    Worker().run()
