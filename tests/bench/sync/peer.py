"""thingsboard-gateway in an environment of its own, made for this and pinned; `gateway.py` runs there."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from deploy.broker.files import find_program
from deploy.demo.ports import free_ports, listens

VERSION = "3.8.5"
_INSTALL_S = 600
_TASK_S = 420
_SCRIPT = Path(__file__).with_name("gateway.py")
# No accounts and no bounds of ours: what stands in its way shall be its own.
_BROKER = "listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nuser {user}\n"


class NotInstalled(Exception):
    """The package index did not give it; the message says why."""


class Setting(NamedTuple):
    """One way to set a gateway up: its storage's configuration, and the largest message it publishes (0: no bound)."""

    name: str
    storage: str
    config: Mapping[str, int]
    most: int = 0


_ONE_FILE = {"max_file_count": 1_000, "max_records_per_file": 1_000_000}
DEFAULT = Setting("memory, as shipped", "memory", {"read_records_count": 100, "max_records_count": 100_000}, most=8_196)
"""What stands in the configuration that comes with it."""
FILE_DEFAULT = Setting(
    "file, as shipped",
    "file",
    {"max_file_count": 10, "max_read_records_count": 10, "max_records_per_file": 10_000},
    most=8_196,
)
SQLITE_DEFAULT = Setting("sqlite, as shipped", "sqlite", {}, most=8_196)
LASTING = (FILE_DEFAULT, SQLITE_DEFAULT)
PACKS = (
    *(Setting(f"file, packs of {n}", "file", {**_ONE_FILE, "max_read_records_count": n}) for n in (100, 1_000, 5_000)),
    *(Setting(f"sqlite, packs of {n}", "sqlite", {"max_read_records_count": n}) for n in (1_000, 5_000)),
)
"""Among these is its best. One file, since its reader stalls where the next one begins; messages without bound."""


def install(folder: Path) -> Path:
    """The interpreter of the environment in `folder`, made if it is not there. Raises `NotInstalled`."""
    environment = folder / f"thingsboard-gateway-{VERSION}"
    python, made = environment / "bin" / "python", environment / "made"
    if made.exists():
        return python
    commands = [
        [sys.executable, "-m", "venv", "--clear", str(environment)],
        [str(python), "-m", "pip", "install", "--quiet", f"thingsboard-gateway=={VERSION}"],
    ]
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_INSTALL_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotInstalled(str(error)) from error
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise NotInstalled(said[-1] if said else f"{command[0]} ended with {done.returncode}")
    made.touch()
    return python


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    """The port of a mosquitto that takes everything and passes it to nobody."""
    (port,) = free_ports(1)
    folder.mkdir(parents=True)
    config = folder / "mosquitto.conf"
    config.write_text(_BROKER.format(port=port, user="root" if os.geteuid() == 0 else "nobody"))
    program = find_program("mosquitto")
    if program is None:
        raise NotInstalled("mosquitto is not on this machine")
    process = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not listens(port) and time.monotonic() < deadline:
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


class Peer:
    """Runs tasks of `gateway.py`; each gets a fresh folder below `folder` unless it is given one."""

    def __init__(self, python: Path, folder: Path, sample: Path, port: int = 0) -> None:
        self._python = python
        self._folder = folder
        self._base = {"sample": str(sample), "port": port, "user": "gateway", "password": ""}

    def command(self, setting: Setting, task: str, data: Path, **more: float) -> list[str]:
        """What runs a task on the storage in `data`."""
        data.mkdir(parents=True, exist_ok=True)
        spec = {
            **self._base,
            **more,
            "task": task,
            "storage": setting.storage,
            "config": dict(setting.config),
            "most": setting.most,
            "folder": str(data),
        }
        path = self._folder / f"{task}-{data.name}.json"
        path.write_text(json.dumps(spec))
        return [str(self._python), str(_SCRIPT), str(path)]

    def run(self, setting: Setting, task: str, data: Path | None = None, **more: float) -> dict[str, Any]:
        """What the task found."""
        where = data or Path(tempfile.mkdtemp(prefix="gateway-", dir=self._folder))
        done = subprocess.run(
            self.command(setting, task, where, **more), capture_output=True, text=True, check=True, timeout=_TASK_S
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def accepted_until_killed(command: list[str], after_s: float, cwd: Path) -> int:
    """Start a writer, kill it -9 so long after its first event, and tell how many events it had said to be accepted."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=cwd) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    # The last line may be cut off.
    return len((first + rest).split("\n")) - 1
