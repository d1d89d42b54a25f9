"""A wall clock that a file moves: `python -m` processes of these tests are handed it as any other clock."""

from pathlib import Path

from kiosk.model.clock import Instant
from kiosk.model.ids import EpochMs
from kiosk.store import SystemClock


class ShiftedClock:
    """The real clock, its wall time moved by the milliseconds that the file holds at that moment."""

    def __init__(self, shift: Path) -> None:
        self._clock = SystemClock()
        self._shift = shift

    def now(self) -> Instant:
        now = self._clock.now()
        try:
            shift = int(self._shift.read_text())
        except (FileNotFoundError, ValueError):
            shift = 0
        return Instant(EpochMs(now.wall_ms + shift), now.mono_ms, now.boot)
