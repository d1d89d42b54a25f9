"""A story that goes wrong, on a real broker and hub without devices: it is told, and ends."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.director import Director, OffScript
from deploy.demo.performing import EXACTLY_ONCE, perform
from deploy.demo.record import Ending
from deploy.demo.running import Plan, RunningDemo
from deploy.demo.story import Scene
from deploy.demo.supervisor import Program, Tier
from deploy.errors import ProcessDied, Refused, Unreachable
from deploy.web import HubApi

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    with RunningDemo(Plan(tmp_path, REPOSITORY, ()), print) as demo:
        yield demo


def fine(director: Director) -> None:
    director.at_hub("it is there", lambda: director.hub_events() == [], 5)


def wrong(director: Director) -> None:
    raise OffScript("nobody came")


def never(director: Director) -> None:
    director.at_hub("there are events", lambda: bool(director.hub_events()), 0.1)


def test_a_scene_that_fails_is_told_with_its_reason_and_the_others_are_played(demo: RunningDemo) -> None:
    said: list[str] = []
    scenes = (Scene("One", "", wrong), Scene("Two", "", fine), Scene("Three", "", never))
    story = perform(Director(demo), scenes, said.append)
    endings = [(scene.title, scene.ending) for scene in story.scenes]
    assert endings == [
        ("One", Ending.FAILED),
        ("Two", Ending.PLAYED),
        ("Three", Ending.FAILED),
        (EXACTLY_ONCE, Ending.PLAYED),
    ]
    assert [scene.problem for scene in story.failed] == [
        "nobody came",
        "the hub: there are events: not so (waited 0 s)",
    ]
    assert said[0].startswith("FAIL One")
    assert "nobody came" in said[0]


def test_when_a_process_dies_the_story_ends_there_and_says_which(demo: RunningDemo) -> None:
    def hub_dies(director: Director) -> None:
        demo.supervisor.kill("hub")
        director.at_hub("it still answers", lambda: director.hub_events() == [], 5)

    story = perform(Director(demo), (Scene("One", "", hub_dies), Scene("Two", "", fine)), print)
    assert [scene.ending for scene in story.scenes] == [Ending.FAILED, Ending.LEFT_OUT, Ending.FAILED]
    assert "no answer" in story.scenes[0].problem


def test_the_broker_comes_back_on_the_same_port(demo: RunningDemo) -> None:
    port = demo.addresses.broker
    demo.kill_broker()
    demo.start_broker()
    assert demo.addresses.broker == port
    demo.supervisor.check()


def test_a_hub_that_refuses_one_that_is_away_and_a_server_that_is_none_are_told_apart(demo: RunningDemo) -> None:
    with pytest.raises(Refused, match="status 401") as refused:
        HubApi(demo.addresses.console_url, "wrong").get("/v1/state")
    assert refused.value.todo
    with pytest.raises(Refused, match="status 404"):
        demo.hub.get("/v1/sites/nowhere/records/orders")
    demo.supervisor.kill("hub")
    with pytest.raises(Unreachable, match="no answer"):
        demo.hub.get("/v1/state")


def test_an_agent_that_can_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    with RunningDemo(Plan(tmp_path, REPOSITORY, ()), print) as demo:
        missing = tmp_path / "none.toml"
        command = (sys.executable, "-m", "sync.agent", "--config", str(missing))
        demo.supervisor.start(Program("agent", Tier.AGENT, command))
        with pytest.raises(ProcessDied, match="agent ended with status 78") as died:
            demo.supervisor.wait("agent", lambda: False, 20)
    assert str(missing) in died.value.what
    assert "What to do" in died.value.what
