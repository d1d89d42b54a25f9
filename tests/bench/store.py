"""Writing an event down so that it survives a power cut: one by one, and in groups."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kiosk.model.code import Symbology
from kiosk.model.event import CodeScanned
from kiosk.model.ids import DeviceId, DurationMs, PackVersion, ScanId, SiteId
from kiosk.model.outcome import Outcome
from kiosk.store import DeviceStore, SystemClock, open_store
from tests.bench.figure import Figure, figures

_SINGLES = 1_000
_GROUPS = 100
_GROUP = 100
_MS = 1_000
_REFERENCE_RATIO = 50
# Beside the checkout, not in /tmp, which may be memory and then tells nothing about a disk.
_FOLDER = Path(__file__).resolve().parents[2] / "build" / "bench"


def run() -> Iterator[Figure]:
    """On the disk that holds this checkout, with synchronous=FULL."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="store-", dir=_FOLDER) as folder:
        path = Path(folder) / "opas.db"
        store = open_store(
            path, device=DeviceId("bench"), site=SiteId("bench"), site_key=bytes(32), clock=SystemClock()
        )
        with closing(store):
            yield from _measure(store)


def _measure(store: DeviceStore) -> Iterator[Figure]:
    _samples(store, 20, 1)
    singles = _samples(store, _SINGLES, 1)
    grouped = _samples(store, _GROUPS, _GROUP)
    yield from figures("enqueue (durable), one event", singles, "ms")
    yield from figures(f"enqueue (durable), an event of {_GROUP} at once", grouped, "ms")
    ratio = sum(singles) / len(singles) / (sum(grouped) / len(grouped))
    yield Figure("enqueue, events per second in groups : one by one", "mean", ratio, "times", _REFERENCE_RATIO)


def _samples(store: DeviceStore, calls: int, size: int) -> list[float]:
    """Milliseconds an event, of each call."""
    scans = [CodeScanned(ScanId(f"{n}"), Outcome.INFORMED, Symbology.QR, "bench", DurationMs(5)) for n in range(size)]
    out = []
    for _ in range(calls):
        begun = time.perf_counter()
        store.record(scans, PackVersion("bench"))
        out.append((time.perf_counter() - begun) * _MS / size)
    return out
