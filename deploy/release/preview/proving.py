"""The whole pack, checked from the page: what `opas pack check` finds, with a link to each situation that shows it."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.release.checking import Report, check, summary
from deploy.release.preview.counterexample import situation_of
from deploy.release.preview.folder import Reading
from deploy.release.preview.trial import usual_choices
from deploy.release.proof.prove import Hole
from deploy.release.proof.told import hole_told
from kiosk.model.pack import Pack


@dataclass(frozen=True, slots=True)
class Proved:
    """The report, its lines when nothing is wrong, and the choices by the sentence of each counterexample."""

    report: Report
    lines: tuple[str, ...]
    situations: dict[str, dict[str, str]]
    last_resort: tuple["_Told", ...]
    """What lands on the last resort as declared: a sentence and, where one was found, its choices."""


_Told = tuple[str, dict[str, str] | None]


class Proving:
    """Checks a folder once for each of its states."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._stamp = ""
        self._proved: Proved | None = None

    def prove(self, reading: Reading, now_ms: int) -> Proved:
        """What the check finds in the folder as it was read; takes seconds. One at a time."""
        with self._lock:
            if self._proved is None or self._stamp != reading.stamp:
                self._proved, self._stamp = self._check(reading, now_ms), reading.stamp
            return self._proved

    def _check(self, reading: Reading, now_ms: int) -> Proved:
        report = check(self._folder)
        found: list[_Told] = []
        declared: list[_Told] = []
        if reading.pack is not None:
            usual = usual_choices(reading, reading.pack, now_ms)
            found += _told(report.proof.holes, reading.pack, usual)
            declared += _told(report.proof.on_last_resort, reading.pack, usual)
        situations = {sentence: choices for sentence, choices in found if choices is not None}
        lines = tuple(summary(report))[:1] if not report.findings else ()
        return Proved(report, lines, situations, tuple(declared))


def _told(holes: Iterable[Hole], pack: Pack, usual: dict[str, str]) -> Iterator[_Told]:
    return ((hole_told(hole, pack), situation_of(hole, pack, usual)) for hole in holes)
