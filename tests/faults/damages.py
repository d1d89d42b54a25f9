"""What a bad card and a cut of power do to a database's file."""

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path


def lose_acks(path: Path, drawn: random.Random) -> None:
    """Of a database whose outbox can be read: the hub holds more of it than it knows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.execute("DELETE FROM ack WHERE seq > (SELECT MAX(seq) FROM ack) - ?", (drawn.randrange(100),))
            (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'pack'").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            page = 1
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(drawn.randbytes(4096))


def truncate(path: Path, drawn: random.Random) -> None:
    os.truncate(path, int(path.stat().st_size * drawn.random()))


def empty(path: Path, _: random.Random) -> None:
    os.truncate(path, 0)


def spoil_pages(path: Path, drawn: random.Random) -> None:
    pages = max(1, path.stat().st_size // 4096)
    with path.open("r+b") as file:
        for _ in range(drawn.randint(1, 6)):
            file.seek(drawn.randrange(pages) * 4096)
            file.write(drawn.randbytes(4096))


def spoil_header(path: Path, drawn: random.Random) -> None:
    with path.open("r+b") as file:
        file.write(drawn.randbytes(100))


WAYS = (truncate, empty, spoil_pages, spoil_header, lose_acks, lose_acks)
