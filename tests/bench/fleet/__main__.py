"""`python -m tests.bench.fleet [DEVICES]`: everything on loopback, bounded in time; writes build/bench/fleet.json.

The devices' agents, links and databases are production's; one loop in each of a few processes stands in for their threads.
Downloads over HTTP are measured with one device, not with the fleet.
"""

import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.__main__ import table, write
from tests.bench.figure import Figure
from tests.bench.fleet import phases
from tests.bench.machine import machine, processor

_FOLDER = Path(__file__).resolve().parents[3] / "build" / "bench"
_DEVICES, _MOST = 500, 20_000
_RATES = (500, 1_000, 2_500, 5_000)
_SITE, _BACKLOG = 10, 1_000_000
_TICKETS = 100_000
_MEMORY = Path("/dev/shm")
_DEVICE_BYTES, _EVENT_BYTES = 1_000_000, 1_000
_USAGE_STATUS = 2


def main(arguments: Sequence[str]) -> int:
    """Status 2 for a number of devices that is none, or too many."""
    given = arguments[0] if arguments else str(_DEVICES)
    if not given.isdecimal() or not 1 <= int(given) <= _MOST:
        print(f"DEVICES = {given}: write a whole number from 1 to {_MOST:,}", file=sys.stderr)
        return _USAGE_STATUS
    _FOLDER.mkdir(parents=True, exist_ok=True)
    # So that a run that is ended takes everything with it that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    measured = []
    for figure in _figures(int(given)):
        measured.append(("fleet", figure))
        _say(f"{figure.what} ({figure.statistic}): {figure.value:,.1f} {figure.unit}")
    here = machine()
    print(f"{processor()}, {here['cores']} cores, {here['memory_gb']} GB, load {here['load']}, {int(given):,} devices")
    print(table(measured))
    print(f"\nthe same in {write(_FOLDER / 'fleet.json', measured)}")
    return 0


def _figures(devices: int) -> Iterator[Figure]:
    with _folder() as folder:
        yield from phases.snapshot(folder, _TICKETS)
    with _folder() as folder, _apart(_BACKLOG * _EVENT_BYTES) as apart:
        yield from phases.backlog(folder, apart, _SITE, _BACKLOG)
    with contextlib.ExitStack() as stack:
        folder, apart = stack.enter_context(_folder()), stack.enter_context(_apart(devices * _DEVICE_BYTES))
        fleet = phases.Fleet(folder, apart, devices)
        stack.callback(fleet.end)
        yield from fleet.connect()
        yield from fleet.rest()
        for rate in _RATES:
            yield from fleet.load(rate)
        yield fleet.kept()
        yield from fleet.lose_broker()


@contextlib.contextmanager
def _folder(where: Path = _FOLDER) -> Iterator[Path]:
    # On the disk that holds this checkout: /tmp may be memory.
    with tempfile.TemporaryDirectory(prefix="fleet-", dir=where, ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def _apart(needed: int) -> Iterator[Path]:
    """Where the devices' databases lie: in memory if there is room, since thousands on one disk would measure that disk."""
    room = shutil.disk_usage(_MEMORY).free if _MEMORY.is_dir() else 0
    in_memory = room > 2 * needed
    _say(f"the devices' databases lie {'in memory' if in_memory else 'on one disk, which slows them'}")
    with _folder(_MEMORY if in_memory else _FOLDER) as made:
        yield made


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
