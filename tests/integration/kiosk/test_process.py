"""The app as an operator starts it: what it shows, what it writes down, and how it ends."""

import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.draw import draw_code
from kiosk.store import SystemClock
from tests.fakes.cable import Cable
from tests.unit.kiosk.session.house import SITE_KEY, House, anna, code_for, sailing, ticket_for

WAIT_S = 60


def offscreen() -> dict[str, str]:
    return {**os.environ, "SDL_VIDEODRIVER": "offscreen"}


class Device:
    """A data folder, its configuration, and the process that runs on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "device.toml"
        self.shots = folder / "shots"
        self.pilot = folder / "pilot.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self.pilot.touch()
        self.config.write_text(
            f"""
[device]
id = "terminal-kiosk-1"
site = "terminal"
role = "kiosk"
data = "{folder}"
site_key = "{base64.b64encode(SITE_KEY).decode()}"
[screen]
size = "540x960"
fullscreen = false
language = "en"
[demo]
shots = "{self.shots}"
pilot = "{self.pilot}"
[[sources]]
kind = "files"
folder = "{folder}/camera"
stage = true
[[sources]]
kind = "keys"
""",
            encoding="utf-8",
        )

    def fill(self) -> bytes:
        """Records as the agent would have brought them; returns a passenger's code."""
        house = House(self.folder, "terminal-kiosk-1")
        now = SystemClock().now().wall_ms
        house.clock.wall_ms = now
        subject = anna()
        departure = sailing(60, now)
        ticket, journey = ticket_for(subject, departure)
        house.bring(subject, departure, ticket, journey)
        house.close()
        return code_for(ticket)

    def start(self) -> None:
        command = [sys.executable, "-m", "kiosk", "--config", str(self.config)]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(command, env=offscreen(), stdout=log, stderr=log)

    def hold_up(self, payload: bytes, until: Callable[[], bool]) -> None:
        """Hold the code before the camera, and again where that was too short for a slow machine to read it."""
        hold = self.folder / "camera" / "hold"
        hold.mkdir(parents=True, exist_ok=True)
        held, draft = hold / "code.png", hold / "code.part"
        drawn = picture.encoded_png(picture.bgr_of(draw_code(payload, Symbology.QR)))

        def seen() -> bool:
            if until():
                return True
            if not held.exists():
                draft.write_bytes(drawn)
                draft.rename(held)
            return False

        self.wait_for(seen)

    def type(self, text: str) -> None:
        with self.pilot.open("a", encoding="utf-8") as file:
            file.write(f"key {text}\n")

    def shown(self) -> list[str]:
        listing = self.shots / "shots.jsonl"
        if not listing.exists():
            return []
        return [json.loads(line)["screen"] for line in listing.read_text(encoding="utf-8").splitlines()]

    def bodies(self) -> list[dict[str, object]]:
        try:
            connection = sqlite3.connect(f"file:{self.folder}/opas.db?mode=ro", uri=True)
        except sqlite3.OperationalError:
            return []  # not made yet
        with closing(connection):
            try:
                rows = connection.execute("SELECT event FROM outbox ORDER BY seq").fetchall()
            except sqlite3.DatabaseError:
                return []  # not repaired yet
        return [json.loads(row[0])["body"] for row in rows]

    def wait_for(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not what():
            log = (self.folder / "log").read_text(encoding="utf-8")
            assert self.process is not None
            assert self.process.poll() is None, log
            assert time.monotonic() < deadline, f"{self.shown()} {self.bodies()}\n{log}"
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(WAIT_S)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    one = Device(tmp_path)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait()


def types(device: Device) -> list[object]:
    return [body["type"] for body in device.bodies()]


def test_a_code_before_the_camera_becomes_an_answer_on_the_glass_and_events(device: Device) -> None:
    code = device.fill()
    device.start()
    device.wait_for(lambda: "attract" in device.shown())
    device.hold_up(code, until=lambda: "AnswerShown" in types(device))
    device.wait_for(lambda: "answer" in device.shown())
    scanned = next(body for body in device.bodies() if body["type"] == "CodeScanned")
    assert scanned["outcome"] == "checked_in"
    assert device.end() == 0


def test_a_scanner_that_types_is_answered_too(device: Device) -> None:
    code = device.fill()
    device.start()
    device.wait_for(lambda: "attract" in device.shown())
    device.type(code.decode())
    device.wait_for(lambda: "AnswerShown" in types(device))
    scanned = next(body for body in device.bodies() if body["type"] == "CodeScanned")
    assert (scanned["outcome"], scanned["symbology"]) == ("checked_in", "keyed")


def test_a_scanner_on_a_wire_is_answered_too_also_after_it_was_unplugged(device: Device) -> None:
    """Its code says by itself which source it came from; the camera beside it goes on meanwhile."""
    code = device.fill()
    cable = Cable(device.folder)
    cable.plug_in()
    with device.config.open("a", encoding="utf-8") as file:
        file.write(f'[[sources]]\nkind = "serial"\ndevice = "{cable.path}"\nsuffix = "\\u0003"\n')
    device.start()
    device.wait_for(lambda: device.shown()[:1] == ["attract"])
    cable.unplug()
    cable.plug_in()

    def scan() -> bool:
        cable.send(code + b"\x03")
        time.sleep(0.5)
        return "CodeScanned" in types(device)

    device.wait_for(scan)
    scanned = next(body for body in device.bodies() if body["type"] == "CodeScanned")
    assert (scanned["symbology"], scanned["decoder"], scanned["outcome"]) == (
        "keyed",
        "serial",
        "checked_in",
    )
    assert device.end() == 0
    cable.end()


def test_a_corrupt_database_is_put_aside_and_told(device: Device) -> None:
    device.fill()
    (device.folder / "opas.db").write_bytes(b"this is no database" * 500)
    device.start()
    device.wait_for(lambda: "DatabaseRebuilt" in types(device))
    assert list(device.folder.glob("opas.db.corrupt-*"))
    assert device.end(signal.SIGINT) == 0


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "kiosk", *arguments]
    done = subprocess.run(
        command, env={**offscreen(), **environment}, capture_output=True, text=True, timeout=WAIT_S, check=False
    )
    return done.returncode, done.stderr


def test_a_missing_configuration_names_the_file_and_what_to_do(tmp_path: Path) -> None:
    status, said = run("--config", str(tmp_path / "none.toml"))
    assert status == 78
    assert f"{tmp_path}/none.toml: there is no such file." in said
    assert "What to do:" in said
    assert "Traceback" not in said


def test_a_data_folder_that_cannot_be_used_is_told(device: Device) -> None:
    blocked = device.folder / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    text = device.config.read_text(encoding="utf-8").replace(f'data = "{device.folder}"', f'data = "{blocked}/data"')
    device.config.write_text(text, encoding="utf-8")
    status, said = run("--config", str(device.config))
    assert (status, "Traceback" in said) == (78, False)
    assert f"{blocked}/data" in said


def test_a_second_app_on_the_same_data_is_turned_away(device: Device) -> None:
    device.fill()
    device.start()
    device.wait_for(lambda: "attract" in device.shown())
    other = device.folder / "other.toml"
    shutil.copy(device.config, other)
    status, said = run("--config", str(other))
    assert status == 75
    assert "What to do:" in said


def test_the_version_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "--version"], capture_output=True, text=True, timeout=WAIT_S, check=True
    )
    assert done.stdout.startswith("opas ")
