"""Plays the story on a running demo and writes down what came of it."""

import time
from collections.abc import Callable, Sequence

from deploy.demo.director import Director, OffScript, commit_times
from deploy.demo.record import Ending, SceneRecord, StoryRecord
from deploy.demo.story import Scene
from deploy.errors import DeployError

EXACTLY_ONCE = "Everything exactly once"
_EXACTLY_ONCE_TEXT = "Each device's own outbox is compared with what the hub holds: ids equal, no doubles, no gaps."
_MOST_SECONDS = 240.0
"""After this nothing new is begun: a story that goes wrong everywhere must not go on for ever."""


def perform(director: Director, scenes: Sequence[Scene], say: Callable[[str], None]) -> StoryRecord:
    """Play all scenes, also after one that failed, unless a process died or the time is up; compare at the end."""
    story = StoryRecord([SceneRecord(scene.title, scene.text, scene.cut_off) for scene in scenes])
    begun = time.monotonic()
    for scene, record in zip(scenes, story.scenes, strict=True):
        if time.monotonic() - begun > _MOST_SECONDS:
            record.problem = "The time was up."
            continue
        if not _play(director, scene, record, say):
            break
    last = SceneRecord(EXACTLY_ONCE, _EXACTLY_ONCE_TEXT)
    story.scenes.append(last)
    _compare(director, story, last, say)
    story.seconds = time.monotonic() - begun
    return story


def _play(director: Director, scene: Scene, record: SceneRecord, say: Callable[[str], None]) -> bool:
    """Whether the demo still runs afterwards."""
    director.scene, begun, alive = record, time.monotonic(), True
    try:
        scene.play(director)
        record.ending = Ending.PLAYED
    except OffScript as problem:
        record.ending, record.problem = Ending.FAILED, str(problem)
    except DeployError as problem:
        record.ending, record.problem, alive = Ending.FAILED, str(problem), False
    record.seconds = time.monotonic() - begun
    say(_line(record))
    return alive


def _compare(director: Director, story: StoryRecord, record: SceneRecord, say: Callable[[str], None]) -> None:
    begun = time.monotonic()
    try:
        story.tallies = director.exactly_once()
        story.committed_ms = commit_times(director.watches, director.hub_events())
        problems = [f"{tally.device}: {problem}" for tally in story.tallies for problem in tally.problems]
        record.ending = Ending.FAILED if problems else Ending.PLAYED
        record.problem = "; ".join(problems)
    except DeployError as problem:
        record.ending, record.problem = Ending.FAILED, str(problem)
    record.seconds = time.monotonic() - begun
    say(_line(record))


def _line(record: SceneRecord) -> str:
    mark = {Ending.PLAYED: "ok  ", Ending.FAILED: "FAIL", Ending.LEFT_OUT: "--  "}[record.ending]
    line = f"{mark} {record.title} ({record.seconds:.1f} s)"
    return f"{line}\n       {record.problem}" if record.problem else line
