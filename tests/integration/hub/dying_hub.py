"""Run as a process by `test_hub_loses_nothing`: a hub's ingest that dies by kill -9 between its commit and its first ack."""

import os
import signal
import sys
import threading
from pathlib import Path

from sync.hub.clock import SystemClock
from sync.hub.ingest import Ingest
from sync.hub.store.sqlite import SqliteHubStore


def die(_topic: str, _payload: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(data: Path, topic: str, payload: bytes) -> None:
    clock = SystemClock()
    ingest = Ingest(SqliteHubStore(data, clock), clock, die, lambda _: None)
    ingest.start()
    ingest.receive(topic, payload)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3]))
