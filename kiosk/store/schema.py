"""Brings a database's tables up to date."""

import sqlite3

LATEST = 2
"""What the last of the migrations sets as `user_version`; a later number was set by a newer app, which only adds."""


def migrate(connection: sqlite3.Connection) -> None:
    """Run the migrations that are missing, each in its own transaction."""
    if connection.execute("PRAGMA user_version").fetchone()[0] >= LATEST:
        return
    # Imported only when needed: it costs a tenth of the time to the first frame.
    from sqlite_utils import Database  # noqa: PLC0415

    from kiosk.store.migrations import steps  # noqa: PLC0415

    steps.apply(Database(connection, execute_plugins=False))
