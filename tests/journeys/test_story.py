"""The demo's story, shortened, with everything real: frames, screens, databases, broker and hub."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.demo.devices import DEVICES
from deploy.demo.director import Director
from deploy.demo.performing import EXACTLY_ONCE, perform
from deploy.demo.ports import listens
from deploy.demo.report import write_report
from deploy.demo.running import Plan, RunningDemo
from deploy.demo.story import shop_story, short_story

REPOSITORY = Path(__file__).resolve().parents[2]
TERMINAL = tuple(device for device in DEVICES if device.site == "terminal")
SHOP = tuple(device for device in DEVICES if device.site == "shop")
BOARD = tuple(device for device in DEVICES if device.id == "terminal-board-1")


def of_folder(folder: Path) -> list[str]:
    """The command lines of all processes that name the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in command and int(entry.name) != os.getpid():
            found.append(command)
    return found


def doctor_of(config: Path) -> dict[str, str]:
    """How the doctor finds what belongs to a device, by topic."""
    command = [sys.executable, "-m", "deploy.cli", "doctor", "--json", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = {finding["topic"]: finding["level"] for finding in json.loads(done.stdout)}
    return {topic: findings[topic] for topic in ("config", "database", "hub", "site broker")}


def test_a_passengers_whole_way_and_a_broker_that_dies_on_it(tmp_path: Path) -> None:
    """Check-in, gate, refusal, pre-order, collection, an outage; and the hub has it all exactly once."""
    with RunningDemo(Plan(tmp_path, REPOSITORY, TERMINAL), print) as demo:
        story = perform(Director(demo), short_story(), print)
        ports = (demo.addresses.hub, demo.addresses.console, demo.addresses.broker)
        assert all(listens(port) for port in ports)
        assert doctor_of(demo.plan.folder_of("terminal-kiosk-1").config) == {
            "config": "ok",
            "database": "ok",
            "hub": "ok",
            "site broker": "ok",
        }
    assert [f"{scene.title}: {scene.problem}" for scene in story.failed] == []
    assert story.scenes[-1].title == EXACTLY_ONCE
    assert {tally.device for tally in story.tallies} == {device.id for device in TERMINAL}
    assert all(tally.written == tally.held > 0 for tally in story.tallies)
    glimpses = [glimpse for scene in story.scenes for glimpse in scene.glimpses]
    assert all(glimpse.picture is not None and glimpse.picture.exists() for glimpse in glimpses)
    assert all(story.commit_of(glimpse) is not None for glimpse in glimpses if glimpse.events)
    assert "The whole way, as told" in write_report(tmp_path / "report.html", story, "today").read_text()
    assert of_folder(tmp_path) == []
    assert not any(listens(port) for port in ports)


def test_no_promise_goes_without_an_outcome(tmp_path: Path) -> None:
    """Something is faulty: one call is promised and made, another does not come and becomes a case that is answered."""
    with RunningDemo(Plan(tmp_path, REPOSITORY, SHOP), print) as demo:
        story = perform(Director(demo), shop_story(), print)
        orders = demo.hub.get("/v1/sites/shop/records/orders")
        cases = demo.hub.get("/v1/sites/shop/records/cases")
    assert [f"{scene.title}: {scene.problem}" for scene in story.failed] == []
    calls = {order["number"]: order["call"] for order in orders if "call" in order}
    assert sorted("broken_at" in call for call in calls.values()) == [False, True]
    assert all("kept_at" in call for call in calls.values())
    assert [(case["kind"], case["state"]) for case in cases] == [("claim", "fixed")]


SCRIPT = """
import sys, time
from pathlib import Path
from deploy.demo.devices import DEVICES
from deploy.demo.running import Plan, RunningDemo
from deploy.demo.signals import ending_on_signals

folder, repository = Path(sys.argv[1]), Path(sys.argv[2])
board = tuple(device for device in DEVICES if device.id == "terminal-board-1")
say = lambda line: print(line, flush=True)
with ending_on_signals(say), RunningDemo(Plan(folder, repository, board), say):
    say("up")
    time.sleep(120)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_however_the_demo_is_ended_nothing_of_it_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    """Even where it is killed and can stop nothing itself."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(REPOSITORY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        assert demo.stdout is not None
        said = []
        for line in demo.stdout:
            said.append(line)
            if line == "up\n":
                break
        assert said[-1:] == ["up\n"], "".join(said)
        # The broker, the hub, an agent and an app.
        assert len(of_folder(tmp_path)) == 5
        demo.send_signal(number)
        demo.stdout.read()
    deadline = time.monotonic() + 15
    while of_folder(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert of_folder(tmp_path) == []
