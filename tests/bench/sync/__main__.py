"""`python -m tests.bench.sync [SECONDS]`: measures both sides in turn, prints one table and writes build/bench/sync.json.

`SECONDS` is how long events come at 10 a second for the latencies, on each side. Status 3 says that the gateway could not
be installed, and the table has one side only.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench.figure import percentile
from tests.bench.hub import postgresql_rate
from tests.bench.machine import machine, processor
from tests.bench.sync import losses, opas, peer, sample
from tests.bench.sync.losses import Loss
from tests.bench.sync.peer import Peer, Setting
from tests.bench.sync.row import Aim, Row, table
from tests.postgresql import Cluster

_FOLDER = Path(__file__).resolve().parents[3] / "build" / "bench"
_ONE_SIDE_STATUS = 3
_RATE = 10.0
_SECONDS = 20
_EVENTS = 50_000
_OUR_EVENTS = 100_000
_ROUNDS = 3
_KILLS = 5
_DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "128MB"}


class Bench:
    """Measures in `folder`; `other` is None where the gateway is not there."""

    def __init__(self, folder: Path, other: Peer | None, seconds: int) -> None:
        self._folder = folder
        self._peer = other
        self._events = int(seconds * _RATE)
        self._best: Setting = peer.PACKS[1]
        self._turn = 0

    def rows(self) -> Iterator[Row]:
        """Every row, as it is measured."""
        yield from self._enqueue()
        yield from self._drain()
        yield from self._sizes()
        yield from self._latency()
        yield from self._losses()

    def _fresh(self) -> Path:
        self._turn += 1
        made = self._folder / f"ours-{self._turn}"
        made.mkdir()
        return made

    def _enqueue(self) -> Iterator[Row]:
        _say("enqueue")
        flush = statistics.median(opas.flushes(self._fresh()))
        one, many = opas.enqueue(self._fresh())
        singles: list[float] = []
        groups: list[float] = []
        for setting in (peer.DEFAULT, peer.PACKS[1]) if self._peer else ():
            assert self._peer is not None
            found = self._peer.run(setting, "enqueue")
            singles.append(statistics.median(found["singles"]))
            groups.append(statistics.median(found["grouped"]))
        yield Row("this disk: one flush", "ms", flush)
        for what, ours, theirs in (("one event", one, singles), ("an event of 100 together", many, groups)):
            shipped, best = theirs or (None, None)
            told = "file; the gateway flushes nothing to the disk" if theirs else ""
            label = f"enqueue, {what} (Opas: flushed)"
            yield Row(label, "ms", statistics.median(ours), shipped, best, best_is=told)
        yield Row(
            "events a second, 100 together : one by one", "times", statistics.mean(one) / statistics.mean(many), aim=50
        )

    def _drain(self) -> Iterator[Row]:
        _say("drain")
        shipped, best, name = None, None, ""
        if self._peer is not None:
            shipped = float(self._peer.run(peer.DEFAULT, "drain", events=_EVENTS)["rate"])
            rates = [float(self._peer.run(each, "drain", events=_EVENTS)["rate"]) for each in peer.PACKS]
            self._best = peer.PACKS[rates.index(max(rates))]
            name = self._best.name
        ours, again = [], []
        for _ in range(_ROUNDS):
            ours.append(opas.drain(self._fresh() / "site", _OUR_EVENTS))
            if self._peer is not None:
                again.append(float(self._peer.run(self._best, "drain", events=_EVENTS)["rate"]))
        best = statistics.median(again) if again else None
        what = "drain: Opas to hub commit (SQLite), gateway to PUBACK"
        yield Row(what, "events/s", statistics.median(ours), shipped, best, 1.2, Aim.TIMES_BEST, name)
        cluster = Cluster(_DURABLE)
        try:
            central = opas.drain(self._fresh() / "site", _OUR_EVENTS, cluster.fresh())
        finally:
            cluster.end()
        yield Row("drain of one device to hub commit (PostgreSQL)", "events/s", central, best=best, best_is=name)
        rate = statistics.median(postgresql_rate() for _ in range(_ROUNDS))
        yield Row("hub's ingest into PostgreSQL, 20 devices", "events/s", rate, aim=40_000)

    def _sizes(self) -> Iterator[Row]:
        theirs = None
        if self._peer is not None:
            theirs = float(self._peer.run(self._best, "drain", events=5_000)["bytes"])
        for size, aim in ((500, 70.0), (100, 70.0), (1, None)):
            what = f"bytes an event on the wire, {size} together"
            yield Row(what, "bytes", opas.bytes_an_event(size), theirs, theirs, aim, Aim.AT_MOST)

    def _latency(self) -> Iterator[Row]:
        _say(f"latency at {_RATE:.0f} events a second")
        ours = opas.latencies(self._fresh() / "site", self._events, _RATE)
        found = []
        for setting in (peer.DEFAULT, self._best) if self._peer else ():
            assert self._peer is not None
            found.append(self._peer.run(setting, "paced", events=self._events, rate=_RATE)["ms"])
        for rank, aim in ((50, None), (99, 100.0)):
            shipped, best = (percentile(each, rank) for each in found) if found else (None, None)
            what = f"created → hub commit (gateway: PUBACK), p{rank}"
            yield Row(what, "ms", percentile(ours, rank), shipped, best, aim, Aim.AT_MOST, self._best.name)

    def _losses(self) -> Iterator[Row]:
        _say("kill -9 and a full disk")
        yield self._loss("lost on kill -9", lambda command: losses.on_kill(command, self._folder, _KILLS))
        if not losses.own_disks():
            _say("this machine lets nobody make a small disk: no row for a full one")
            return
        yield self._loss("lost on a full disk", lambda command: losses.on_full_disk(command, self._folder))

    def _loss(self, what: str, deal: "losses.Deal") -> Row:
        ours = deal(losses.ours)
        if self._peer is None:
            return Row(_loss_of(what, ours), "%", ours.percent, aim=0, kind=Aim.AT_MOST)
        shipped = deal(losses.theirs(self._peer, peer.DEFAULT))
        lasting = {each.name: deal(losses.theirs(self._peer, each)) for each in (self._best, peer.SQLITE_DEFAULT)}
        name = min(lasting, key=lambda each: lasting[each].percent)
        told = ", ".join(f"{each}: {loss.percent:.1f} %" for each, loss in lasting.items())
        return Row(
            _loss_of(what, ours), "%", ours.percent, shipped.percent, lasting[name].percent, 0, Aim.AT_MOST, told
        )


def _loss_of(what: str, ours: Loss) -> str:
    return f"{what} (of Opas's {ours.accepted:,} accepted{f', {ours.told:,} told as dropped' if ours.told else ''})"


def main(arguments: Sequence[str]) -> int:
    """See above."""
    seconds = int(arguments[0]) if arguments else _SECONDS
    _FOLDER.mkdir(parents=True, exist_ok=True)
    missing = ""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="sync-", dir=_FOLDER) as name, peer.broker(Path(name) / "broker") as port:
        folder, other = Path(name), None
        sample.write_flat(folder / "sample.jsonl", 1_000)
        try:
            _say(f"environment of thingsboard-gateway {peer.VERSION}")
            other = Peer(peer.install(_FOLDER), folder, folder / "sample.jsonl", port)
        except peer.NotInstalled as error:
            missing = f"thingsboard-gateway {peer.VERSION} could not be installed ({error}): Opas's side only"
            _say(missing)
        rows.extend(Bench(folder, other, seconds).rows())
    here = machine()
    print(f"{processor()}, {here['cores']} cores, {here['memory_gb']} GB, {here['system']}, load {here['load']}")
    print(table(rows))
    path = _FOLDER / "sync.json"
    figures = [{**asdict(row), "kind": row.kind.value, "ratio": row.ratio, "met": row.met} for row in rows]
    text = {"machine": {**here, "name": processor()}, "peer": missing or peer.VERSION, "figures": figures}
    path.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n")
    print(f"\nthe same in {path}" + (f"\n{missing}" if missing else ""))
    return _ONE_SIDE_STATUS if missing else 0


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
