"""People before a touchpoint, and orders across a desk, one after the other without an end."""

import random
import shutil
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from deploy.demo.devices import DeviceFolder
from deploy.demo.watching import OwnEvent
from tests.soak.people import Crowd, Visitor, order_for
from tests.soak.tail import Tail

_PATIENCE_S = 30.0
_TRIES = 3
_HELD_SHARE = 0.2
"""So many come with a phone before the camera, the others before a scanner that types; a hold takes three seconds."""
_REST_SHARE, _REST_S = 0.02, 25.0
"""Now and then nobody comes until the screen is empty again."""
_PAUSE_S = (0.0, 0.6)
_AGO = 12
"""A code that has just been there does not count as a new visit."""
_REMEMBERED = 200


class Seen(msgspec.Struct):
    """What came of it so far."""

    answers: int = 0
    named: int = 0
    """Screens that called the person who was answered by name."""
    orders: int = 0
    slowest_glass_ms: float = 0.0
    problems: list[str] = msgspec.field(default_factory=list)


class Touchpoint:
    """A kiosk or gate that people come to. `turn` does what is to be done now and returns at once."""

    def __init__(self, folder: DeviceFolder, crowd: Crowd, seed: int, seen: Seen) -> None:
        self._folder = folder
        self._crowd = crowd
        self._dice = random.Random(seed)
        self._seen = seen
        self._tail = Tail(folder)
        self._recent: deque[Visitor] = deque(maxlen=_AGO)
        self._names: OrderedDict[str, str] = OrderedDict()
        """Whom each of the last scans was of."""
        self._scan = ""
        self._held: Path | None = None
        self._next_at = 0.0
        self._waited_since: float | None = None

    def turn(self) -> None:
        """Look at what has come, and send the next person when the last one is through."""
        self.look()
        now = time.monotonic()
        if self._waited_since is not None:
            if now - self._waited_since > _PATIENCE_S:
                self._seen.problems.append(f"{self._folder.device}: {self._recent[-1].name} got no answer")
                self._waited_since = None
        elif now >= self._next_at and (self._held is None or not self._held.exists()):
            self._send()

    def look(self) -> None:
        """At what was written and shown since the last time."""
        for event in self._tail.events():
            self._take(event)
        for note in self._tail.screens():
            self._look_at(note)

    def _send(self) -> None:
        visitor = self._dice.choice(self._crowd.visitors)
        while visitor in self._recent:
            visitor = self._dice.choice(self._crowd.visitors)
        self._recent.append(visitor)
        self._scan, self._waited_since = "", time.monotonic()
        if self._dice.random() < _HELD_SHARE:
            unfinished = self._folder.camera / "hold" / "next.part"
            shutil.copyfile(visitor.picture, unfinished)
            self._held = unfinished.rename(unfinished.with_suffix(".png"))
        else:
            self._held = None
            _play(self._folder, f"key {visitor.payload}")

    def _take(self, event: OwnEvent) -> None:
        if event.type == "CodeScanned" and self._waited_since is not None and not self._scan:
            self._scan = str(event.body["scan"])
            self._names[self._scan] = self._recent[-1].name
            if len(self._names) > _REMEMBERED:
                self._names.popitem(last=False)
        if event.type == "AnswerShown" and event.body["scan"] == self._scan:
            self._seen.answers += 1
            self._seen.slowest_glass_ms = max(self._seen.slowest_glass_ms, event.body["glass_ms"])
            rest = _REST_S if self._dice.random() < _REST_SHARE else self._dice.uniform(*_PAUSE_S)
            self._waited_since, self._next_at = None, time.monotonic() + rest

    def _look_at(self, note: dict[str, Any]) -> None:
        """Nobody's name but that of the person who is answered."""
        shown = msgspec.json.encode(note["shows"]).decode()
        whose = self._names.get(note["scan"] or "", "")
        self._seen.named += bool(whose) and whose in shown
        wrong = sorted(name for name in self._crowd.others(whose) if name in shown)
        if wrong:
            self._seen.problems.append(f"{self._folder.device}: {note['file']} shows {wrong} to {whose or 'nobody'}")


class Desk:
    """A desk that starts, readies and hands over one order after the other."""

    def __init__(
        self, folder: DeviceFolder, crowd: Crowd, seed: int, seen: Seen, bring: Callable[[dict[str, Any]], object]
    ) -> None:
        self._folder = folder
        self._crowd = crowd
        self._dice = random.Random(seed)
        self._seen = seen
        self._bring = bring
        self._tail = Tail(folder)
        self._count = 0
        self._steps: list[tuple[str, str]] = []
        """What is still to be tapped, and the event that comes of it."""
        self._since, self._tries = 0.0, 0

    def turn(self) -> None:
        """Tap on once the last tap is written down."""
        written = {event.type for event in self._tail.events()}
        for _ in self._tail.screens():
            # A desk may show everybody's orders; the pictures only must not pile up.
            continue
        if not self._steps:
            self._begin()
        elif self._steps[0][1] in written:
            self._steps.pop(0)
            self._seen.orders += not self._steps
            if self._steps:
                self._tap()
        elif time.monotonic() - self._since > _PATIENCE_S:
            self._tap_again()

    def _begin(self) -> None:
        self._count += 1
        number = f"Z{self._count}"
        self._bring({"orders": [order_for(self._crowd, self._dice, number)]})
        taps = (("start", "OrderStarted"), ("ready", "OrderReadied"), ("hand_over", "OrderHandedOver"))
        self._steps, self._tries = [(f"{what}-{number}", event) for what, event in taps], 0
        self._tap()

    def _tap_again(self) -> None:
        """While the network is away the order is not there to be tapped."""
        self._tries += 1
        if self._tries < _TRIES:
            self._tap()
        else:
            self._seen.problems.append(f"{self._folder.device}: nothing came of {self._steps[0][0]!r}")
            self._steps = []

    def _tap(self) -> None:
        self._since = time.monotonic()
        _play(self._folder, f"tap {self._steps[0][0]}")


def _play(folder: DeviceFolder, line: str) -> None:
    with folder.pilot.open("a", encoding="utf-8") as pilot:
        pilot.write(f"{line}\n")
