"""Copies of the hub's database: taken while a hub runs, put back where there is none."""

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sync.hub.errors import DataError

SQLITE_NAME = "hub.db"
DUMP_NAME = "hub.pgdump"
_PAGES = 4_096
_PAUSE_S = 0.01


def copy_sqlite(data: Path, into: Path) -> None:
    """Copy the SQLite database of the folder `data` into the folder `into`, checked. Raises `DataError`."""
    source, target = data / SQLITE_NAME, into / SQLITE_NAME
    if not source.exists():
        raise DataError(f"{source}: there is no database.", "Name the settings of the hub to back up with --config.")
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as of, closing(sqlite3.connect(target)) as to:
            of.backup(to, pages=_PAGES, sleep=_PAUSE_S)
            # A copy in one file, that needs no journal beside it.
            to.execute("PRAGMA journal_mode = DELETE")
            said = to.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise DataError(f"{source}: can't be copied ({error}).", "Check the disk and the access rights.") from error
    if said != "ok":
        raise DataError(f"{source}: the database is damaged.", "Keep the backup before this one.")


def dump_postgresql(address: str, into: Path) -> None:
    """Dump the PostgreSQL database at `address` into the folder `into`. Raises `DataError`."""
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={into / DUMP_NAME}"], address)


def load_postgresql(address: str, of: Path) -> None:
    """Put the dump in the folder `of` into the empty database at `address`, all of it or nothing. Raises `DataError`."""
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            if connection.execute("SELECT to_regclass('counters')").fetchone() != (None,):
                todo = "Restore into an empty database: dropdb and createdb, or another name in hub.database."
                raise DataError("hub.database holds a hub's data already.", todo)
    except psycopg.Error as error:
        todo = "Create it first (createdb -O USER DATABASE), or correct hub.database."
        raise DataError(f"hub.database can't be used ({' '.join(str(error).split())[:300]}).", todo) from error
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    _run(["pg_restore", *options, str(of / DUMP_NAME)], address)


def _run(command: Sequence[str], address: str) -> None:
    parts = conninfo_to_dict(address)
    # The password goes by the environment, which other users can't see.
    secret = {"PGPASSWORD": str(parts["password"])} if parts.get("password") else {}
    bare = make_conninfo("", **{name: value for name, value in parts.items() if name not in {"password", "options"}})
    try:
        done = subprocess.run(
            [*command, f"--dbname={bare}"], capture_output=True, text=True, check=False, env={**os.environ, **secret}
        )
    except FileNotFoundError as error:
        todo = "Install PostgreSQL's client programs (Debian: postgresql-client), as new as the server."
        raise DataError(f"{command[0]} is not on this machine.", todo) from error
    if done.returncode:
        said = " ".join(done.stderr.split())[:500]
        raise DataError(f"{command[0]} failed ({said}).", "Correct what it names and start it again.")
