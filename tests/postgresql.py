"""A throw-away PostgreSQL cluster: in a folder of its own, on a Unix socket only, gone when it is ended."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

_SETTINGS = {
    "listen_addresses": "",
    # Nothing here outlives the machine, and the tests kill sessions, not the power.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}
_PATIENCE_S = 60.0


class Cluster:
    """PostgreSQL refuses to run as root: started by root it runs as the user that Debian's package made for it."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """`settings` of the server take the place of those that are fast and not durable."""
        self._settings = {**_SETTINGS, **(settings or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="opas-pg-", dir="/tmp"))
        self._owner = _plain_user()
        if self._owner is not None:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
        self._schemas = 0
        self._server: subprocess.Popen[bytes] | None = None
        initdb = ["initdb", "--no-sync", "--auth=trust", "--username=opas", "--encoding=UTF8", "--locale=C"]
        self._run([*initdb, "--pgdata", str(self.folder / "data")])
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = ["postgres", "-D", str(self.folder / "data"), "-k", str(self.folder), *settings]
        self._server = subprocess.Popen(
            [_program(command[0]), *command[1:]], cwd=self.folder, stderr=subprocess.DEVNULL, **self._as_owner()
        )
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                psycopg.connect(self.address()).close()
                return
            except psycopg.OperationalError:
                assert self._server.poll() is None, "postgres ended by itself"
                assert time.monotonic() < deadline, "postgres does not answer"
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, with every session; what was committed is there at the next start."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(_PATIENCE_S)
        self._server = None

    def kill(self) -> None:
        """End the server by kill -9, and see its sessions go after it."""
        server, self._server = self._server, None
        if server is None:
            return
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        server.send_signal(signal.SIGKILL)
        server.wait(_PATIENCE_S)
        deadline = time.monotonic() + _PATIENCE_S
        while any(map(_lives, children)):
            assert time.monotonic() < deadline, "sessions outlive the server"
            time.sleep(0.02)

    def heal(self) -> None:
        """Start the server if it does not run."""
        if self._server is None:
            self.start()

    def end(self) -> None:
        """End the server and take its folder away."""
        if self._server is not None:
            self.stop()
        shutil.rmtree(self.folder)

    def address(self, schema: str = "public") -> str:
        """The URL of the one database, with every name looked up in `schema`."""
        options = quote(f"-csearch_path={schema}")
        return f"postgresql://opas@/postgres?host={quote(str(self.folder), safe='')}&options={options}"

    def fresh(self) -> str:
        """The URL of an empty schema, as good as a database of its own and made faster."""
        self._schemas += 1
        name = f"t{self._schemas}"
        self.do(f"CREATE SCHEMA {name}")
        return self.address(name)

    def fresh_database(self) -> str:
        """The URL of an empty database of its own, for what works on whole databases."""
        self._schemas += 1
        name = f"d{self._schemas}"
        self.do(f"CREATE DATABASE {name}")
        return self.address_of(name)

    def address_of(self, database: str) -> str:
        """The URL of a database of its own."""
        return f"postgresql://opas@/{database}?host={quote(str(self.folder), safe='')}"

    def do(self, statement: str) -> None:
        """Run one statement as the administrator."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def kill_sessions(self) -> int:
        """Break every hub's session in the middle of whatever it does; how many there were."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            return len(
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'opas-hub'"
                ).fetchall()
            )

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            [_program(command[0]), *command[1:]],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as_owner(),
        )
        assert done.returncode == 0, done.stderr

    def _as_owner(self) -> dict[str, Any]:
        owner = self._owner
        return {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _lives(process: str) -> bool:
    """Whether it still does anything: one that nobody asks after stays in the list when it has ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def _plain_user() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _program(name: str) -> str:
    """Debian keeps a server's programs by version, where no PATH looks."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    path = str(found[-1]) if found else shutil.which(name)
    assert path is not None, f"{name} is not here: deploy/setup/system test installs PostgreSQL"
    return path
