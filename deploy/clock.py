"""The wall clock of `deploy`; its one home, so that everything else can be handed a moment."""

import time
from datetime import UTC, datetime


def wall_ms() -> int:
    """Milliseconds since the Unix epoch (UTC)."""
    return time.time_ns() // 1_000_000


def today() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
