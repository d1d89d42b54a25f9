"""The supervisor, with real processes: ready, dying, stubborn, and gone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.supervisor import Program, Supervisor, Tier
from deploy.errors import ProcessDied

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PATIENT = "import time; print('up', flush=True); time.sleep(60)"
NOTING = """
import pathlib, signal, sys, time
def stop(*_):
    with open({notes!r}, 'a') as notes: notes.write(sys.argv[1] + '\\n')
    raise SystemExit(0)
signal.signal(signal.SIGTERM, stop)
print('up', flush=True)
time.sleep(60)
"""


def program(name: str, code: str, tier: Tier = Tier.APP) -> Program:
    return Program(name, tier, (sys.executable, "-c", code, name))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "logs") as supervisor:
        yield supervisor


def said(supervisor: Supervisor, name: str) -> str:
    return supervisor.log_of(name).read_text()


def start_and_wait(supervisor: Supervisor, one: Program) -> None:
    supervisor.start(one)
    supervisor.wait(one.name, lambda: "up" in said(supervisor, one.name), 10)


def test_a_process_that_dies_is_told_with_its_last_words_and_what_to_do(supervisor: Supervisor) -> None:
    code = "import sys; [print('line', n, flush=True) for n in range(40)]; sys.exit('the port is taken')"
    supervisor.start(Program("hub", Tier.HUB, (sys.executable, "-c", code), advice="Free the port."))
    with pytest.raises(ProcessDied) as caught:
        supervisor.wait("hub", lambda: False, 10)
    assert "hub ended with status 1" in caught.value.what
    assert "the port is taken" in caught.value.what
    assert "line 39" in caught.value.what
    assert "line 3\n" not in caught.value.what
    assert caught.value.todo == "Free the port."


def test_one_that_is_never_ready_is_told_after_the_time_it_was_given(supervisor: Supervisor) -> None:
    supervisor.start(program("agent", PATIENT))
    with pytest.raises(ProcessDied, match="the agent of a: not ready after 0 s"):
        supervisor.wait("the agent of a", lambda: False, 0.2)


def test_later_tiers_stop_first(supervisor: Supervisor, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = NOTING.format(notes=str(notes))
    for tier in Tier:
        start_and_wait(supervisor, program(tier.name.lower(), code, tier))
    supervisor.stop()
    assert notes.read_text().split() == ["app", "agent", "hub", "broker"]
    assert supervisor.names == ()


def test_one_that_does_not_listen_is_killed_with_all_it_started(supervisor: Supervisor) -> None:
    child = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {PATIENT!r}]).pid, flush=True);"
    start_and_wait(supervisor, program("stubborn", child + STUBBORN))
    grandchild = next(int(line) for line in said(supervisor, "stubborn").splitlines() if line.isdigit())
    assert alive(grandchild)
    supervisor.stop()
    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(grandchild)


def test_a_killed_one_is_not_mourned_and_can_be_started_again(supervisor: Supervisor) -> None:
    broker = program("broker", PATIENT, Tier.BROKER)
    start_and_wait(supervisor, broker)
    supervisor.kill("broker")
    supervisor.check()
    supervisor.start(broker)
    supervisor.wait("broker", lambda: said(supervisor, "broker").count("up") == 2, 10)


def test_nothing_survives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """The kernel ends the children, because nobody else can."""
    code = f"""
import sys, time
from pathlib import Path
from deploy.demo.supervisor import Program, Supervisor, Tier
supervisor = Supervisor(Path({str(tmp_path)!r}))
supervisor.start(Program("x", Tier.APP, (sys.executable, "-c", {PATIENT!r})))
supervisor.wait("x", lambda: "up" in supervisor.log_of("x").read_text(), 10)
print(supervisor.process_id("x"), flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        pid = int(demo.stdout.readline())
        assert alive(pid)
        os.kill(demo.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)
