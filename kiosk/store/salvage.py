"""Reads what can still be read of the outbox of a damaged database, so that the hub gets it all the same, and once.

The events begin the new database's outbox under new numbers. Some of them the hub may hold already, their ack was lost;
so before anything of the new outbox is sent, the hub is asked how far it holds the old one, and the events up to there go.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from kiosk.model.changes import targets_of
from kiosk.model.event import Event
from kiosk.model.ids import Epoch, Seq
from kiosk.store import meta, queries, shedding

_EPOCH = re.compile(r"[0-9a-f]{16}")
_MOST_QUESTIONS = 20_000
_FEW = 8
_NEWEST = 100
_BEYOND = 1_000_000
"""How far above the last ack the search goes where the newest number can't be read."""
_EVENT = msgspec.json.Decoder(Event)
_ENCODER = msgspec.json.Encoder()


class Debt(msgspec.Struct, frozen=True):
    """The first events of the outbox had the numbers `seqs` under `epoch`, and the hub may hold them already."""

    epoch: Epoch
    seqs: tuple[Seq, ...]

    def held_by(self, watermark: Seq) -> Seq:
        """How many of the first events the hub holds, as it does all of the old epoch up to `watermark`."""
        return Seq(sum(seq <= watermark for seq in self.seqs))


class Salvaged(msgspec.Struct, frozen=True):
    """Events in their old order, under their old numbers, and what the hub must be asked before they are sent."""

    events: tuple[Event, ...]
    debt: Debt


_DEBT = msgspec.json.Decoder(Debt)


def salvage(path: Path) -> Salvaged | None:
    """What the database at `path` still tells; None for nothing. It is only read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as old:
            # A truncated file is otherwise refused as a whole.
            old.execute("PRAGMA writable_schema = ON")
            return _salvage(old)
    except sqlite3.Error:
        return None


def debt(connection: sqlite3.Connection) -> Debt | None:
    """What the hub must be asked before this outbox is sent."""
    stored = meta.text(connection, meta.Key.SALVAGED)
    return _DEBT.decode(stored) if stored else None


def newest(connection: sqlite3.Connection) -> tuple[Event, ...]:
    """The last salvaged events, as long as the hub was not asked about them."""
    owed = debt(connection)
    if owed is None:
        return ()
    last = len(owed.seqs)
    return tuple(_readable(connection.execute(queries.EVENTS_BETWEEN, (last - _NEWEST, last)).fetchall()))


def put_in(connection: sqlite3.Connection, salvaged: Salvaged) -> None:
    """Begin an empty outbox with what was salvaged, numbered from 1."""
    for seq, event in enumerate(salvaged.events, start=1):
        connection.execute(queries.ADD_EVENT, (seq, _ENCODER.encode(msgspec.structs.replace(event, seq=Seq(seq)))))
        for target in targets_of(event.body):
            connection.execute(queries.ADD_TOUCHED, (seq, target.collection, target.key))
    meta.put(connection, meta.Key.SALVAGED, _ENCODER.encode(salvaged.debt).decode())


def _salvage(old: sqlite3.Connection) -> Salvaged | None:
    epoch = meta.epoch(old)
    if not _EPOCH.fullmatch(epoch):
        return None
    acked = _number(old, queries.LAST_ACK)
    last = _number(old, queries.LAST_SEQ)
    events = tuple(_Reader(old).events(acked or 0, last if last is not None else (acked or 0) + _BEYOND))
    if not events:
        return None
    earlier = debt(old)
    if earlier is None:
        return Salvaged(events, Debt(epoch, tuple(event.seq for event in events)))
    # Nothing was ever sent under this epoch: the hub had not told yet what it holds of the one before.
    seqs = tuple(earlier.seqs[event.seq - 1] for event in events if event.seq <= len(earlier.seqs))
    return Salvaged(events, Debt(earlier.epoch, seqs))


def _number(old: sqlite3.Connection, query: str) -> int | None:
    try:
        return int(old.execute(query).fetchone()[0])
    except sqlite3.Error:
        return None


class _Reader:
    """Goes round damaged pages by halving the range that can't be read."""

    def __init__(self, old: sqlite3.Connection) -> None:
        self._old = old
        self._questions = 0

    def events(self, after: int, last: int) -> Iterator[Event]:
        """The readable events numbered above `after` up to `last`, in order."""
        if last <= after or self._questions >= _MOST_QUESTIONS:
            return
        self._questions += 1
        rows: list[tuple[int, bytes]] = []
        with suppress(sqlite3.Error):
            rows = self._old.execute(queries.EVENTS_BETWEEN, (after, last)).fetchall()
            yield from _readable(rows)
            return
        if last - after == 1:
            return
        middle = after + 1 if last - after <= _FEW else (after + last) // 2
        yield from self.events(after, middle)
        yield from self.events(middle, last)


def _readable(rows: list[tuple[int, bytes]]) -> Iterator[Event]:
    for seq, stored in rows:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, TypeError, AttributeError):
            event = _EVENT.decode(shedding.whole(Seq(seq), stored))
            if event.seq == seq:
                yield event
