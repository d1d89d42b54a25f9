"""The run: a site in the demo's clothes, its crowd, what goes wrong now and then, and the judgement at the end."""

import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from deploy.demo.devices import DEVICES, Device, Showing
from deploy.demo.director import Director
from deploy.demo.running import Plan, RunningDemo
from deploy.demo.terminal import SITE
from tests.soak.flow import Desk, Seen, Touchpoint
from tests.soak.people import invite
from tests.soak.verdict import Course, Sample, courses
from tests.soak.vitals import size_of, vitals_of

_REPOSITORY = Path(__file__).resolve().parents[2]
_QUIET = Showing(shots=False)
_LOOK_S, _SAMPLES, _SAMPLE_S = 0.1, 60, 5.0
_OUTAGE_EVERY_S, _OUTAGE_S = 180.0, 20.0
_SAY_EVERY_S = 60.0
_CLEARED_S, _IDLE_S = 25.0, 20.0
_MINUTES = 60.0


class Ended(msgspec.Struct, frozen=True):
    """What came of a run."""

    seen: Seen
    courses: tuple[Course, ...]
    bytes_kept: Mapping[str, int]
    idle_percent: Mapping[str, float]
    """Of one core, for each process, while nobody comes."""

    @property
    def problems(self) -> tuple[str, ...]:
        """All that is wrong, in words."""
        return (*self.seen.problems, *(problem for course in self.courses for problem in course.problems))


class Soak:
    """Kiosk, gate, board and desk of a terminal; `devices` names those that take part."""

    def __init__(self, folder: Path, devices: Sequence[str], seed: int) -> None:
        chosen: list[Device] = [device for device in DEVICES if device.id in devices]
        # Every screen of the kiosk is looked at; the others are as they are in a shop.
        showing = {device.id: _QUIET for device in chosen if device.role != "kiosk"}
        self._plan = Plan(folder, _REPOSITORY, chosen, showing)
        self._seed = seed
        self._seen = Seen()
        self._samples: list[Sample] = []
        self._due = self._every_s = 0.0

    def run(self, minutes: float, *, rest: bool = True) -> Ended:
        """Let people come for `minutes`, compare with the hub, and see what it takes to `rest`."""
        with RunningDemo(self._plan, _say) as demo:
            flows = self._flows(demo)
            began = time.monotonic()
            ends = began + minutes * 60
            self._due, self._every_s = began, max(1.0, min(_SAMPLE_S, minutes * 60 / _SAMPLES))
            outages = _Outages(demo, began)
            said_at = began
            while (now := time.monotonic()) < ends:
                outages.turn(now)
                for flow in flows:
                    flow.turn()
                self._look(demo, now)
                if now - said_at > _SAY_EVERY_S:
                    said_at = now
                    _say(
                        f"{(now - began) / 60:.0f} min: {self._seen.answers} answers, {len(self._seen.problems)} wrong"
                    )
                time.sleep(_LOOK_S)
            outages.end()
            self._count(demo)
            return Ended(self._seen, courses(self._samples), self._kept(), _idle(demo) if rest else {})

    def _flows(self, demo: RunningDemo) -> list[Touchpoint | Desk]:
        crowd = invite(demo.hub, _REPOSITORY, self._plan.folder / "crowd", self._seed)
        flows: list[Touchpoint | Desk] = []
        for turn, device in enumerate(self._plan.devices):
            folder, seed = self._plan.folder_of(device.id), self._seed + turn
            if device.role == "desk":
                flows.append(
                    Desk(folder, crowd, seed, self._seen, lambda body: demo.hub.post(f"/v1/sites/{SITE}/import", body))
                )
            elif device.reads_codes:
                flows.append(Touchpoint(folder, crowd, seed, self._seen))
        return flows

    def _look(self, demo: RunningDemo, now: float) -> None:
        if now >= self._due:
            self._due = now + self._every_s
            supervisor = demo.supervisor
            supervisor.check()
            of = {name: vitals_of(supervisor.process_id(name)) for name in supervisor.names}
            self._samples.append(Sample(self._seen.answers, of))

    def _count(self, demo: RunningDemo) -> None:
        _say("comparing with the hub")
        for tally in Director(demo).exactly_once():
            self._seen.problems += [f"{tally.device}: {problem}" for problem in tally.problems]

    def _kept(self) -> dict[str, int]:
        folders = {device.id: self._plan.folder_of(device.id).data for device in self._plan.devices}
        return {name: size_of(folder) for name, folder in ({"hub": self._plan.folder / "hub"} | folders).items()}


class _Outages:
    """The broker dies every three minutes and is back after twenty seconds."""

    def __init__(self, demo: RunningDemo, now: float) -> None:
        self._demo = demo
        self._next = now + _OUTAGE_EVERY_S
        self._down = False

    def turn(self, now: float) -> None:
        """Let it die or come back when it is time."""
        if now < self._next:
            return
        if self._down:
            self.end()
        else:
            self._demo.kill_broker()
            self._down = True
        self._next = now + (_OUTAGE_S if self._down else _OUTAGE_EVERY_S)

    def end(self) -> None:
        """The broker lives from now on."""
        if self._down:
            self._demo.start_broker()
            self._down = False


def main(arguments: Sequence[str]) -> int:
    """`[MINUTES] [SEED]`; 0 if all is well."""
    minutes = float(arguments[0]) if arguments else _MINUTES
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(1_000_000)
    devices = [device.id for device in DEVICES if device.site == SITE]
    print(f"MINUTES={minutes:g} SEED={seed}: {', '.join(devices)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="opas-soak-") as folder:
        ended = Soak(Path(folder), devices, seed).run(minutes)
    print("\n".join(report(ended)))
    return 1 if ended.problems else 0


def report(ended: Ended) -> Iterator[str]:
    """A table, and what is wrong below it."""
    seen = ended.seen
    yield f"{seen.answers} answers, the slowest {seen.slowest_glass_ms:.0f} ms to the glass; {seen.named} called by name"
    yield f"{seen.orders} orders handed over"
    yield f"{'':24}{'memory MB':>20}{'files':>12}{'threads':>12}{'at rest %':>12}"
    for course in ended.courses:
        memory = f"{course.memory_warm / 1e6:.1f} → {course.memory_last / 1e6:.1f}"
        idle = f"{ended.idle_percent[course.name]:.1f}" if ended.idle_percent else "–"
        files, threads = f"{course.files_warm} → {course.files_last}", f"{course.threads_warm} → {course.threads_last}"
        yield f"{course.name:24}{memory:>20}{files:>12}{threads:>12}{idle:>12}"
    yield "kept: " + ", ".join(f"{name} {kept / 1e6:.1f} MB" for name, kept in ended.bytes_kept.items())
    yield from (f"WRONG: {problem}" for problem in ended.problems)
    yield "all is well" if not ended.problems else f"{len(ended.problems)} things are wrong"


def _idle(demo: RunningDemo) -> dict[str, float]:
    """Once the last answer has gone from the screens."""
    _say("nobody comes any more")
    time.sleep(_CLEARED_S)
    before = _processor(demo)
    time.sleep(_IDLE_S)
    after = _processor(demo)
    return {name: (after[name] - before[name]) / _IDLE_S * 100 for name in before}


def _processor(demo: RunningDemo) -> dict[str, float]:
    demo.supervisor.check()
    return {name: vitals_of(demo.supervisor.process_id(name)).processor_s for name in demo.supervisor.names}


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)
