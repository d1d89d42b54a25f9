"""The device's real clock, and the names that are made from it; nothing else on the device reads the wall clock."""

import time
from pathlib import Path

import uuid_utils

from kiosk.model.clock import Instant
from kiosk.model.ids import EpochMs, MonotonicMs

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_BOOT_DIGITS = 8
_NS_PER_MS = 1_000_000


class SystemClock:
    """The wall clock, the monotonic clock (`CLOCK_MONOTONIC`, the same in every process) and the boot's name."""

    def __init__(self, boot_id: Path = _BOOT_ID) -> None:
        """`boot_id` is the kernel's file with a random UUID for each boot."""
        self._boot = boot_id.read_text(encoding="ascii").replace("-", "")[:_BOOT_DIGITS]

    def now(self) -> Instant:
        """The present moment."""
        return Instant(
            EpochMs(time.time_ns() // _NS_PER_MS), MonotonicMs(time.monotonic_ns() // _NS_PER_MS), self._boot
        )


def new_id(at: EpochMs) -> str:
    """A UUIDv7 (RFC 9562) for something that begins at `at`: unique, and sorted by time as long as clocks are right."""
    return str(uuid_utils.uuid7(nanoseconds=max(at, 0) * _NS_PER_MS))
