"""How many changes wait for the hub, told only once they have waited: each of them does for a moment."""

from kiosk.model.clock import Clock
from kiosk.model.ids import MonotonicMs
from kiosk.store import DeviceStore

_PATIENCE_MS = 5_000


class Backlog:
    """`told` is asked at each look, and all the looks together tell how long something has waited."""

    def __init__(self, store: DeviceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._since: MonotonicMs | None = None
        """Since when there was always something."""

    def told(self) -> int:
        """So many wait, and not only since a moment ago; 0 else. A mark that comes and goes with each tap tells nothing."""
        waiting, now = self._store.waiting(), self._clock.now().mono_ms
        if not waiting:
            self._since = None
        elif self._since is None:
            self._since = now
        return waiting if self._since is not None and now >= self._since + _PATIENCE_MS else 0

    def next_look(self) -> MonotonicMs | None:
        """When there may be something to tell that was not told yet."""
        if self._since is None:
            return None
        due = MonotonicMs(self._since + _PATIENCE_MS)
        return due if due > self._clock.now().mono_ms else None
