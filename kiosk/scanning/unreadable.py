"""Notices that something which clearly is a code is held up and still can't be read. Pure but for its arithmetic."""

from dataclasses import dataclass

from kiosk.model.ids import DurationMs, MonotonicMs


@dataclass(frozen=True)
class UnreadableRules:
    """A code must be clearly there for `after_ms`, with no gap longer than `gap_ms`; after it was gone for `gone_ms`
    the next one counts anew. Who is being told what to do about it is given `hinted_ms` in all.
    """

    after_ms: DurationMs = DurationMs(2500)
    hinted_ms: DurationMs = DurationMs(6000)
    gap_ms: DurationMs = DurationMs(700)
    gone_ms: DurationMs = DurationMs(1500)


class UnreadableNotice:
    """Says once for each thing held up that it can't be read. For one thread."""

    def __init__(self, rules: UnreadableRules | None = None) -> None:
        self._rules = rules or UnreadableRules()
        self._since: MonotonicMs | None = None
        self._last: MonotonicMs | None = None
        self._said = False

    def see(self, at: MonotonicMs, *, clear: bool, read: bool, hinted: bool = False) -> bool:
        """What the frame at `at` showed: a code was `read`, or a code is `clear`ly there. True: say it now.

        `hinted` is true while a hint is shown to the person who holds it.
        """
        if read:
            self._since, self._last, self._said = None, at, True
            return False
        gone = MonotonicMs(at - self._last) if self._last is not None else None
        if gone is None or gone > self._rules.gone_ms:
            self._said = False
        if not clear:
            if gone is not None and gone > self._rules.gap_ms:
                self._since = None
            return False
        if gone is None or gone > self._rules.gap_ms or self._since is None:
            self._since = at
        self._last = at
        if self._said or at - self._since < (self._rules.hinted_ms if hinted else self._rules.after_ms):
            return False
        self._said = True
        return True
