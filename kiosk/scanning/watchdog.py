"""Sees from its pictures alone that a camera hangs or sees nothing: it repeats one picture, or gives black ones. Pure."""

from dataclasses import dataclass

import numpy as np

from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning.picture import Gray

_STEP = 8
_BLACKEST = 20
"""Video black is 16; a sensor's noise in a dark hall reaches higher in some pixel."""


@dataclass(frozen=True)
class WatchdogRules:
    """After `after_ms` of the same or of black pictures the camera is started anew; if that does not help, again every
    `again_ms`, because a lens may be covered for a whole night.
    """

    after_ms: DurationMs = DurationMs(10_000)
    again_ms: DurationMs = DurationMs(60_000)


class Watchdog:
    """Looks at each picture of one camera. For one thread; keeps what it knows while the camera is started anew."""

    def __init__(self, rules: WatchdogRules | None = None) -> None:
        self._rules = rules or WatchdogRules()
        self._last: Gray | None = None
        self._seen: Trouble | None = None
        self._since = MonotonicMs(0)
        self._restarted_at: MonotonicMs | None = None

    def trouble(self, at: MonotonicMs) -> Trouble | None:
        """What is wrong with the camera, if it has been so for long enough at `at`."""
        return self._seen if at - self._since >= self._rules.after_ms else None

    def see(self, gray: Gray, at: MonotonicMs) -> bool:
        """Take the picture of `at` into account. True: start the camera anew, now."""
        now = self._judged(gray)
        self._last = gray
        if now is not self._seen:
            self._seen, self._since, self._restarted_at = now, at, None
        if self.trouble(at) is None:
            return False
        due = self._restarted_at is None or at - self._restarted_at >= self._rules.again_ms
        if due:
            self._restarted_at = at
        return due

    def _judged(self, gray: Gray) -> Trouble | None:
        if int(gray[::_STEP, ::_STEP].max(initial=0)) <= _BLACKEST:
            return Trouble.CAMERA_BLIND
        same = self._last is not None and np.array_equal(self._last, gray)
        return Trouble.CAMERA_FROZEN if same else None
