"""One kiosk with all that stands behind it, as real processes: from the start to the hub, without any picture saved."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.demo.devices import DEVICES, Showing
from deploy.demo.director import Director, commit_times
from deploy.demo.running import Plan, RunningDemo
from deploy.demo.watching import OwnEvent
from tests.bench.figure import Figure, figures

_REPOSITORY = Path(__file__).resolve().parents[2]
_KIOSK = DEVICES[0]
_SCANS = 40
_HOLD_S = 20.0
_SETTLE_S, _IDLE_S = 10.0, 50.0
_MEGABYTE = 1_000_000
_TICKS = os.sysconf("SC_CLK_TCK")


def run() -> Iterator[Figure]:
    """Start it, leave it alone for a minute, then scan."""
    with tempfile.TemporaryDirectory(prefix="opas-bench-") as folder:
        plan = Plan(Path(folder), _REPOSITORY, (_KIOSK,), {_KIOSK.id: Showing(shots=False)})
        with RunningDemo(plan, _say) as demo:
            director = Director(demo)
            yield _first_frame(director)
            yield from _idle(demo)
            yield from _scans(director)


def _first_frame(director: Director) -> Figure:
    events = director.watches[_KIOSK.id].events.after(0)
    started = next(event for event in events if event.type == "TouchpointStarted")
    return Figure("process start → first frame", "one start", started.body["first_frame_ms"], "ms", 1500)


def _idle(demo: RunningDemo) -> Iterator[Figure]:
    _say(f"leaving the kiosk alone for {_SETTLE_S + _IDLE_S:.0f} s")
    process = Path("/proc", str(demo.supervisor.process_id(_KIOSK.id)))
    time.sleep(_SETTLE_S)
    before, begun = _processor_s(process), time.monotonic()
    time.sleep(_IDLE_S)
    share = 100 * (_processor_s(process) - before) / (time.monotonic() - begun)
    yield Figure("idle on the attract screen", "one core", share, "%", 2)
    yield Figure("resident memory of the kiosk", f"after {_SETTLE_S + _IDLE_S:.0f} s", _resident(process), "MB", 220)


def _scans(director: Director) -> Iterator[Figure]:
    _say(f"holding up {_SCANS} codes")
    scanned: list[OwnEvent] = []
    shown: list[OwnEvent] = []
    # Two in turn, so that the second is up while the first one is still remembered as held.
    for turn in range(_SCANS):
        director.hold(_KIOSK.id, ("aino-ticket", "nils-card")[turn % 2])
        scan, answer = _await_answer(director)
        scanned.append(scan)
        shown.append(answer)
    director.exactly_once()
    committed = commit_times(director.watches, director.hub_events())
    yield from figures("frame → decoded", [event.body["decode_ms"] for event in scanned], "ms")
    yield from figures(
        "decoded → on glass", [event.body["glass_ms"] for event in shown], "ms", {"median": 15, "p95": 60}
    )
    ours = {event.seq for event in scanned}
    yield from figures("a scan's event → hub commit", [ms for key, ms in committed.items() if key.seq in ours], "ms")


def _await_answer(director: Director) -> tuple[OwnEvent, OwnEvent]:
    watch, deadline = director.watches[_KIOSK.id], time.monotonic() + _HOLD_S
    while time.monotonic() < deadline:
        by_type = {event.type: event for event in watch.new_events()}
        if "AnswerShown" in by_type and "CodeScanned" in by_type:
            return by_type["CodeScanned"], by_type["AnswerShown"]
        time.sleep(0.02)
    msg = "the kiosk did not answer"
    raise TimeoutError(msg)


def _processor_s(process: Path) -> float:
    # proc(5): utime and stime are the 14th and 15th fields; the 2nd may hold spaces and ends with a bracket.
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident(process: Path) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / _MEGABYTE
    msg = "the kernel does not tell the resident memory"
    raise LookupError(msg)


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)
