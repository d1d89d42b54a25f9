"""The last large answers, kept in memory: a fleet that comes back at once asks for the same ones again and again."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

_MOST_BYTES = 64_000_000


class Answers:
    """Bytes and their hex SHA-256 under keys; the least used go first where they grow too large. From any thread."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[bytes, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> tuple[bytes, str] | None:
        """The answer under `key`, None when it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, answer: tuple[bytes, str]) -> None:
        """Keep an answer; one that is there already stays, so that everybody gets the same bytes."""
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = answer
            self._size += len(answer[0])
            while self._size > self._most:
                _, (body, _) = self._kept.popitem(last=False)
                self._size -= len(body)
