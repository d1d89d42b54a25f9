"""Disks that others fill: of a device, of the hub."""

import errno
import os
import random
import resource
import subprocess
import time
from pathlib import Path

from tests.faults.device import Device

_DISK_MB = 48
_FULL_S = 0.6


def own_disks() -> bool:
    """Whether this process may mount a disk of its own for each device."""
    return os.environ.get("OPAS_FAULTS_OWN_DISKS") == "1"


def mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "none", str(folder)], check=True)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=False)


def fill_disk(device: Device, _: random.Random) -> None:
    """Others take the last byte for a while; where this machine gives us no disk, files may not grow for a while."""
    if own_disks():
        hold_full(device.data / "others")
        return
    running = [process.pid for process in (device.app, device.agent) if process is not None and process.poll() is None]
    for pid in running:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    time.sleep(_FULL_S)
    for pid in running:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def hold_full(others: Path) -> None:
    _write_until_full(others)
    time.sleep(_FULL_S)
    others.unlink()


def _write_until_full(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for piece in (1_000_000, 4096, 1):
            try:
                while True:
                    file.write(bytes(piece))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
