"""A scanner on a serial line, over a real pseudo-terminal: its bytes are kept, torn or not, unplugged or not."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.errors import SourceError
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.model.view import Trouble
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.listening import Listening
from kiosk.scanning.live import MonotonicClock
from kiosk.scanning.serialport import SerialScanner, ports
from tests.fakes.cable import Cable
from tests.integration.scanning.patience import PATIENCE_S, until

SOON = DurationMs(50)


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    plugged = Cable(tmp_path)
    plugged.plug_in()
    yield plugged
    plugged.end()


def wanted(cable: Cable, **keys: object) -> SourceConfig:
    return SourceConfig(SourceKind.SERIAL, str(cable.path), **keys)  # type: ignore[arg-type]  # the keys of a table


@pytest.fixture
def scanner(cable: Cable) -> Iterator[SerialScanner]:
    source = SerialScanner(wanted(cable), MonotonicClock())
    source.open()
    yield source
    source.close()


def gather(source: SerialScanner, count: int) -> list[bytes]:
    codes: list[Code] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(codes) < count and time.monotonic() < deadline:
        codes += source.read(SOON)
    return [code.payload for code in codes]


def test_a_code_comes_with_its_bytes_and_times(cable: Cable, scanner: SerialScanner) -> None:
    cable.send(b"\x1d01\x00\xff\r")
    deadline = time.monotonic() + PATIENCE_S
    codes = scanner.read(SOON)
    while not codes and time.monotonic() < deadline:
        codes = scanner.read(SOON)
    (code,) = codes
    assert (code.payload, code.symbology, code.decoder) == (b"\x1d01\x00\xff", Symbology.KEYED, "serial")
    assert 0 < code.captured_at <= code.decoded_at


def test_a_code_that_comes_in_pieces_is_one(cable: Cable, scanner: SerialScanner) -> None:
    for piece in (b"LO", b"T-", b"7", b"\r"):
        assert scanner.read(DurationMs(1)) == ()
        cable.send(piece)
    assert gather(scanner, 1) == [b"LOT-7"]


def test_several_codes_in_one_piece_are_several(cable: Cable, scanner: SerialScanner) -> None:
    cable.send(b"ONE\r\nTWO\nTHREE\r")
    assert gather(scanner, 3) == [b"ONE", b"TWO", b"THREE"]


def test_every_byte_there_is_comes_through_where_an_end_mark_is_said(cable: Cable) -> None:
    """Nothing on the way treats a byte as a command: neither XON nor Ctrl-C nor a line end."""
    source = SerialScanner(wanted(cable, prefix="\x02", suffix="\x03\x04\x03"), MonotonicClock())
    source.open()
    payload = bytes(range(256)) * 8
    cable.send(b"\x02" + payload + b"\x03\x04\x03")
    assert gather(source, 1) == [payload]
    source.close()


def test_where_none_is_sent_a_silence_ends_a_code(cable: Cable) -> None:
    source = SerialScanner(wanted(cable, suffix="", idle_ms=30), MonotonicClock())
    source.open()
    cable.send(b"FIRST\r\n")
    assert gather(source, 1) == [b"FIRST\r\n"]
    cable.send(b"SECOND")
    assert gather(source, 1) == [b"SECOND"]
    source.close()


def test_garbage_is_bounded_and_the_next_code_is_read(cable: Cable) -> None:
    source = SerialScanner(wanted(cable, longest=64), MonotonicClock())
    source.open()
    for _ in range(50):
        cable.send(b"\xf8\x00\x7f" * 300)
        source.read(DurationMs(1))
    cable.send(b"\rFINE\r")
    assert gather(source, 1) == [b"FINE"]
    source.close()


def test_a_second_program_does_not_share_the_line(cable: Cable, scanner: SerialScanner) -> None:
    scanner.open()
    with pytest.raises(SourceError, match="can't be opened") as caught:
        SerialScanner(wanted(cable), MonotonicClock()).open()
    assert "End the program" in caught.value.todo


def test_unplugged_it_is_an_error_and_half_a_code_is_forgotten(cable: Cable, scanner: SerialScanner) -> None:
    cable.send(b"HALF")
    assert scanner.read(SOON) == ()
    cable.unplug()
    with pytest.raises(SourceError, match="it is gone"):
        gather(scanner, 1)
    scanner.close()
    with pytest.raises(SourceError, match="there is no") as caught:
        scanner.open()
    assert "USB serial" in caught.value.todo
    cable.plug_in()
    scanner.open()
    cable.send(b"WHOLE\r")
    assert gather(scanner, 1) == [b"WHOLE"]


def test_on_its_thread_it_goes_on_by_itself_after_it_was_unplugged(cable: Cable) -> None:
    codes: queue.Queue[Code] = queue.Queue()
    clock = MonotonicClock()
    rules = CaptureRules(read_ms=DurationMs(20), retry_ms=DurationMs(20), most_retry_ms=DurationMs(40))
    before = threading.active_count()
    listening = Listening(SerialScanner(wanted(cable), clock), clock, codes.put, rules)
    listening.start()
    send_until_read(cable, b"BEFORE", codes)
    assert listening.trouble(clock.now().mono_ms) is None
    cable.unplug()
    until(lambda: listening.trouble(clock.now().mono_ms) is Trouble.NO_SCANNER)
    cable.plug_in()
    until(lambda: listening.trouble(clock.now().mono_ms) is None)
    send_until_read(cable, b"AFTER", codes)
    listening.ask_to_stop()
    assert listening.join(PATIENCE_S)
    assert threading.active_count() == before


def send_until_read(cable: Cable, payload: bytes, codes: "queue.Queue[Code]") -> None:
    """What is sent before the port is open is lost, as with a real one."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        cable.send(payload + b"\r")
        try:
            if codes.get(timeout=0.1).payload == payload:
                return
        except queue.Empty:
            continue
    pytest.fail(f"{payload!r} was never read")


def test_opas_scan_shows_what_a_sites_scanner_reads(cable: Cable, tmp_path: Path) -> None:
    """Until Ctrl-C, as a process of its own; control characters are shown as escapes."""
    config = tmp_path / "device.toml"
    config.write_text(f'[[sources]]\nkind = "serial"\ndevice = "{cable.path}"\n')
    command = [sys.executable, "-m", "kiosk.scanning", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert "it is there; scan something" in process.stderr.readline()
            cable.send(b"LOT\x1d7\r")
            line = json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGINT)
            try:
                status = process.wait(PATIENCE_S)
            finally:
                process.kill()
    assert (line["text"], line["symbology"], line["decoder"], line["file"]) == (
        "LOT\x1d7",
        "keyed",
        "serial",
        f"serial {cable.path}",
    )
    assert status == 0


@dataclass
class Port:
    device: str
    vid: int | None = None
    pid: int | None = None


def test_it_is_found_by_vendor_and_product(cable: Cable) -> None:
    plugged: Sequence[Port] = [Port("/dev/ttyS0"), Port(str(cable.path), 0x0C2E, 0x0B61)]
    source = SerialScanner(SourceConfig(SourceKind.SERIAL, "0c2e:0b61"), MonotonicClock(), lambda: plugged)
    source.open()
    cable.send(b"FOUND\r")
    assert gather(source, 1) == [b"FOUND"]
    source.close()


def test_what_is_not_there_or_no_serial_line_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no serial port of such"):
        SerialScanner(SourceConfig(SourceKind.SERIAL, "0c2e:0b61"), MonotonicClock(), list).open()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SourceError, match="can't be opened as a serial port"):
        SerialScanner(SourceConfig(SourceKind.SERIAL, str(tmp_path / "file")), MonotonicClock()).open()
    with pytest.raises(SourceError, match="not open"):
        SerialScanner(SourceConfig(SourceKind.SERIAL, "/dev/x"), MonotonicClock()).read(SOON)


def test_the_machines_own_ports_can_be_listed() -> None:
    assert all(port.device for port in ports())
