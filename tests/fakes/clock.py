"""A clock that goes only when it is told to."""

from kiosk.model.clock import Instant
from kiosk.model.ids import EpochMs, MonotonicMs

NOON = EpochMs(1_790_000_000_000)
BOOT = "0badb007"


class FakeClock:
    """Stands still at a moment until `advance`; `boot` and both times may also be set outright."""

    def __init__(self, wall_ms: int = NOON, mono_ms: int = 1_000_000, boot: str = BOOT) -> None:
        self.wall_ms = wall_ms
        self.mono_ms = mono_ms
        self.boot = boot

    def now(self) -> Instant:
        return Instant(EpochMs(self.wall_ms), MonotonicMs(self.mono_ms), self.boot)

    def advance(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms
