"""Runs in a process of its own: `python -m tests.unit.kiosk.store.child COMMAND PATH`."""

import sys
import time
from contextlib import closing
from pathlib import Path

from kiosk.store import SystemClock, open_store
from kiosk.store.database import Database, Place, Use
from tests.unit.kiosk.store.samples import DEVICE, PACK, SITE, SITE_KEY, scanned


def write(path: Path) -> None:
    """Record events one by one and tell each seq once it is durable, until killed."""
    with closing(open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=SystemClock())) as store:
        while True:
            (event,) = store.record([scanned()], PACK)
            print(event.seq, flush=True)


def hang(path: Path) -> None:
    """Write inside a transaction that never ends."""
    database = Database(Place(path, DEVICE, SITE, SystemClock()), Use.EVENTS)

    def work(connection: object) -> None:
        connection.execute("INSERT INTO outbox VALUES (999, X'00')")  # type: ignore[attr-defined]
        print("inside", flush=True)
        time.sleep(60)

    database.transaction(work)


def epoch(path: Path) -> None:
    """Open, write one event, tell the epoch."""
    with closing(open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=SystemClock())) as store:
        store.record([scanned()], PACK)
        print(store.epoch, flush=True)


if __name__ == "__main__":
    {"write": write, "hang": hang, "epoch": epoch}[sys.argv[1]](Path(sys.argv[2]))
