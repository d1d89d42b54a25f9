"""`opas scan --camera`: says what the kiosk would read, frame after frame, to set a camera up at a site."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kiosk.model.clock import Instant
from kiosk.model.ids import DurationMs, EpochMs, MonotonicMs
from kiosk.scanning.presentation import Presentations
from kiosk.scanning.source import Frame, Source

if TYPE_CHECKING:
    from kiosk.scanning.chain import Chain, Reading
    from kiosk.scanning.found import Found

_TIMEOUT = DurationMs(1000)


class MonotonicClock:
    """The time since this machine started; a camera needs no other."""

    def now(self) -> Instant:
        """The present moment; its wall time is not set."""
        return Instant(EpochMs(0), MonotonicMs(time.monotonic_ns() // 1_000_000), "")


class Watch:
    """Looks at a source as the kiosk's worker does. `tell` is called with each change of what is seen, in words."""

    def __init__(self, source: Source, chain: "Chain", tell: Callable[[str], None]) -> None:
        self._source = source
        self._chain = chain
        self._tell = tell
        self._told = ""
        self._presentations = Presentations()

    def codes(self) -> "Iterator[tuple[Found, Frame, float]]":
        """Each newly presented code with its frame and the milliseconds that frame took; until the source ends.

        Raises `SourceError` if the source fails.
        """
        with self._source:
            for sentence in self._source.said:
                self._tell(sentence)
            while not self._source.ended:
                frame = self._source.read(_TIMEOUT)
                if frame is None:
                    if not self._source.ended:
                        self._say("the camera gives no picture")
                    continue
                before = time.perf_counter()
                reading = self._chain.read(frame.gray)
                took = (time.perf_counter() - before) * 1000
                height, width = frame.gray.shape
                new = self._presentations.see(reading.found, frame.captured_at, (width / 2, height / 2))
                if new is not None:
                    yield new, frame, round(took, 3)
                self._say(_seen(reading, width, height))

    def _say(self, what: str) -> None:
        if what != self._told:
            self._told = what
            self._tell(what)


def _seen(reading: "Reading", width: int, height: int) -> str:
    about = f"{width} × {height}: "
    if reading.found:
        return about + "a code is read" if len(reading.found) == 1 else about + f"{len(reading.found)} codes are read"
    if reading.damaged:
        return about + "a code is there, but too much of it is damaged or covered"
    return about + ("something like a code is there, and not read yet" if reading.patches else "nothing like a code")
