"""The hub's clock: the one place of this process that reads the wall clock."""

import secrets
import time

from kiosk.model.clock import Instant
from kiosk.model.ids import EpochMs, MonotonicMs


class SystemClock:
    """The machine's clocks. `boot` names this run of the process, within which monotonic times compare."""

    def __init__(self) -> None:
        self._boot = secrets.token_hex(4)

    def now(self) -> Instant:
        """The present moment."""
        return Instant(EpochMs(time.time_ns() // 1_000_000), MonotonicMs(time.monotonic_ns() // 1_000_000), self._boot)
