"""What came of the story: scenes with their pictures, times and problems."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from deploy.demo.exactlyonce import Tally


class Ending(StrEnum):
    """How a scene ended."""

    PLAYED = "played"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class EventKey:
    """Where an event stands in its device's outbox."""

    device: str
    seq: int


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One screen as it was shown. Times in milliseconds, None where none was measured.

    `decode_ms` runs from the frame to the decoded code, `glass_ms` from there to the answer on the glass.
    """

    device: str
    says: str
    picture: Path | None
    decode_ms: int | None = None
    glass_ms: int | None = None
    events: tuple[EventKey, ...] = ()


@dataclass(slots=True)
class SceneRecord:
    """One scene: its title, what it shows, what was seen, and what went wrong."""

    title: str
    text: str
    cut_off: bool = False
    """Whether its events had to wait for the broker."""
    ending: Ending = Ending.LEFT_OUT
    problem: str = ""
    seconds: float = 0.0
    glimpses: list[Glimpse] = field(default_factory=list)


@dataclass(slots=True)
class StoryRecord:
    """The whole evening."""

    scenes: list[SceneRecord] = field(default_factory=list)
    tallies: Sequence[Tally] = ()
    committed_ms: dict[EventKey, int] = field(default_factory=dict)
    """How long after it was written each event was committed at the hub, by the wall clock of this one machine."""
    seconds: float = 0.0

    @property
    def failed(self) -> list[SceneRecord]:
        """The scenes that were not played to their end."""
        return [scene for scene in self.scenes if scene.ending is not Ending.PLAYED]

    def commit_of(self, glimpse: Glimpse) -> int | None:
        """When the last of a glimpse's events was in the hub."""
        times = [self.committed_ms[key] for key in glimpse.events if key in self.committed_ms]
        return max(times) if times and len(times) == len(glimpse.events) else None
