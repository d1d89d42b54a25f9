"""Events as a gate writes them: a scan, what came of it, and the answer, some seconds apart; drawn at random, repeatably."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kiosk.model.code import Symbology
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import AnswerShown, CodeScanned, Event, EventBody, HealthChanged
from kiosk.model.event import Health as State
from kiosk.model.ids import (
    DurationMs,
    EpochMs,
    EventId,
    Lang,
    MessageKey,
    MonotonicMs,
    PackVersion,
    ScanId,
    Seq,
)
from kiosk.model.outcome import Outcome
from kiosk.store.clock import new_id

PACK = PackVersion("terminal-3f2a91c0")
_BEGAN = 1_790_000_000_000
_PAUSE_MS = (3_000, 40_000)


def bodies(seed: int) -> Iterator[EventBody]:
    """Without an end."""
    drawn = random.Random(seed)
    while True:
        scan = ScanId(drawn.randbytes(8).hex())
        ticket = Ref(RefKind.TICKET, drawn.randbytes(8).hex())
        yield CodeScanned(scan, Outcome.ADMITTED, Symbology.QR, "zxing", DurationMs(drawn.randint(4, 60)), ticket)
        yield AnswerShown(scan, MessageKey("gate.admitted"), "g-in-named", Lang("fi"), DurationMs(drawn.randint(8, 40)))
        if not drawn.randrange(20):
            yield HealthChanged(State.DEGRADED, "camera")


def events(count: int, seed: int = 1) -> list[Event]:
    """The same as whole events, numbered from 1."""
    drawn, at, made = random.Random(seed), _BEGAN, []
    for seq, body in zip(range(1, count + 1), bodies(seed), strict=False):
        at += drawn.randint(*_PAUSE_MS)
        name = EventId(new_id(EpochMs(at)))
        made.append(Event(name, Seq(seq), EpochMs(at), MonotonicMs(at - _BEGAN), "0badb007", PACK, body))
    return made


def write_flat(path: Path, count: int) -> None:
    """One event a line as one flat JSON object, which is what a gateway's telemetry holds."""
    with path.open("w") as file:
        for event in events(count):
            flat = msgspec.to_builtins(event)
            flat.update(flat.pop("body"))
            flat.update({key: json.dumps(value) for key, value in flat.items() if isinstance(value, dict)})
            file.write(json.dumps(flat) + "\n")
