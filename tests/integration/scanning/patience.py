"""Waiting for what other threads do, however slow the machine is."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)
