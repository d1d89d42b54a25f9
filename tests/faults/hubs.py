"""The hub of a site under test: one process over SQLite, or two that share the work over PostgreSQL."""

import shutil
import signal
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path

from tests.integration.hub.running import RunningHub
from tests.ports import steady_ports
from tests.postgresql import Cluster


class Hubs(ABC):
    """`heal` starts whatever does not run. `first` answers for all, while it runs."""

    KIND: type[RunningHub] = RunningHub

    def __init__(self, folder: Path, broker_port: int, count: int, database: str) -> None:
        ports = steady_ports(2 * count)
        self._all = [
            self.KIND(folder / f"worker-{n}", broker_port, listen=listen, console=console, database=database)
            for n, (listen, console) in enumerate(zip(ports[::2], ports[1::2], strict=True), start=1)
        ]
        self._running: set[int] = set()
        self._backups: list[Path] = []
        self._backup_folder = folder.with_name("backups")
        self._backup_folder.mkdir()
        self._made = 0
        self.restores = 0

    @property
    def first(self) -> RunningHub:
        return self._all[0]

    def of(self, number: int) -> RunningHub:
        """The one from which device `number` fetches its data."""
        return self._all[number % len(self._all)]

    def heal(self) -> None:
        for n, hub in enumerate(self._all):
            if n not in self._running:
                self._give_keys(hub)
                self._running.add(n)
                hub.start()

    def kill(self, drawn: int | None = None) -> None:
        """One of them as drawn, or all."""
        for n in sorted(self._running):
            if drawn is None or drawn % len(self._all) == n:
                self._running.discard(n)
                self._all[n].end(signal.SIGKILL)

    def take_backup(self) -> None:
        """While they run."""
        self._made += 1
        into = self._backup_folder / f"backup-{self._made}"
        self._back_up(into)
        self._backups.append(into)

    def forget_backups(self) -> None:
        """Older ones lack what a device can't give again."""
        for path in self._backups:
            shutil.rmtree(path)
        self._backups.clear()
        self.take_backup()

    def restore(self, drawn: int) -> None:
        """Put one of the backups in the place of the data, as after a disk that was lost."""
        self.kill()
        self.restores += 1
        for hub in self._all:
            shutil.rmtree(hub.folder / "data", ignore_errors=True)
        self._put_back(self._backups[drawn % len(self._backups)])

    def end(self) -> None:
        """All of it, for good."""
        self.kill()

    def _give_keys(self, hub: RunningHub) -> None:
        """Hubs that share the work sign with the same keys."""
        keys = self.first.folder / "data" / "issuer-1.json"
        if hub is not self.first and keys.exists():
            (hub.folder / "data").mkdir(exist_ok=True)
            shutil.copy(keys, hub.folder / "data")

    @abstractmethod
    def _back_up(self, into: Path) -> None: ...

    @abstractmethod
    def _put_back(self, backup: Path) -> None: ...


class OnSqlite(Hubs):
    def __init__(self, folder: Path, broker_port: int) -> None:
        super().__init__(folder, broker_port, 1, "")

    def _back_up(self, into: Path) -> None:
        # As its documentation says: through SQLite, which copies one moment.
        data = self.first.folder / "data"
        shutil.copytree(data, into, ignore=shutil.ignore_patterns("*.db*"))
        for path in data.glob("*.db"):
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(into / path.name)) as copy:
                source.backup(copy)

    def _put_back(self, backup: Path) -> None:
        shutil.copytree(backup, self.first.folder / "data")


class OnPostgresql(Hubs):
    """Backups by the commands that are documented, while both hubs work."""

    def __init__(self, folder: Path, broker_port: int) -> None:
        self.cluster = Cluster()
        self.cluster.do("CREATE DATABASE hub")
        super().__init__(folder, broker_port, 2, self.cluster.address_of("hub"))

    def heal(self) -> None:
        self.cluster.heal()
        super().heal()

    def kill_sessions(self) -> None:
        self.cluster.heal()
        self.cluster.kill_sessions()

    def kill_database(self) -> None:
        self.cluster.kill()

    def end(self) -> None:
        super().end()
        self.cluster.end()

    def _back_up(self, into: Path) -> None:
        done = self.first.command("backup", into)
        assert done.returncode == 0, done.stderr

    def _put_back(self, backup: Path) -> None:
        self.cluster.heal()
        self.cluster.do("DROP DATABASE hub WITH (FORCE)")
        self.cluster.do("CREATE DATABASE hub")
        done = self.first.command("restore", backup)
        assert done.returncode == 0, done.stderr
