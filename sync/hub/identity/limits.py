"""How often somebody may try: guessing must not pay, and nobody shall fill the table of those who wait."""

import threading
from collections import deque

from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs, MonotonicMs
from sync.hub.errors import Refused

_MOST_NAMES = 10_000


class Limiter:
    """At most `most` tries by one name in `within`. From any thread."""

    def __init__(self, clock: Clock, most: int, within: DurationMs) -> None:
        self._clock = clock
        self._most = most
        self._within = within
        self._tries: dict[str, deque[MonotonicMs]] = {}
        self._lock = threading.Lock()

    def check(self, name: str) -> None:
        """Raises `Refused` (429) while `name` has tried too often."""
        now = self._clock.now().mono_ms
        with self._lock:
            tries = self._recent(name, now)
            if len(tries) >= self._most:
                wait_s = max(1, (tries[0] + self._within - now) // 1000 + 1)
                raise Refused("Too many tries.", f"Wait {wait_s} s, then try again.", status=429)

    def count(self, name: str) -> None:
        """`name` has tried once more."""
        now = self._clock.now().mono_ms
        with self._lock:
            if len(self._tries) >= _MOST_NAMES:
                self._tries = {
                    known: self._recent(known, now) for known in list(self._tries) if self._recent(known, now)
                }
            self._recent(name, now).append(now)

    def _recent(self, name: str, now: MonotonicMs) -> deque[MonotonicMs]:
        tries = self._tries.setdefault(name, deque(maxlen=self._most))
        while tries and now - tries[0] > self._within:
            tries.popleft()
        return tries
