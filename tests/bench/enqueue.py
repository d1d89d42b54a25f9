"""An event on its way: written durably on a device, sent by its agent over a real broker, committed by a real hub."""

import random
import sys
import tempfile
import time
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from deploy.demo.devices import DEVICES
from deploy.demo.director import Director, commit_times
from deploy.demo.running import Plan, RunningDemo
from kiosk.model.event import Health, HealthChanged
from kiosk.model.ids import DeviceId, PackVersion, SiteId
from kiosk.store import SystemClock, open_store
from tests.bench.figure import Figure, figures

_REPOSITORY = Path(__file__).resolve().parents[2]
_DESK = DEVICES[3]
_EVENTS, _WARM_UP = 400, 20
_PAUSE_S = (0.01, 0.09)


def run() -> Iterator[Figure]:
    """Single events at random moments, as people cause them."""
    with tempfile.TemporaryDirectory(prefix="opas-bench-") as folder:
        plan = Plan(Path(folder), _REPOSITORY, (_DESK,), apps=False)
        with RunningDemo(plan, _say) as demo:
            _write(plan)
            director = Director(demo)
            director.exactly_once()
            committed = commit_times(director.watches, director.hub_events())
    taken = [ms for key, ms in committed.items() if key.seq > _WARM_UP]
    yield from figures("enqueue → hub commit", taken, "ms", {"p99": 100})


def _write(plan: Plan) -> None:
    folder = plan.folder_of(_DESK.id)
    key = tomllib.loads(folder.config.read_text())["device"]["site_key"]
    store = open_store(
        folder.database,
        device=DeviceId(_DESK.id),
        site=SiteId(_DESK.site),
        site_key=b64decode(key),
        clock=SystemClock(),
    )
    _say(f"writing {_EVENTS + _WARM_UP} events")
    rng = random.Random(1)
    try:
        for number in range(_EVENTS + _WARM_UP):
            health = Health.DEGRADED if number % 2 else Health.READY
            store.record((HealthChanged(health, "bench"),), PackVersion("bench"))
            time.sleep(rng.uniform(*_PAUSE_S))
    finally:
        store.close()


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)
