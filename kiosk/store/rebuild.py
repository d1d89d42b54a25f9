"""Puts a damaged database aside and builds a new one under a new epoch. Run under the database's lock file only."""

import contextlib
import os
import secrets
import sqlite3
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import msgspec

from kiosk.model.ids import DeviceId, Epoch, EpochMs, SiteId
from kiosk.store import meta, queries
from kiosk.store.salvage import put_in, salvage
from kiosk.store.schema import migrate

_COMPANIONS = ("", "-wal", "-shm")
_KEPT_ASIDE = 3
_MARKER = ".aside"
"""Holds the name of the file put aside, from before that until the new database is in place."""


class Remains(Enum):
    """What stands where the database should be; the values of the last ones are the reasons told to the hub."""

    FRESH = ""
    FILE = "file"
    EMPTY = "the file was empty"
    LOG_ONLY = "the file was gone, its log was left"
    GONE = "the file was removed while it was in use"
    HALF_REBUILT = "the file was damaged, and rebuilding it was cut off"


def remains_of(path: Path, *, known_before: bool) -> Remains:
    """Look without opening. A database in use is never empty: it comes into being whole, by a rename."""
    if path.exists():
        return Remains.FILE if path.stat().st_size else Remains.EMPTY
    if _companion(path, _MARKER).exists():
        return Remains.HALF_REBUILT
    if known_before:
        return Remains.GONE
    return Remains.LOG_ONLY if _companion(path, "-wal").exists() else Remains.FRESH


def new_epoch() -> Epoch:
    """A name for one outbox that no other has had."""
    return Epoch(secrets.token_hex(8))


class Rebuild(msgspec.Struct, frozen=True):
    """What a new database is built with; `wall_ms` names the file put aside."""

    path: Path
    device: DeviceId
    site: SiteId
    wall_ms: EpochMs

    def put_aside_and_build(self, reason: str) -> None:
        """Rename what is there, database and log together, and build a new one that remembers `reason`."""
        aside = self._aside_before() or self._free_name()
        _write_durably(_companion(self.path, _MARKER), aside.name)
        renamed = aside.exists()
        # The database first: cut off here, the log that is left tells the next start what happened; a database without
        # its log would open as if nothing had been lost, and number new events like lost ones.
        for companion in _COMPANIONS:
            with contextlib.suppress(FileNotFoundError):
                _companion(self.path, companion).rename(_companion(aside, companion))
                renamed = True
        self._drop_oldest()
        self.build(reason, aside.name if renamed else "")

    def build(self, reason: str = "", aside: str = "") -> None:
        """Build an empty database beside the path, whole and on disk, then rename it into place."""
        new = self.path.with_name(self.path.name + ".new")
        for companion in _COMPANIONS:
            _companion(new, companion).unlink(missing_ok=True)
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            migrate(connection)
            connection.executemany(queries.SET_META, self._first_meta(reason, aside).items())
            salvaged = salvage(self.path.with_name(aside)) if aside else None
            if salvaged is not None:
                connection.execute("BEGIN")
                put_in(connection, salvaged)
                meta.put(connection, meta.Key.SALVAGED_COUNT, len(salvaged.events))
                connection.execute("COMMIT")
        finally:
            connection.close()
        new.chmod(0o600)
        _flush(new)
        new.rename(self.path)
        _flush(self.path.parent)
        self.forget_aside()

    def forget_aside(self) -> None:
        """A database is in place: what was put aside before is nobody's business any more."""
        _companion(self.path, _MARKER).unlink(missing_ok=True)

    def _aside_before(self) -> Path | None:
        """Where an earlier try that was cut off has put the database; None when it is still in its place."""
        try:
            name = _companion(self.path, _MARKER).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        aside = self.path.with_name(Path(name).name)
        return aside if not self.path.exists() and aside.is_file() else None

    def _first_meta(self, reason: str, aside: str) -> dict[str, str | int]:
        first: dict[str, str | int] = {
            "device": self.device,
            "site": self.site,
            "epoch": new_epoch(),
            "generation": 1,
            "cursor": 0,
            "stamp": 1,
        }
        if reason:
            first |= {"rebuilt_reason": reason, "rebuilt_aside": aside}
        return first

    def _free_name(self) -> Path:
        stamp = datetime.fromtimestamp(self.wall_ms / 1000, tz=UTC).strftime("%Y%m%dT%H%M%SZ")
        stem = f"{self.path.name}.corrupt-{stamp}"
        name, turn = stem, 1
        while any(_companion(self.path.with_name(name), companion).exists() for companion in _COMPANIONS):
            turn += 1
            name = f"{stem}-{turn}"
        return self.path.with_name(name)

    def _drop_oldest(self) -> None:
        """Keep the last few for an expert's eye; a failing disk must not be filled with them."""
        bodies = [
            path
            for path in self.path.parent.glob(f"{self.path.name}.corrupt-*")
            if not path.name.endswith(("-wal", "-shm"))
        ]
        for body in sorted(bodies, key=lambda path: path.stat().st_mtime)[:-_KEPT_ASIDE]:
            for companion in _COMPANIONS:
                _companion(body, companion).unlink(missing_ok=True)


def _write_durably(path: Path, text: str) -> None:
    """Write a small file that is whole or not there, and on disk."""
    fresh = _companion(path, ".new")
    fresh.write_text(text, encoding="utf-8")
    _flush(fresh)
    fresh.rename(path)
    _flush(path.parent)


def _companion(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
