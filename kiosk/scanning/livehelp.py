"""Decides when a hint is shown: when several frames agree on it, long enough to be read, never beside a read code. Pure."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.model.hint import Hint
from kiosk.model.ids import DurationMs, MonotonicMs

_LEAST_SIDE, _SAME_SIZE = 110.0, 1.6


@dataclass(frozen=True)
class Sight:
    """What one frame shows of a code that is not read: the hint, and where the code-like thing is, side in pixels."""

    hint: Hint | None = None
    middle: tuple[float, float] | None = None
    side: float = 0.0


@dataclass(frozen=True)
class HelpRules:
    """A frame is looked at every `every_ms`. A hint that `share` of at least `least` frames over `span_ms` to `after_ms` agree
    on is shown, then kept for `keep_ms` after the last such moment, and at least `least_ms` before another takes its place.

    For `quiet_ms` after a code was read there is none. After `most_ms` it is given up until nothing was hinted at for
    `gone_ms`: what stands there that long is no code. Something moves too fast at `fast` of its own sides a second;
    what leaps by more than `leap` of them from one frame to the next is something else.
    """

    every_ms: DurationMs = DurationMs(90)
    span_ms: DurationMs = DurationMs(500)
    after_ms: DurationMs = DurationMs(1600)
    least: int = 4
    share: float = 0.7
    keep_ms: DurationMs = DurationMs(2500)
    least_ms: DurationMs = DurationMs(1500)
    quiet_ms: DurationMs = DurationMs(2500)
    most_ms: DurationMs = DurationMs(20_000)
    gone_ms: DurationMs = DurationMs(3000)
    fast: float = 1.6
    leap: float = 1.2


class LiveHelp:
    """Remembers what the last frames showed. For one thread and one source."""

    def __init__(self, rules: HelpRules | None = None) -> None:
        self._rules = rules or HelpRules()
        self._seen: deque[tuple[MonotonicMs, Sight]] = deque()
        self._shown: Hint | None = None
        self._shown_at = self._agreed_at = self._begun_at = self._hinted_at = MonotonicMs(-1_000_000)
        self._looked_at = self._read_at = MonotonicMs(-1_000_000)

    def due(self, at: MonotonicMs) -> bool:
        """Whether the frame at `at` is worth a look for hints."""
        return at - self._looked_at >= self._rules.every_ms and at - self._read_at >= self._rules.quiet_ms

    def read(self, at: MonotonicMs) -> None:
        """A code was read: what was to be said is said no more."""
        self._read_at = at
        self._seen.clear()
        self._shown = None

    def see(self, at: MonotonicMs, sight: Sight) -> None:
        """What the frame taken at `at`, in which no code was read, shows."""
        self._looked_at = at
        self._seen.append((at, sight))
        while self._seen and at - self._seen[0][0] > self._rules.after_ms:
            self._seen.popleft()
        agreed = self._agreed()
        if agreed is None:
            return
        if at - self._hinted_at > self._rules.gone_ms:
            self._begun_at = at
        self._hinted_at = at
        if at - self._begun_at > self._rules.most_ms:
            return
        if agreed is self._shown:
            self._agreed_at = at
        elif self._shown is None or at - self._shown_at >= self._rules.least_ms:
            self._shown, self._shown_at, self._agreed_at = agreed, at, at

    def now(self, at: MonotonicMs) -> Hint | None:
        """What is to be shown at this moment."""
        if self._shown is not None and at - self._agreed_at >= self._rules.keep_ms:
            self._shown = None
        return self._shown

    def _agreed(self) -> Hint | None:
        rules = self._rules
        if len(self._seen) < rules.least or self._seen[-1][0] - self._seen[0][0] < rules.span_ms:
            return None
        if self._speed() >= rules.fast:
            return Hint.MOVING
        hints = [sight.hint for _, sight in self._seen]
        commonest = max(hints, key=hints.count)
        return commonest if hints.count(commonest) >= rules.share * len(hints) else None

    def _speed(self) -> float:
        """How far the code-like thing has gone, there and back, in sides of its own a second; 0 if not seen long enough."""
        way, frames = 0.0, 1
        newest = first = self._seen[-1][0]
        for (at, before), (_, after) in reversed(list(itertools.pairwise(self._seen))):
            step = _step(before, after)
            if step is None or step > self._rules.leap:
                # Not the same thing: pieces of something large come and go.
                break
            way, frames, first = way + step, frames + 1, at
        seconds = (newest - first) / 1000
        seen_long = frames >= self._rules.least and newest - first >= self._rules.span_ms
        return way / seconds if seen_long and seconds > 0 else 0.0


def _step(before: Sight, after: Sight) -> float | None:
    """How far it has gone, in its sides; None if it isn't surely the same thing."""
    if before.middle is None or after.middle is None or min(before.side, after.side) < _LEAST_SIDE:
        return None
    if max(before.side, after.side) > _SAME_SIZE * min(before.side, after.side):
        return None
    across, down = after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]
    return float((across**2 + down**2) ** 0.5) / after.side


class Helpers:
    """The live help of all sources. `tell` is called with what is to be shown, None for nothing more, at each change."""

    def __init__(self, tell: Callable[[Hint | None], None], rules: HelpRules | None = None) -> None:
        self._tell = tell
        self._rules = rules or HelpRules()
        self._of: dict[str, LiveHelp] = {}
        self._told: Hint | None = None

    def of(self, source: str) -> LiveHelp:
        """That source's own."""
        return self._of.setdefault(source, LiveHelp(self._rules))

    def read(self, at: MonotonicMs) -> None:
        """Some source read a code: none of them has anything to say now."""
        for one in self._of.values():
            one.read(at)

    def shown(self, at: MonotonicMs) -> Hint | None:
        """What is to be shown at this moment; tells if that has changed."""
        hint = next((said for said in [one.now(at) for one in self._of.values()] if said is not None), None)
        if hint is not self._told:
            self._told = hint
            self._tell(hint)
        return hint
