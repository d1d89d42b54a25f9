"""What all scanners that read by themselves share: bytes come in, codes go out."""

import logging
from collections.abc import Iterable

from kiosk.model.clock import Clock
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import SourceConfig
from kiosk.scanning.assembly import Assembly, Message

log = logging.getLogger(__name__)


class Scanner:
    """Base of the scanners on wires. Each adds `open`, `read` and `close`."""

    def __init__(self, wanted: SourceConfig, clock: Clock) -> None:
        self.name = f"{wanted.kind.value} {wanted.device}"
        self._wanted = wanted
        self._clock = clock
        self._assembly = Assembly(wanted.marks)

    def _now(self) -> MonotonicMs:
        return self._clock.now().mono_ms

    def _patience(self, timeout: DurationMs) -> DurationMs:
        """How long to wait for more: no longer than until the silence ends a code."""
        due = self._assembly.due_in(self._now())
        return timeout if due is None else min(timeout, DurationMs(due + 1))

    def _begin_anew(self) -> None:
        """Forget what came before the device was opened."""
        self._assembly = Assembly(self._wanted.marks)

    def _took(self, data: bytes) -> tuple[Code, ...]:
        """Codes that are complete with `data`; with none, those that the silence until now has ended."""
        now, before = self._now(), self._assembly.dropped
        messages = self._assembly.feed(data, now) if data else self._assembly.quiet(now)
        if self._assembly.dropped > before:
            log.warning(
                "source %r: what came was no whole code (torn, too long, or without its prefix or suffix)", self.name
            )
        return self._codes(messages, now)

    def _codes(self, messages: Iterable[Message], now: MonotonicMs) -> tuple[Code, ...]:
        by = self._wanted.kind.value
        return tuple(Code(each.payload, Symbology.KEYED, by, each.began_at, now) for each in messages)
