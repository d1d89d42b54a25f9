"""What counts as growing."""

from tests.soak.verdict import BYTES_AN_ANSWER, SLACK_BYTES, Sample, courses
from tests.soak.vitals import Vitals

_MB = 1_000_000


def _samples(*, grows: float = 0.0, files: float = 0.0, threads: float = 0.0, reborn: int = -1) -> list[Sample]:
    """Thirty, ten answers apart, after a start that takes memory."""
    made = []
    for turn in range(30):
        memory = 100 * _MB + min(turn, 5) * 10 * _MB + int(grows * turn * 10)
        vitals = Vitals(1 + (turn >= reborn >= 0), memory, 20 + int(files * turn), 8 + int(threads * turn), 0.1 * turn)
        made.append(Sample(turn * 10, {"app": vitals}))
    return made


def test_what_a_start_takes_is_not_growth() -> None:
    """Caches fill; from then on it stays."""
    (course,) = courses(_samples())
    assert (course.memory_warm, course.memory_last, course.answers) == (150 * _MB, 150 * _MB, 100)
    assert course.problems == ()


def test_memory_that_goes_with_every_answer_is_told() -> None:
    """A little is allowed, for a month of it fits into the machine; a picture for each is not."""
    (within,) = courses(_samples(grows=BYTES_AN_ANSWER))
    (beyond,) = courses(_samples(grows=BYTES_AN_ANSWER + SLACK_BYTES / 100 + 1_000))
    assert within.problems == ()
    assert [says.partition(" by")[0] for says in beyond.problems] == ["app: its memory grew"]


def test_files_and_threads_that_stay_open_are_told() -> None:
    """Some come and go with connections."""
    (course,) = courses(_samples(files=0.6, threads=0.5))
    assert course.problems == ()
    (course,) = courses(_samples(files=1, threads=1))
    assert course.problems == ("app: open files: 39 → 44", "app: threads: 27 → 32")


def test_a_process_that_was_started_anew_is_not_judged() -> None:
    """Its memory begins again; before the middle of the run it is judged as any other."""
    assert courses(_samples(grows=_MB, reborn=20)) == ()
    assert len(courses(_samples(reborn=9))) == 1


def test_a_run_without_samples_has_nothing_to_judge() -> None:
    """It is no proof of anything, and the run itself sees to it that there are some."""
    assert courses([]) == ()
    assert courses(_samples()[:2]) == ()
