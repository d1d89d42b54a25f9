"""Runs in a process of its own, on a small disk that is its alone: `... python -m tests.unit.kiosk.store.fulldisk FOLDER`."""

import errno
import sys
from contextlib import closing
from pathlib import Path

import msgspec

from kiosk.model.event import Event, EventsDropped
from kiosk.model.ids import EpochMs, HubVersion, Seq
from kiosk.store import open_store
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from tests.fakes.clock import FakeClock
from tests.unit.kiosk.store.samples import DEVICE, HELP, PACK, SITE, SITE_KEY, scanned

_MEGABYTES = 128


class Found(msgspec.Struct, frozen=True):
    """What came of it."""

    written: int
    """Weighty events that were accepted while the disk was full."""
    reported: int
    """Reports that were accepted while the disk was full."""
    seqs: list[int]
    told: int
    """Reports that are told as dropped."""
    freed: bool


def fill(path: Path) -> None:
    """Others take all the room that is left."""
    with path.open("ab", buffering=0) as file:
        for piece in (65_536, 4096, 1):
            try:
                while True:
                    file.write(bytes(piece))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def main(folder: Path) -> Found:
    clock, path = FakeClock(), folder / "opas.db"
    store = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock, max_megabytes=_MEGABYTES)
    agent = AgentStore(Place(path, DEVICE, SITE, clock, _MEGABYTES))
    with closing(store), closing(agent):
        for _ in range(40):
            store.record([scanned(n) for n in range(20)], PACK)
        fill(folder / "others")
        written = sum(len(store.record([HELP], PACK)) for _ in range(200))
        fill(folder / "others")
        reported = sum(len(store.record([scanned()], PACK)) for _ in range(50))
        agent.outbox.mark_acked(store.epoch, Seq(500), HubVersion(0))
        agent.outbox.free(EpochMs(1), 0)
        freed = agent.outbox.free(EpochMs(2), 0)
        (folder / "others").unlink()
        agent.outbox.hold_room()
        store.record([HELP], PACK)
        events = [msgspec.json.decode(item.body, type=Event) for item in agent.outbox.after(Seq(0), 10_000)]
        told = sum(event.body.count for event in events if isinstance(event.body, EventsDropped))
        return Found(written, reported, [event.seq for event in events], told, freed)


if __name__ == "__main__":
    print(msgspec.json.encode(main(Path(sys.argv[1]))).decode())
