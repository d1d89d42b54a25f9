"""Tells the keys of a scanner that types (a keyboard wedge) from a person's, and makes a code of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.errors import ConfigurationError
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import SourceConfig, SourceKind

_ENDS = "\r\n"
_QUICK_KEYS = 3


@dataclass(frozen=True)
class WedgeRules:
    """How the scanner is set up: what it types before and after each code, how fast, and how long its codes are.

    Enter ends a code whatever `suffix` is. Between two keys of a scanner pass at most `gap_ms`; people take longer.
    `least` and `most` are lengths in characters without prefix and suffix.
    """

    prefix: str = ""
    suffix: str = "\r"
    gap_ms: DurationMs = DurationMs(50)
    least: int = 4
    most: int = 4096

    def __post_init__(self) -> None:
        """Raises `ConfigurationError` for rules that no scan could meet."""
        if not 1 <= self.least <= self.most or self.gap_ms < 1:
            raise ConfigurationError(
                f"scanner: lengths {self.least} to {self.most} within {self.gap_ms} ms leave no code to read.",
                "Let least be 1 or more, most not below it, and the gap 1 ms or more.",
            )


def wedge_for(sources: Iterable[SourceConfig]) -> "WedgeReader | None":
    """What reads the scanner that types into the app, if a site has one; its prefix and suffix are the site's."""
    typing = next((each for each in sources if each.kind is SourceKind.KEYS), None)
    if typing is None:
        return None
    suffix = WedgeRules.suffix if typing.suffix is None else typing.suffix
    return WedgeReader(WedgeRules(typing.prefix, suffix))


class WedgeReader:
    """Feed it every key typed; it gives a code when a scanner has typed one. For one thread (the UI's)."""

    def __init__(self, rules: WedgeRules | None = None) -> None:
        self._rules = rules or WedgeRules()
        self._typed: list[str] = []
        self._began_at = self._last_at = MonotonicMs(0)
        self._overrun = False

    def feed(self, char: str, at: MonotonicMs) -> Code | None:
        """One typed character (Enter as a carriage return) at monotonic `at`; the code if it ends one.

        A key that comes too late after the one before begins anew, so what a person types is never a code.
        """
        if not self._typed or at - self._last_at > self._rules.gap_ms:
            self._begin(at)
        self._last_at = at
        if char in _ENDS or self._ended_by(char):
            return self._finish(at)
        if len(self._typed) >= self._rules.most + len(self._rules.prefix) + len(self._rules.suffix):
            self._overrun = True
        else:
            self._typed.append(char)
        return None

    def scanning(self, at: MonotonicMs) -> bool:
        """True while a scanner types, so that its keys can be kept from buttons and text fields."""
        return len(self._typed) >= _QUICK_KEYS and at - self._last_at <= self._rules.gap_ms

    def _begin(self, at: MonotonicMs) -> None:
        self._typed, self._overrun, self._began_at = [], False, at

    def _ended_by(self, char: str) -> bool:
        suffix = self._rules.suffix.strip(_ENDS)
        if not suffix or char != suffix[-1]:
            return False
        tail = "".join(self._typed[len(self._typed) - len(suffix) + 1 :]) if len(suffix) > 1 else ""
        return tail + char == suffix

    def _finish(self, at: MonotonicMs) -> Code | None:
        text, overrun = "".join(self._typed), self._overrun
        began_at = self._began_at
        self._begin(at)
        rules = self._rules
        if overrun or not text.startswith(rules.prefix):
            return None
        text = text[len(rules.prefix) :]
        partial = rules.suffix.strip(_ENDS)[:-1]
        if partial and text.endswith(partial):
            text = text[: -len(partial)]
        if not rules.least <= len(text) <= rules.most:
            return None
        payload = text.encode("utf-8", "surrogatepass")
        return Code(payload, Symbology.KEYED, "keys", began_at, at)
