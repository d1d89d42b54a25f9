"""Hands frames from the capture threads to the one decode worker: depth 1 a source, the newest wins, nothing queues up."""

import threading
from dataclasses import dataclass

from kiosk.scanning.source import Frame


@dataclass(frozen=True, eq=False, slots=True)
class Letter:
    """A frame, the source it came from, and whether something moves before that source."""

    source: str
    frame: Frame
    moving: bool


class Mailbox:
    """Safe for any number of threads that put and one that takes."""

    def __init__(self) -> None:
        self._letters: dict[str, Letter] = {}
        self._changed = threading.Condition()
        self._closed = False

    def put(self, letter: Letter) -> None:
        """Replace what this source put before."""
        with self._changed:
            self._letters.pop(letter.source, None)
            self._letters[letter.source] = letter
            self._changed.notify()

    def take(self, timeout_s: float) -> Letter | None:
        """The letter that waits longest, so that no source starves another; None after `timeout_s` or once closed."""
        with self._changed:
            if not self._letters and not self._closed:
                self._changed.wait(timeout_s)
            if not self._letters or self._closed:
                return None
            return self._letters.pop(next(iter(self._letters)))

    def close(self) -> None:
        """Wake the taker; it gets None from now on."""
        with self._changed:
            self._closed = True
            self._letters.clear()
            self._changed.notify_all()
