"""Makes codes of the bytes that a scanner sends, however they are cut up on the way. Pure."""

import re
from dataclasses import dataclass

from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import Marks

_LINE_END = re.compile(rb"[\r\n]")
_TORN_MS = DurationMs(2000)


@dataclass(frozen=True)
class Message:
    """One code, byte for byte, without prefix and suffix, and when its first byte came."""

    payload: bytes
    began_at: MonotonicMs


class Assembly:
    """Feed it what comes; it gives the codes. For one thread. Keeps no more bytes than the longest code has.

    A code ends at its suffix; without one, when nothing came for `idle_ms`. Where a suffix is sent, a message that lacks
    it for 2 s was torn off, and is dropped: half a code must not be taken for a whole one, nor spoil the next.
    What is too long, or lacks its prefix, is dropped as well. `dropped` counts all of these.
    """

    def __init__(self, marks: Marks) -> None:
        self._prefix = marks.prefix.encode("utf-8")
        self._suffix = None if marks.suffix is None else marks.suffix.encode("utf-8")
        self._idle = marks.idle_ms if self._suffix == b"" else _TORN_MS
        self._longest = marks.longest
        self._most = marks.longest + len(self._prefix) + max(len(self._suffix or b""), 1)
        self._bytes = bytearray()
        self._began_at = self._last_at = MonotonicMs(0)
        self._overrun = False
        self.dropped = 0

    def feed(self, data: bytes, at: MonotonicMs) -> tuple[Message, ...]:
        """The bytes that came at monotonic `at`; gives the codes that are complete now."""
        done = list(self.quiet(at))
        while data:
            if not self._bytes and not self._overrun:
                self._began_at = at
            self._last_at = at
            room = self._most - len(self._bytes)
            self._bytes += data[:room]
            data = data[room:]
            done += self._ended()
            if len(self._bytes) >= self._most:
                self._overflow()
        return tuple(done)

    def quiet(self, at: MonotonicMs) -> tuple[Message, ...]:
        """Nothing came until `at`; gives the code that this silence ends."""
        if not (self._bytes or self._overrun) or at - self._last_at < self._idle:
            return ()
        whole = self._suffix == b""
        text, self._bytes = bytes(self._bytes), bytearray()
        if whole:
            return self._message(text)
        self._overrun = False
        self.dropped += 1
        return ()

    def spoil(self, at: MonotonicMs) -> None:
        """Something was lost on the way: what has come of this code and what will still come of it is dropped."""
        self._bytes.clear()
        self._overrun, self._last_at = True, at

    def due_in(self, at: MonotonicMs) -> DurationMs | None:
        """How long a silence has to go on after `at` to end what has come; None if nothing has."""
        if not (self._bytes or self._overrun):
            return None
        return DurationMs(max(0, self._idle - (at - self._last_at)))

    def _ended(self) -> list[Message]:
        done: list[Message] = []
        while self._suffix != b"":
            end = self._end()
            if end is None:
                break
            text = bytes(self._bytes[: end[0]])
            del self._bytes[: end[1]]
            done += self._message(text)
            self._began_at = self._last_at
        return done

    def _end(self) -> tuple[int, int] | None:
        """Where the first message ends, and where the next one begins."""
        if self._suffix is None:
            found = _LINE_END.search(self._bytes)
            return None if found is None else found.span()
        at = self._bytes.find(self._suffix)
        return None if at < 0 else (at, at + len(self._suffix))

    def _message(self, text: bytes) -> tuple[Message, ...]:
        overrun, self._overrun = self._overrun, False
        if not text and not overrun:
            return ()
        payload = text.removeprefix(self._prefix)
        fits = text.startswith(self._prefix) and 0 < len(payload) <= self._longest
        if overrun or not fits:
            self.dropped += 1
            return ()
        return (Message(payload, self._began_at),)

    def _overflow(self) -> None:
        """Too long for any code: forget it, but for what may be the beginning of its suffix."""
        self._overrun = True
        kept = max(len(self._suffix or b"") - 1, 0)
        del self._bytes[: len(self._bytes) - kept]
