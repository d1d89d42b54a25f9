"""Clock, disk, fonts, libraries and the broker: what the machine itself must have."""

import ctypes
import importlib.util
import re
import shutil
import tempfile
from pathlib import Path

from PIL import ImageFont

from deploy.clock import today
from deploy.doctor.finding import Finding, Machine, fail, ok, warn

_FIRST_YEAR = 2025
_LAST_YEAR = 2099
_MEGABYTE = 1_000_000
_LEAST_FREE_MB = 200
_COMFORTABLE_FREE_MB = 1_000
_LEAST_BROKER = (2, 0)
_LETTERS = "ÅÄÖÕÜŠŽåäöõüšž"
_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libmtdev.so.1": "libmtdev1",
    "libevdev.so.2": "libevdev2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libzbar.so.0": "libzbar0",
}
_MODULES = ("cv2", "kivy", "msgspec", "numpy", "paho", "pyzbar", "requests", "sqlite_utils", "zstandard", "zxingcpp")


def clock(machine: Machine) -> list[Finding]:
    """Whether the time can be right. Tickets are valid for hours, so a wrong clock refuses real passengers."""
    now = today()
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        return [fail("clock", f"it says {now:%Y-%m-%d}", "sudo timedatectl set-ntp true, or set it by hand.")]
    program = machine.program("timedatectl")
    answer = None if program is None else machine.output((program, "show", "--property=NTPSynchronized", "--value"))
    says = f"{now:%Y-%m-%d %H:%M} UTC"
    if answer == "yes":
        return [ok("clock", f"{says}, synchronised")]
    if answer == "no":
        todo = "sudo timedatectl set-ntp true, and let NTP through the firewall."
        return [warn("clock", f"{says}, not synchronised", todo)]
    return [
        warn("clock", f"{says}; nothing here says whether it is synchronised", "Compare it with a clock you trust.")
    ]


def disk(machine: Machine) -> list[Finding]:
    """Room and the right to write, where the data lies."""
    folder = machine.data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".opas-doctor-"):
            free = shutil.disk_usage(folder).free // _MEGABYTE
    except OSError as error:
        todo = f"Give this user the right to write to {folder}, or set another device.data."
        return [fail("disk", f"{folder} can't be written ({error.strerror})", todo)]
    says = f"{free:,} MB free at {folder}"
    if free < _LEAST_FREE_MB:
        return [fail("disk", says, f"Free at least {_LEAST_FREE_MB} MB there.")]
    if free < _COMFORTABLE_FREE_MB:
        return [warn("disk", says, f"Free some: {_COMFORTABLE_FREE_MB} MB leave room for a long time offline.")]
    return [ok("disk", says)]


def fonts(machine: Machine) -> list[Finding]:
    """Whether the fonts of the screens load and have the letters of our languages."""
    files = sorted((machine.assets / "fonts").rglob("*.[to]tf"))
    if not files:
        return [fail("fonts", f"none in {machine.assets / 'fonts'}", "Get the whole of Opas anew: files are missing.")]
    broken = [file.name for file in files if not _draws(file)]
    if len(broken) == len(files):
        return [fail("fonts", f"{', '.join(broken)} can't be read", "Get the whole of Opas anew: files are damaged.")]
    if broken:
        return [warn("fonts", f"{', '.join(broken)} can't be read", "Get the whole of Opas anew: files are damaged.")]
    return [ok("fonts", ", ".join(file.stem for file in files))]


def _draws(file: Path) -> bool:
    try:
        font = ImageFont.truetype(str(file), 24)
        # A font without letters still counts when it is one of icons: it need only load.
        return font.getbbox(_LETTERS) is not None
    except (OSError, ValueError):
        return False


def libraries(machine: Machine) -> list[Finding]:
    """The libraries of other packages, and the Python modules of the lock."""
    del machine  # the loader's own search path decides
    missing = [package for name, package in _LIBRARIES.items() if not _loads(name)]
    modules = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    findings = []
    if missing:
        todo = f"apt-get install {' '.join(missing)}, or run deploy/setup/system."
        findings.append(fail("libraries", f"missing: {', '.join(missing)}", todo))
    if modules:
        findings.append(fail("python", f"missing: {', '.join(modules)}", "Run deploy/setup/venv."))
    return findings or [ok("libraries", f"{len(_LIBRARIES)} system libraries, {len(_MODULES)} Python packages")]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def broker(machine: Machine) -> list[Finding]:
    """Whether mosquitto is here and new enough to speak MQTT 5 with shared subscriptions."""
    missing = [name for name in ("mosquitto", "mosquitto_passwd") if machine.program(name) is None]
    if missing:
        return [fail("broker", f"{' and '.join(missing)} not found", "apt-get install mosquitto")]
    says = _mosquitto_says(machine)
    version = re.search(r"version ((\d+)\.(\d+)\S*)", says)
    if version is None:
        return [fail("broker", "mosquitto does not run", "apt-get install --reinstall mosquitto")]
    if (int(version[2]), int(version[3])) < _LEAST_BROKER:
        return [fail("broker", f"mosquitto {version[1]} is too old", "Install mosquitto 2.0 or newer.")]
    return [ok("broker", f"mosquitto {version[1]}")]


def _mosquitto_says(machine: Machine) -> str:
    # Its --help leaves with status 3 up to 2.0.18 and 0 after, so the status tells nothing.
    return machine.words((machine.program("mosquitto") or "mosquitto", "-h"))
