"""What a clock gives; the device's real one stands in `kiosk.store.clock`, the settable one in `tests.fakes`."""

from typing import Protocol

import msgspec

from kiosk.model.ids import EpochMs, MonotonicMs


class Instant(msgspec.Struct, frozen=True):
    """One moment, told three ways, because a kiosk's wall clock can be wrong.

    `wall_ms` is the wall clock (UTC), `mono_ms` the monotonic clock of this boot and `boot` an opaque name of the
    boot (8 hex digits), so that two monotonic times are compared only within one boot.
    """

    wall_ms: EpochMs
    mono_ms: MonotonicMs
    boot: str


class Clock(Protocol):
    """Gives the present moment."""

    def now(self) -> Instant:
        """The present moment."""
        ...
