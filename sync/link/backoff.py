"""How long to wait before the next try: exponential with full jitter, so that a fleet spreads out."""

import random
from collections.abc import Callable


class Backoff:
    """Delays drawn evenly from 0 to a bound that doubles with each failure, from `first_s` to `longest_s` seconds."""

    def __init__(self, first_s: float, longest_s: float, draw: Callable[[], float] | None = None) -> None:
        """`draw` gives numbers in [0, 1)."""
        self._first_s = first_s
        self._longest_s = longest_s
        self._draw = random.SystemRandom().random if draw is None else draw
        self._failures = 0

    def next(self) -> float:
        """The next delay in seconds, after one more failure."""
        bound = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return bound * self._draw()

    def reset(self) -> None:
        """It worked: begin again with short delays."""
        self._failures = 0
