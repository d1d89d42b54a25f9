"""Whether the wall clock can be believed before something is deleted for its age. A clock that leapt costs nothing then."""

import logging

from kiosk.model.clock import Clock, Instant
from kiosk.model.ids import EpochMs

_DAY_MS = 86_400_000
LEAP_MS = 31 * _DAY_MS
CALM_MS = _DAY_MS
_log = logging.getLogger(__name__)


class ClockWatch:
    """Distrusts the clock for a day of running after it leapt by more than a month, against the monotonic clock or, at
    the first look, against the newest event: time enough for somebody to read the log and to set it right.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: Instant | None = None
        self._calm_until = 0

    def trusted(self, newest: EpochMs | None) -> bool:
        """Whether to delete what is old by the clock. `newest` is when the last event was committed."""
        now, last = self._clock.now(), self._last
        self._last = now
        if last is None:
            leap = 0 if newest is None else now.wall_ms - newest
        else:
            leap = (now.wall_ms - last.wall_ms) - (now.mono_ms - last.mono_ms)
        if leap > LEAP_MS:
            self._calm_until = now.mono_ms + CALM_MS
            _log.warning(
                "the clock is %d days ahead of what is known here; nothing is deleted for a day. Set it if it is wrong.",
                leap // _DAY_MS,
            )
        return now.mono_ms >= self._calm_until
