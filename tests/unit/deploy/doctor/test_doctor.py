"""`opas doctor` on machines that really lack things: an empty PATH, folders without devices, damaged files."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.demo.ports import free_ports
from deploy.doctor import device, hardware, system
from deploy.doctor.command import examine, lines, main
from deploy.doctor.finding import Finding, Level, Machine, fail, ok, warn

TOKEN = "the-token"


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """A machine with nothing on it."""
    return Machine(root=tmp_path, environ={"PATH": str(tmp_path)}, assets=tmp_path / "assets", data=tmp_path / "data")


def levels(findings: list[Finding]) -> list[tuple[str, Level]]:
    return [(finding.topic, finding.level) for finding in findings]


def test_without_camera_display_or_sound_card_it_warns_and_says_what_to_do(bare: Machine) -> None:
    findings = hardware.camera(bare) + hardware.display(bare)[:1] + hardware.sound(bare)[1:]
    assert levels(findings) == [("camera", Level.WARN), ("display", Level.WARN), ("sound", Level.WARN)]
    assert all(finding.todo for finding in findings)


def test_with_an_empty_path_voice_and_broker_are_missing_and_the_package_is_named(bare: Machine) -> None:
    assert hardware.sound(bare)[0] == fail(
        "speech", "espeak-ng is missing or does not run", "apt-get install espeak-ng"
    )
    (broker,) = system.broker(bare)
    assert broker.level is Level.FAIL
    assert "mosquitto and mosquitto_passwd not found" in broker.says
    assert broker.todo == "apt-get install mosquitto"


def test_the_broker_of_this_machine_is_told_with_its_version() -> None:
    (broker,) = system.broker(Machine())
    assert broker.level is Level.OK
    assert broker.says.startswith("mosquitto 2.")


@pytest.mark.parametrize(("says", "level"), [("1.6.9", Level.FAIL), ("2.0.18", Level.OK)])
def test_a_broker_that_is_too_old_is_refused(bare: Machine, says: str, level: Level) -> None:
    for name in ("mosquitto", "mosquitto_passwd"):
        program = bare.root / name
        program.write_text(f"#!/bin/sh\necho mosquitto version {says}\nexit 3\n")
        program.chmod(0o755)
    assert system.broker(bare)[0].level is level


def test_a_node_that_is_no_camera_is_told(bare: Machine) -> None:
    (bare.root / "dev").mkdir()
    (bare.root / "dev/video0").write_bytes(b"")
    (camera,) = hardware.camera(bare)
    assert camera.level is Level.WARN
    assert "video0 does not answer" in camera.says


def test_a_sound_card_is_named(bare: Machine) -> None:
    (bare.root / "proc/asound").mkdir(parents=True)
    (bare.root / "proc/asound/cards").write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n   at 0x1\n")
    assert hardware.sound(bare)[1] == ok("sound", "HDA-Intel - HDA Intel PCH")


def test_somebody_draws_here() -> None:
    graphics = hardware.display(Machine())[1]
    assert graphics.level is not Level.FAIL
    assert graphics.says


def test_without_timedatectl_the_clock_is_left_to_the_reader(bare: Machine) -> None:
    (clock,) = system.clock(bare)
    assert clock.level is Level.WARN
    assert "nothing here says" in clock.says


@pytest.mark.parametrize(("answer", "level"), [("yes", Level.OK), ("no", Level.WARN)])
def test_timedatectl_says_whether_the_clock_is_synchronised(bare: Machine, answer: str, level: Level) -> None:
    program = bare.root / "timedatectl"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    assert system.clock(bare)[0].level is level


def test_a_folder_that_does_not_exist_yet_is_judged_by_the_one_above(bare: Machine) -> None:
    (disk,) = system.disk(bare)
    assert disk.level in {Level.OK, Level.WARN, Level.FAIL}
    assert str(bare.root) in disk.says
    assert list(bare.root.iterdir()) == []


def test_a_disk_that_can_not_be_written_is_a_failure(bare: Machine) -> None:
    (disk,) = system.disk(Machine(data=Path("/proc/opas")))
    assert disk.level is Level.FAIL
    assert "can't be written" in disk.says


def test_missing_and_damaged_fonts_are_told(bare: Machine) -> None:
    assert system.fonts(bare)[0].level is Level.FAIL
    (bare.assets / "fonts").mkdir(parents=True)
    (bare.assets / "fonts/Broken.ttf").write_bytes(b"no font")
    (finding,) = system.fonts(bare)
    assert finding.level is Level.FAIL
    assert "Broken.ttf can't be read" in finding.says


def test_libraries_of_the_setup_are_all_here() -> None:
    assert levels(system.libraries(Machine())) == [("libraries", Level.OK)]


class _Hub(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if self.headers["Authorization"] == f"Bearer {TOKEN}" else 401)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@pytest.fixture
def hub() -> Iterator[str]:
    """A server that knows one token; its address."""
    with HTTPServer(("127.0.0.1", 0), _Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def device_file(folder: Path, hub: str = "http://127.0.0.1:1", token: str = TOKEN, port: int = 1) -> Path:
    path = folder / "device.toml"
    path.write_text(
        f'[device]\nid = "shop-desk-1"\ndata = "{folder}"\n[[sources]]\nkind = "keys"\n'
        f'[hub]\nurl = "{hub}"\ntoken = "{token}"\n[broker]\nhost = "127.0.0.1"\nport = {port}\npassword = "x"\n'
    )
    path.chmod(0o600)
    return path


def of_device(path: Path) -> dict[str, Finding]:
    file, about = device.read(path)
    assert file is not None
    return {finding.topic: finding for finding in (about, *device.device(Machine(), file))}


def test_a_file_with_secrets_that_others_may_read_is_a_failure(tmp_path: Path) -> None:
    path = device_file(tmp_path)
    assert of_device(path)["config"].level is Level.OK
    path.chmod(0o644)
    assert of_device(path)["config"] == fail(
        "config", f"{path} holds secrets, and others may read it (mode 644)", f"chmod 600 {path}"
    )


def test_a_missing_or_broken_file_is_told_and_the_machine_is_looked_at_all_the_same(tmp_path: Path) -> None:
    missing = examine(Machine(), tmp_path / "none.toml")
    assert missing[0].topic == "config"
    assert missing[0].level is Level.FAIL
    assert "camera" in {finding.topic for finding in missing}
    broken = tmp_path / "broken.toml"
    broken.write_text("[device")
    assert "is not TOML" in device.read(broken)[1].says


def test_a_hub_that_knows_the_token_one_that_does_not_and_none_at_all(tmp_path: Path, hub: str) -> None:
    assert of_device(device_file(tmp_path, hub))["hub"].level is Level.OK
    assert "refuses this device's token" in of_device(device_file(tmp_path, hub, "other"))["hub"].says
    (free,) = free_ports(1)
    assert "no answer" in of_device(device_file(tmp_path, f"http://127.0.0.1:{free}"))["hub"].says
    assert "is no address of a hub" in of_device(device_file(tmp_path, "nonsense"))["hub"].says


def test_a_broker_that_is_not_there_and_a_server_that_is_none(tmp_path: Path, hub: str) -> None:
    (free,) = free_ports(1)
    assert "does not answer" in of_device(device_file(tmp_path, port=free))["site broker"].says
    finding = of_device(device_file(tmp_path, port=int(hub.rpartition(":")[2])))["site broker"]
    assert finding.level is Level.FAIL


def test_a_whole_a_damaged_and_a_missing_database(tmp_path: Path) -> None:
    path = device_file(tmp_path)
    assert "is made at the first start" in of_device(path)["database"].says
    database = tmp_path / "opas.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", ((str(n) * 50,) for n in range(2000)))
    connection.commit()
    connection.close()
    assert of_device(path)["database"].level is Level.OK
    with database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 4))
    assert "is damaged" in of_device(path)["database"].says
    database.write_bytes(b"not a database at all" * 500)
    assert "is damaged" in of_device(path)["database"].says


def test_on_a_device_the_camera_it_names_is_needed_and_a_broker_is_not(tmp_path: Path, bare: Machine) -> None:
    path = device_file(tmp_path)
    by_topic = {finding.topic: finding.level for finding in examine(bare, path)}
    assert by_topic["camera"] is Level.WARN
    assert by_topic["broker"] is Level.WARN
    path.write_text(path.read_text().replace('kind = "keys"', 'kind = "camera"'))
    assert {finding.topic: finding.level for finding in examine(bare, path)}["camera"] is Level.FAIL


def test_lines_have_mark_word_and_what_to_do_in_any_encoding() -> None:
    findings = [
        ok("clock", "right"),
        warn("camera", "none", "Plug one in."),
        fail("disk", "full – really", "Free some."),
    ]
    text = "\n".join(lines(findings, "utf-8"))
    assert "✓ ok    clock   right" in text
    assert "-> Plug one in." in text
    assert "1 needed and missing or broken, 1 it goes without." in text
    assert "x fail  disk    full ? really" in "\n".join(lines(findings, "ascii"))


def test_the_command_prints_json_and_its_status_tells_of_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--json", "--config", str(tmp_path / "none.toml")])
    found = json.loads(capsys.readouterr().out)
    assert status == 1
    assert found[0]["topic"] == "config"
    assert found[0]["level"] == "fail"
    assert set(found[0]) == {"topic", "level", "says", "todo"}
