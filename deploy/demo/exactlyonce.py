"""Whether the hub holds every event of every device exactly once: ids equal, no doubles, no gaps. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LISTED = 5


@dataclass(frozen=True, slots=True)
class Stream:
    """The events of one device and epoch as the device wrote them: id by number."""

    device: str
    epoch: str
    ids: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """How one stream compares. `problems` are sentences, none when the hub holds it exactly once."""

    device: str
    epoch: str
    written: int
    held: int
    problems: tuple[str, ...]


def compare(streams: Iterable[Stream], hub_events: Sequence[Mapping[str, Any]]) -> list[Tally]:
    """One tally a stream, and one for each stream that the hub has and no device wrote."""
    held: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for event in hub_events:
        held.setdefault((event["device"], event["epoch"]), []).append((int(event["seq"]), str(event["id"])))
    tallies = []
    for stream in streams:
        there = held.pop((stream.device, stream.epoch), [])
        tallies.append(Tally(stream.device, stream.epoch, len(stream.ids), len(there), _problems(stream, there)))
    for (device, epoch), there in held.items():
        problem = f"the hub has {len(there)} events of an epoch that no device here wrote"
        tallies.append(Tally(device, epoch, 0, len(there), (problem,)))
    return tallies


def _problems(stream: Stream, there: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    numbers, ids = Counter(seq for seq, _ in there), Counter(id_ for _, id_ in there)
    expected = set(range(1, max(stream.ids, default=0) + 1))
    found = {
        "the device itself lacks number": expected - set(stream.ids),
        "the hub lacks number": set(stream.ids) - set(numbers),
        "the hub has what the device did not write, number": set(numbers) - set(stream.ids),
        "the hub has twice number": {seq for seq, count in numbers.items() if count > 1},
        "another event stands at the hub under number": {
            seq for seq, id_ in there if seq in stream.ids and stream.ids[seq] != id_
        },
    }
    problems = [f"{says} {_list(sorted(which))}" for says, which in found.items() if which]
    doubled = sorted(id_ for id_, count in ids.items() if count > 1)
    return (*problems, *([f"the hub has twice the event {_list(doubled)}"] if doubled else []))


def _list(items: Sequence[object]) -> str:
    more = f" and {len(items) - _LISTED} more" if len(items) > _LISTED else ""
    return ", ".join(map(str, items[:_LISTED])) + more
