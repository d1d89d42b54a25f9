"""What a session is composed of, handed to it by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.config import Config
from kiosk.i18n import Texts
from kiosk.model.clock import Clock
from kiosk.model.code import Code
from kiosk.model.command import Command
from kiosk.model.hint import Hint
from kiosk.model.ids import DurationMs, Lang, MonotonicMs, ScanId
from kiosk.model.view import Trouble, View
from kiosk.store import DeviceStore


class Voice(Protocol):
    """What reads aloud."""

    def say(self, text: str, lang: Lang) -> None:
        """Begin to speak; what was being said stops."""
        ...

    def stop(self) -> None:
        """Be silent at once."""
        ...

    @property
    def speaking(self) -> bool:
        """Whether something is being said now."""
        ...


@dataclass(frozen=True)
class Parts:
    """The parts of one session. `post` takes the newest view from any thread."""

    config: Config
    store: DeviceStore
    clock: Clock
    texts: Texts
    voice: Voice
    post: Callable[[View], None]


@dataclass(frozen=True)
class Presented:
    """A code was held up or typed."""

    code: Code


@dataclass(frozen=True)
class Unreadable:
    """Something like a code has been held up for a while and can't be read."""


@dataclass(frozen=True)
class TwoCodes:
    """Two codes are held up at once, so that nobody can say which one is meant."""


@dataclass(frozen=True)
class Advised:
    """What the holder of a code that is not read can do about it; None when there is no more to say."""

    hint: Hint | None


@dataclass(frozen=True)
class TroubleIs:
    """The state of the sources of codes; None when they are well."""

    trouble: Trouble | None


@dataclass(frozen=True)
class Tapped:
    """A person asked for something on the screen."""

    command: Command


@dataclass(frozen=True)
class Shown:
    """The answer to a scan reached the glass at this monotonic time."""

    scan: ScanId
    at: MonotonicMs


@dataclass(frozen=True)
class Started:
    """The first frame is on the glass, so long after the process began."""

    first_frame: DurationMs


Input = Presented | Unreadable | TwoCodes | Advised | TroubleIs | Tapped | Shown | Started


class Part(Protocol):
    """One role's half of the session: takes inputs, gives the view, says when it must be woken."""

    def handle(self, item: Input) -> None:
        """Take one input."""
        ...

    def view(self) -> View:
        """What the screen should show now."""
        ...

    def wake_at(self) -> MonotonicMs | None:
        """When the view changes by itself next, None for when something happens."""
        ...

    def idle(self) -> bool:
        """Whether nobody is being served, so that new content may take over."""
        ...
