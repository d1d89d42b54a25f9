"""The scanners and the Raspberry Pi camera that a device's file names: whether they are there and may be used."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.doctor.device import DeviceFile
from deploy.doctor.finding import Finding, Machine, fail, ok

_USB_ID = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})")
_VENDOR = re.compile(r"^I:.*\bVendor=([0-9a-f]{4}) Product=([0-9a-f]{4})", re.MULTILINE)
_NAME = re.compile(r'^N: Name="(.*)"$', re.MULTILINE)
_KEYBOARD = re.compile(r"^H: Handlers=.*\bkbd\b.*\b(event\d+)\b", re.MULTILINE)
_RIGHTS = {
    "hid": (
        os.R_OK,
        "sudo usermod -aG input $USER, then log in again; or a rule for this scanner alone in /etc/udev/rules.d.",
    ),
    "serial": (os.R_OK | os.W_OK, "sudo usermod -aG dialout $USER, then log in again."),
}
_PLUG = "Plug it in, and compare the source's device with what `lsusb` shows."

May = Callable[[Path, int], bool]


def scanners(machine: Machine, file: DeviceFile, may: May = os.access) -> list[Finding]:
    """One finding for each scanner and Raspberry Pi camera among the sources."""
    found = (_source(machine, source, may) for source in file.sources)
    return [finding for finding in found if finding is not None]


def _source(machine: Machine, source: dict[str, object], may: May) -> Finding | None:
    kind, device = str(source.get("kind")), str(source.get("device", ""))
    if kind == "picamera":
        return _picamera(machine)
    if kind not in _RIGHTS:
        return None
    node = _hid_node(machine, device) if kind == "hid" else _serial_node(machine, device)
    if node is None or not node.exists():
        return fail("scanner", f"{device} is not there", _PLUG)
    mode, todo = _RIGHTS[kind]
    if not may(node, mode):
        return fail("scanner", f"{device} ({node.name}) may not be opened by this user", todo)
    return ok("scanner", f"{device} ({node.name})")


def _picamera(machine: Machine) -> Finding:
    if machine.output((sys.executable, "-c", "import picamera2")) is None:
        todo = "sudo apt-get install python3-picamera2, and include-system-site-packages = true in .venv/pyvenv.cfg"
        return fail("camera", "picamera2 can't be loaded", todo)
    return ok("camera", "picamera2 is installed; `opas scan --camera picamera` shows what it sees")


def _hid_node(machine: Machine, device: str) -> Path | None:
    """The keyboard node of the scanner, by the kernel's own list of input devices."""
    if device.startswith("/"):
        return machine.root / device.lstrip("/")
    try:
        listed = (machine.root / "proc/bus/input/devices").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for block in listed.split("\n\n"):
        node = _KEYBOARD.search(block)
        if node is not None and _is_meant(device, block):
            return machine.root / "dev/input" / node[1]
    return None


def _is_meant(device: str, block: str) -> bool:
    pair, listed, name = _USB_ID.fullmatch(device), _VENDOR.search(block), _NAME.search(block)
    if pair is not None:
        return listed is not None and listed.groups() == tuple(half.lower() for half in pair.groups())
    return name is not None and device.casefold() in name[1].casefold()


def _serial_node(machine: Machine, device: str) -> Path | None:
    if device.startswith("/"):
        return machine.root / device.lstrip("/")
    for port in sorted((machine.root / "sys/class/tty").glob("*")):
        if device.lower() in _usb_ids(port / "device"):
            return machine.root / "dev" / port.name
    return None


def _usb_ids(interface: Path) -> Iterator[str]:
    """VENDOR:PRODUCT of what holds this interface; the device is one or two folders above it in the kernel's tree."""
    place = interface.resolve()
    for folder in (place, *place.parents[:2]):
        try:
            vendor, product = (
                (folder / name).read_text(encoding="ascii").strip() for name in ("idVendor", "idProduct")
            )
        except (OSError, UnicodeDecodeError):
            continue
        yield f"{vendor}:{product}"
