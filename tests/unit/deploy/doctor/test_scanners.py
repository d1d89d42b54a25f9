"""`opas doctor` on the scanners that a device's file names, on a machine's own lists of what is plugged in."""

import os
from pathlib import Path

import pytest

from deploy.doctor.device import DeviceFile
from deploy.doctor.finding import Finding, Level, Machine
from deploy.doctor.scanners import scanners

INPUTS = """I: Bus=0003 Vendor=0001 Product=0002 Version=0111
N: Name="Desk Keyboard"
H: Handlers=sysrq kbd event0 leds

I: Bus=0003 Vendor=0c2e Product=0b61 Version=0110
N: Name="ACME Scanner Buttons"
H: Handlers=event4

I: Bus=0003 Vendor=0c2e Product=0b61 Version=0110
N: Name="ACME Scanner"
H: Handlers=sysrq rfkill kbd event7
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """One with a keyboard, and a scanner that is both a keyboard and a serial line."""
    for node in ("input/event0", "input/event4", "input/event7", "ttyACM0", "ttyS0"):
        (tmp_path / "dev" / node).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dev" / node).touch()
    (tmp_path / "proc/bus/input").mkdir(parents=True)
    (tmp_path / "proc/bus/input/devices").write_text(INPUTS)
    usb = tmp_path / "sys/devices/usb1/1-2"
    (usb / "1-2:1.0/tty").mkdir(parents=True)
    (usb / "idVendor").write_text("0c2e\n")
    (usb / "idProduct").write_text("0b61\n")
    (tmp_path / "sys/devices/serial0").mkdir()
    for name, place in (("ttyACM0", usb / "1-2:1.0"), ("ttyS0", tmp_path / "sys/devices/serial0")):
        (tmp_path / "sys/class/tty" / name).mkdir(parents=True)
        (tmp_path / "sys/class/tty" / name / "device").symlink_to(place)
    return Machine(root=tmp_path, environ={"PATH": ""})


def look(machine: Machine, *, allowed: bool = True, **source: object) -> Finding:
    file = DeviceFile(Path("device.toml"), {"sources": [source, {"kind": "keys"}, "no table"]})
    (finding,) = scanners(machine, file, lambda node, mode: allowed)
    return finding


@pytest.mark.parametrize(
    ("kind", "device", "node"),
    [
        ("hid", "0C2E:0b61", "event7"),
        ("hid", "acme", "event7"),
        ("hid", "/dev/input/event7", "event7"),
        ("serial", "0c2e:0B61", "ttyACM0"),
        ("serial", "/dev/ttyACM0", "ttyACM0"),
    ],
)
def test_a_scanner_is_found_however_it_is_named(machine: Machine, kind: str, device: str, node: str) -> None:
    found = look(machine, kind=kind, device=device)
    assert (found.level, found.says) == (Level.OK, f"{device} ({node})")


@pytest.mark.parametrize(("kind", "group"), [("hid", "input"), ("serial", "dialout")])
def test_one_that_may_not_be_opened_is_told_with_the_group_that_may(machine: Machine, kind: str, group: str) -> None:
    found = look(machine, allowed=False, kind=kind, device="0c2e:0b61")
    assert found.level is Level.FAIL
    assert f"usermod -aG {group}" in found.todo


@pytest.mark.parametrize(
    ("kind", "device"),
    [
        ("hid", "ffff:0000"),
        ("hid", "Other"),
        ("hid", "/dev/input/event99"),
        ("serial", "ffff:0000"),
        ("serial", "/dev/x"),
    ],
)
def test_one_that_is_not_there_is_told(machine: Machine, tmp_path: Path, kind: str, device: str) -> None:
    assert look(machine, kind=kind, device=device).says == f"{device} is not there"
    bare = Machine(root=tmp_path / "bare", environ={"PATH": ""})
    assert look(bare, kind=kind, device=device).level is Level.FAIL


def test_a_raspberry_pi_camera_needs_its_library(machine: Machine) -> None:
    found = look(machine, kind="picamera")
    assert found.level is Level.FAIL
    assert "python3-picamera2" in found.todo


def test_by_itself_it_asks_the_kernel_what_may_be_opened(machine: Machine) -> None:
    file = DeviceFile(Path("device.toml"), {"sources": [{"kind": "serial", "device": "/dev/ttyACM0"}]})
    may = os.access(machine.root / "dev/ttyACM0", os.R_OK | os.W_OK)
    assert (scanners(machine, file)[0].level is Level.OK) is may


def test_sources_that_are_no_list_name_no_scanner(machine: Machine) -> None:
    assert scanners(machine, DeviceFile(Path("device.toml"), {"sources": "camera"})) == []
    assert scanners(machine, DeviceFile(Path("device.toml"), {})) == []
