"""Camera, display and sound."""

import errno
import fcntl
import os
import struct
from pathlib import Path

from deploy.doctor.finding import Finding, Machine, fail, ok, warn

# linux/videodev2.h: struct v4l2_capability and VIDIOC_QUERYCAP.
_QUERYCAP = 0x80685600
_CAPABILITY = struct.Struct("16s32s32sIII12x")
_CAPTURES = 0x1 | 0x1000
_HAS_DEVICE_CAPS = 0x80000000


def camera(machine: Machine) -> list[Finding]:
    """Every camera that can be opened, or why there is none."""
    nodes = sorted(machine.root.glob("dev/video*"))
    findings = [finding for node in nodes if (finding := _camera(node)) is not None]
    if not findings:
        todo = "Plug one in, or set another source of codes in device.toml; the demo can do without."
        return [warn("camera", "none is there", todo)]
    return findings


def _camera(node: Path) -> Finding | None:
    try:
        handle = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.EACCES:
            todo = "sudo usermod -aG video $USER, then log in again."
            return fail("camera", f"{node} may not be opened by this user", todo)
        return warn("camera", f"{node} can't be opened ({error.strerror})", "End the program that holds it.")
    try:
        reply = fcntl.ioctl(handle, _QUERYCAP, bytes(_CAPABILITY.size))
    except OSError as error:
        return warn("camera", f"{node} does not answer ({error.strerror})", "Plug it in again, or try another one.")
    finally:
        os.close(handle)
    _, card, _, _, capabilities, of_device = _CAPABILITY.unpack(reply)
    caps = of_device if capabilities & _HAS_DEVICE_CAPS else capabilities
    # A camera often has a second node that gives only metadata.
    return ok("camera", f"{card.rstrip(bytes(1)).decode('utf-8', 'replace')} ({node})") if caps & _CAPTURES else None


def display(machine: Machine) -> list[Finding]:
    """Where a window can open, and who draws."""
    return [_screen(machine), _drawing(machine)]


def _screen(machine: Machine) -> Finding:
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if machine.environ.get(name):
            return ok("display", f"{name}={machine.environ[name]}")
    todo = "Log in at the screen, or set DISPLAY; until then all is drawn offscreen."
    cards = sorted(machine.root.glob("dev/dri/card*"))
    if cards:
        return warn("display", f"no desktop is running here; {cards[0]} could drive a screen", todo)
    return warn("display", "none is there", todo)


def _drawing(machine: Machine) -> Finding:
    renderer = machine.python("deploy.doctor.gl_probe")
    if renderer is None:
        todo = "apt-get install libgl1 libgl1-mesa-dri libegl1 libgles2"
        return fail("graphics", "OpenGL ES 2 does not start", todo)
    if "llvmpipe" in renderer or "softpipe" in renderer:
        todo = "Fine for trying out. At a touchpoint, install the graphics card's driver."
        return warn("graphics", f"drawn by the processor ({renderer})", todo)
    return ok("graphics", renderer)


def sound(machine: Machine) -> list[Finding]:
    """A voice, and something to hear it with."""
    return [_voice(machine), _loudspeaker(machine)]


def _voice(machine: Machine) -> Finding:
    program = machine.program("espeak-ng")
    version = None if program is None else machine.output((program, "--version"))
    if version is None:
        return fail("speech", "espeak-ng is missing or does not run", "apt-get install espeak-ng")
    return ok("speech", version.split("  ")[0])


def _loudspeaker(machine: Machine) -> Finding:
    runtime = machine.environ.get("XDG_RUNTIME_DIR", "")
    servers = [Path(runtime, name) for name in ("pipewire-0", "pulse/native")] if runtime else []
    running = next((path for path in servers if path.exists()), None)
    if running is not None:
        return ok("sound", f"sound server at {running}")
    try:
        cards = (machine.root / "proc/asound/cards").read_text(encoding="utf-8", errors="replace")
    except OSError:
        cards = ""
    names = [line.split("]: ", 1)[1] for line in cards.splitlines() if "]: " in line]
    if names:
        return ok("sound", ", ".join(names))
    return warn("sound", "no sound card is there", "Connect a loudspeaker; until then nothing is read aloud.")
