"""Whether what was measured grows with the people who came. Pure."""

from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

from tests.soak.vitals import Vitals

_MONTH_ANSWERS = 30 * 5_000
_MONTH_BYTES = 512_000_000
BYTES_AN_ANSWER = _MONTH_BYTES / _MONTH_ANSWERS
"""A month with 5,000 people a day may cost half a gigabyte."""
SLACK_BYTES = 12_000_000
"""Memory comes from the system in pieces; a picture of the whole screen has eight million bytes."""
_MORE_FILES, _MORE_THREADS = 4, 3
"""Connections and workers come and go."""


class Sample(msgspec.Struct, frozen=True):
    """All processes by name when `answers` people had been answered."""

    answers: int
    of: Mapping[str, Vitals]


class Course(msgspec.Struct, frozen=True):
    """How one process went from its warm state to its last: medians of a third of the time each."""

    name: str
    answers: int
    memory_warm: float
    memory_last: float
    files_warm: int
    files_last: int
    threads_warm: int
    threads_last: int

    @property
    def problems(self) -> tuple[str, ...]:
        """In words; none when it holds what it held."""
        grown = self.memory_last - self.memory_warm
        allowed = SLACK_BYTES + BYTES_AN_ANSWER * self.answers
        found = (
            (grown > allowed, f"its memory grew by {grown / 1e6:.1f} MB over {self.answers} answers"),
            (self.files_last > self.files_warm + _MORE_FILES, f"open files: {self.files_warm} → {self.files_last}"),
            (
                self.threads_last > self.threads_warm + _MORE_THREADS,
                f"threads: {self.threads_warm} → {self.threads_last}",
            ),
        )
        return tuple(f"{self.name}: {says}" for so, says in found if so)


def courses(samples: Sequence[Sample]) -> tuple[Course, ...]:
    """One for each process that lived through the last two thirds; one that was started anew meanwhile has none."""
    third = len(samples) // 3
    warm, last = samples[third : 2 * third], samples[2 * third :]
    if not warm or not last:
        return ()
    answers = last[len(last) // 2].answers - warm[len(warm) // 2].answers
    names = [name for name in warm[0].of if _lived(name, (*warm, *last))]
    return tuple(_course(name, warm, last, answers) for name in names)


def _lived(name: str, samples: Sequence[Sample]) -> bool:
    return len({sample.of[name].process if name in sample.of else 0 for sample in samples}) == 1


def _course(name: str, warm: Sequence[Sample], last: Sequence[Sample], answers: int) -> Course:
    before, after = [sample.of[name] for sample in warm], [sample.of[name] for sample in last]
    return Course(
        name,
        answers,
        median(each.memory for each in before),
        median(each.memory for each in after),
        max(each.files for each in before),
        round(median(each.files for each in after)),
        max(each.threads for each in before),
        round(median(each.threads for each in after)),
    )
