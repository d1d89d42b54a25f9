"""Turns what each frame shows into presentations: a code held up gives one result, however long it is held. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning.found import Found

_TWICE = frozenset({Symbology.PDF417, Symbology.CODE128, Symbology.EAN13, Symbology.OTHER})
"""Symbologies that are truly misread now and then: two frames must agree."""


@dataclass(frozen=True)
class PresentationRules:
    """A code is gone once `absent_frames` frames and `absent_ms` have passed without it.

    The aim frame is a square in the middle, `aim_part` of the picture's height a side.
    A symbology that needs it is believed when two frames within `agree_ms` gave the same payload.
    """

    absent_ms: DurationMs = DurationMs(1500)
    absent_frames: int = 3
    aim_part: float = 0.7
    agree_ms: DurationMs = DurationMs(1500)


@dataclass
class _Held:
    missed_since: MonotonicMs | None = None
    missed_frames: int = 0


class Presentations:
    """Remembers which codes are before the camera now. For one thread."""

    def __init__(self, rules: PresentationRules | None = None) -> None:
        self._rules = rules or PresentationRules()
        self._held: dict[bytes, _Held] = {}
        self._once: dict[bytes, MonotonicMs] = {}
        self._two_at: MonotonicMs | None = None
        self._two_said = True

    def see(self, found: Sequence[Found], at: MonotonicMs, aim: tuple[float, float]) -> Found | None:
        """What the frame taken at `at` shows; gives the code that is newly presented, the one nearest to `aim`, or None.

        `aim` is the middle of the picture. Two codes in the aim frame give none: which is meant is for its holder to say.
        Call it for each frame that was looked at, also for one without any code.
        """
        self._forget_absent({one.payload for one in found}, at)
        if len({one.payload for one in found if self._aimed_at(one, aim)}) > 1:
            self._note_two(at)
            return None
        nearest = min(found, key=lambda one: _distance(one, aim), default=None)
        if nearest is None or nearest.payload in self._held or not self._believed(nearest, at):
            return None
        self._held[nearest.payload] = _Held()
        self._once.clear()
        return nearest

    def presented(self, found: Sequence[Found]) -> list[bytes]:
        """The payloads among `found` that were given as presented, now or before."""
        return [one.payload for one in found if one.payload in self._held]

    def two_codes(self) -> bool:
        """True once each time that two codes came into the aim frame together. Ask after `see`."""
        said, self._two_said = self._two_said, True
        return not said

    def _aimed_at(self, found: Found, aim: tuple[float, float]) -> bool:
        reach = self._rules.aim_part * aim[1]
        return bool(found.corners) and all(abs(one) <= reach for one in _from_aim(found, aim))

    def _note_two(self, at: MonotonicMs) -> None:
        if self._two_at is None or at - self._two_at >= self._rules.absent_ms:
            self._two_said = False
        self._two_at = at

    def _forget_absent(self, seen: set[bytes], at: MonotonicMs) -> None:
        for payload, held in list(self._held.items()):
            if payload in seen:
                self._held[payload] = _Held()
                continue
            since = at if held.missed_since is None else held.missed_since
            self._held[payload] = _Held(since, held.missed_frames + 1)
            if held.missed_frames + 1 >= self._rules.absent_frames and at - since >= self._rules.absent_ms:
                del self._held[payload]

    def _believed(self, found: Found, at: MonotonicMs) -> bool:
        if found.symbology not in _TWICE:
            return True
        self._once = {payload: when for payload, when in self._once.items() if at - when <= self._rules.agree_ms}
        before = self._once.get(found.payload)
        self._once[found.payload] = at
        return before is not None


class Sightings:
    """What each source of one touchpoint saw lately, so that a code that two of them read counts once. For one thread."""

    def __init__(self, rules: PresentationRules | None = None) -> None:
        self._rules = rules or PresentationRules()
        self._seen: dict[bytes, dict[str, MonotonicMs]] = {}

    def note(self, source: str, payloads: Iterable[bytes], at: MonotonicMs) -> None:
        """`source` sees these at `at`."""
        for payload in payloads:
            self._seen.setdefault(payload, {})[source] = at
        for payload, seen in list(self._seen.items()):
            if all(at - when > self._rules.absent_ms for when in seen.values()):
                del self._seen[payload]

    def lately(self, payload: bytes, at: MonotonicMs, *, but: str = "") -> bool:
        """Whether any source but `but` has seen this code within the time after which a code counts as gone."""
        seen = self._seen.get(payload, {})
        return any(abs(at - when) <= self._rules.absent_ms for source, when in seen.items() if source != but)


def _distance(found: Found, aim: tuple[float, float]) -> float:
    across, down = _from_aim(found, aim) if found.corners else (0.0, 0.0)
    return across * across + down * down


def _from_aim(found: Found, aim: tuple[float, float]) -> tuple[float, float]:
    """How far the code's middle is from `aim`, to the right and down."""
    across = sum(corner[0] for corner in found.corners) / len(found.corners) - aim[0]
    down = sum(corner[1] for corner in found.corners) / len(found.corners) - aim[1]
    return across, down
