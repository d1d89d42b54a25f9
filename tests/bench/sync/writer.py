"""`python -m tests.bench.sync.writer write|count FOLDER EVENTS PAUSE_S`: an app that writes single events, each durably.

It prints how many were accepted, as they are; `count` tells how many of them the outbox holds when it is opened again.
"""

import contextlib
import json
import sys
import time
from itertools import islice
from pathlib import Path

import msgspec

from kiosk.errors import StoreFull
from kiosk.model.event import Event, EventsDropped
from kiosk.model.ids import DeviceId, Seq, SiteId
from kiosk.store import DeviceStore, SystemClock, open_store
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from tests.bench.sync.sample import PACK, bodies

DEVICE, SITE = DeviceId("desk-1"), SiteId("harbour")
MEGABYTES = 512
_ALL = 10_000_000


def opened(folder: Path) -> DeviceStore:
    """The app's end of the database in `folder`."""
    return open_store(
        folder / "opas.db",
        device=DEVICE,
        site=SITE,
        site_key=bytes(32),
        clock=SystemClock(),
        max_megabytes=MEGABYTES,
    )


def write(folder: Path, events: int, pause_s: float) -> int:
    """How many were accepted."""
    store, accepted = opened(folder), 0
    for body in islice(bodies(1), events):
        with contextlib.suppress(StoreFull):
            accepted += len(store.record((body,), PACK))
            sys.stdout.write(f"{accepted}\n")
            sys.stdout.flush()
        time.sleep(pause_s)
    return accepted


def count(folder: Path) -> tuple[int, int]:
    """How many events the outbox holds, and how many it tells to have dropped."""
    store = AgentStore(Place(folder / "opas.db", DEVICE, SITE, SystemClock(), MEGABYTES))
    found = [msgspec.json.decode(each.body, type=Event).body for each in store.outbox.after(Seq(0), _ALL)]
    store.close()
    dropped = [body.count for body in found if isinstance(body, EventsDropped)]
    return len(found) - len(dropped), sum(dropped)


if __name__ == "__main__":
    what, where, many, rest = sys.argv[1:]
    if what == "write":
        print(json.dumps({"accepted": write(Path(where), int(many), float(rest))}), flush=True)
    else:
        held, told = count(Path(where))
        print(json.dumps({"found": held, "told": told}), flush=True)
