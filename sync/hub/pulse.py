"""A count of everything that happened, so that whoever shows it knows cheaply when to look again."""

import threading


class Pulse:
    """Beats from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def beat(self) -> None:
        """Something happened."""
        with self._lock:
            self._count += 1

    @property
    def count(self) -> int:
        """How much happened so far."""
        return self._count
