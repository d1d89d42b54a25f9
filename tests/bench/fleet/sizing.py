"""`python -m tests.bench.fleet.sizing`: what a fleet needs, reckoned from build/bench/fleet.json, as a Markdown table.

Nothing here is measured; it multiplies what was, and says what was assumed beside it.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from deploy.broker.limits import AWS_IOT, hubs_needed
from tests.bench.fleet.phases import VISIT

_FILE = Path(__file__).resolve().parents[3] / "build" / "bench" / "fleet.json"
_FLEETS = (100, 1_000, 10_000, 100_000)
_EVENTS_A_DAY = 2_000
_PEAK = 4
"""The busiest moment, as a multiple of the day's mean."""
_USED = 0.5
"""How much of a core is planned for."""
_STATUS_S = 13.5
"""Mean pause between a device's heartbeats."""
_DAY_S = 86_400
_MESSAGE_BYTES = 500
_RATE = "1,000 events/s offered: "


class Costs(NamedTuple):
    """Processor time in µs an event and in ms a second for 1,000 resting devices; memory and disk in bytes."""

    hub_event: float
    hub_rest: float
    broker_event: float
    broker_rest: float
    broker_memory: float
    kept_event: float


def costs(figures: Mapping[str, float], devices: int) -> Costs:
    """Out of a run's figures by their names. Raises `KeyError` for a run that lacks one."""

    def of(words: str) -> float:
        return next((value for what, value in figures.items() if words in what), None) or _missing(words)

    return Costs(
        of(f"{_RATE}hub's processor"),
        of("resting, hub's processor"),
        of(f"{_RATE}broker's processor"),
        of("resting, broker's processor"),
        of("memory of the broker") * 1e6 / devices,
        of("kept on the hub's disk"),
    )


def table(known: Costs) -> str:
    """A row for each size of fleet."""
    head = (
        "devices",
        "events/s at peak",
        "hub cores",
        "broker cores",
        "broker memory",
        "hub's disk a day",
        "hubs on AWS IoT",
    )
    rows = [head, tuple("---" for _ in head), *(_row(known, devices) for devices in _FLEETS)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(known: Costs, devices: int) -> tuple[str, ...]:
    peak = devices * _EVENTS_A_DAY / _DAY_S * _PEAK
    hub = (devices / 1_000 * known.hub_rest / 1_000 + peak * known.hub_event / 1e6) / _USED
    broker = (devices / 1_000 * known.broker_rest / 1_000 + peak * known.broker_event / 1e6) / _USED
    messages = peak / VISIT + devices / _STATUS_S
    disk = devices * _EVENTS_A_DAY * known.kept_event / 1e9
    aws = hubs_needed(AWS_IOT, messages, messages * _MESSAGE_BYTES)
    memory = f"{devices * known.broker_memory / 1e6:,.0f} MB"
    return (f"{devices:,}", f"{peak:,.0f}", f"{hub:.2f}", f"{broker:.2f}", memory, f"{disk:,.1f} GB", f"{aws}")


def _missing(words: str) -> float:
    raise KeyError(words)


def main() -> int:
    """Print it. Status 1 where no run was made."""
    if not _FILE.exists():
        print("no run to reckon from: make bench-fleet", file=sys.stderr)
        return 1
    run = json.loads(_FILE.read_text())
    figures = {figure["what"]: float(figure["value"]) for figure in run["figures"]}
    devices = int(
        next(figure["reference"] for figure in run["figures"] if "connected and answered by" in figure["what"])
    )
    print(f"From a run with {devices:,} devices on {run['machine']}:")
    print(f"{_EVENTS_A_DAY:,} events a device and day, {_PEAK} times the mean at peak, a core half used.\n")
    print(table(costs(figures, devices)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
