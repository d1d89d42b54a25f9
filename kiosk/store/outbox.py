"""The outbox as the agent sees it: what waits to be sent, what the hub has confirmed, and what may be freed.

Acks are cumulative and come after the hub's commit. A confirmed event stays for some days, so that a hub restored from
a backup gets it again. A numbering that device and hub can't agree on any more is ended by a new epoch.
"""

import sqlite3

import msgspec

from kiosk.model.changes import Target
from kiosk.model.clock import Instant
from kiosk.model.event import Event
from kiosk.model.ids import Epoch, EpochMs, EventId, HubVersion, MonotonicMs, Seq
from kiosk.model.records import Collection
from kiosk.store import meta, queries, salvage, shedding
from kiosk.store.database import Database
from kiosk.store.fold import refold, settled
from kiosk.store.rebuild import new_epoch
from kiosk.store.salvage import Debt

_FREE_AT_ONCE = 500
_UNNAMED = EventId("")
_EVENT = msgspec.json.Decoder(Event)
_ENCODER = msgspec.json.Encoder()


class _Confirmed(msgspec.Struct, frozen=True):
    seq: Seq
    version: HubVersion
    event: EventId


class _Named(msgspec.Struct, frozen=True):
    id: EventId


class _Timed(msgspec.Struct, frozen=True):
    at: EpochMs
    mono: MonotonicMs
    boot: str


_TIMED = msgspec.json.Decoder(_Timed)
_NAMED = msgspec.json.Decoder(_Named)


class StoredEvent(msgspec.Struct, frozen=True, gc=False):
    """One event as JSON, ready to be sent."""

    seq: Seq
    body: bytes


class Marks(msgspec.Struct, frozen=True):
    """Where the outbox stands: `last` was written, `acked` is confirmed, `first` is the oldest still here (0: none)."""

    epoch: Epoch
    first: Seq
    last: Seq
    acked: Seq

    @property
    def waiting(self) -> int:
        """How many events the hub has not confirmed; numbers have no gaps."""
        return self.last - self.acked


class Outbox:
    """The agent's end of the outbox; one thread at a time."""

    def __init__(self, database: Database) -> None:
        """`database` is open for upkeep."""
        self.device = database.place.device
        self._database = database
        self._place = database.place

    def cursor(self) -> HubVersion:
        """The version of the hub's data that has arrived here; 0: none yet."""
        return self._database.read(meta.cursor)

    def marks(self) -> Marks:
        """Where the outbox stands, all of one moment."""
        return self._database.read(_marks)

    def after(self, seq: Seq, limit: int) -> tuple[StoredEvent, ...]:
        """At most `limit` events that follow `seq`, oldest first."""
        rows = self._database.read(lambda connection: connection.execute(queries.EVENTS_AFTER, (seq, limit)).fetchall())
        return tuple(StoredEvent(Seq(seq), shedding.whole(Seq(seq), stored)) for seq, stored in rows)

    def mark_acked(self, epoch: Epoch, seq: Seq, version: HubVersion, event: EventId = _UNNAMED) -> bool:
        """The hub holds all events up to `seq`, as part of its data's `version`; False when `epoch` is not ours.

        A `seq` below what was confirmed before takes that back: the hub has lost them. Raises `OutOfStep` when the hub
        confirms what was never written, or needs what was freed already, and `NotOurs` when the event that it holds there
        is `event` and not ours.
        """
        ack = _Confirmed(seq, version, event)
        return self._database.transaction(lambda connection: self._mark(connection, epoch, ack))

    def debt(self) -> Debt | None:
        """What the hub must be asked before anything is sent; None nearly always."""
        return self._database.read(salvage.debt)

    def settle_debt(self, owed: Debt, watermark: Seq) -> None:
        """The hub holds all of the damaged outbox up to `watermark`: that is let go, and the rest may be sent."""
        self._database.transaction(lambda connection: self._settle(connection, owed, watermark), synchronous="FULL")

    def renew_epoch(self, after: Seq) -> Epoch:
        """Begin a new numbering: the events after `after` are numbered from 1 under a new epoch, the rest is let go."""
        return self._database.transaction(lambda connection: _renumber(connection, after), synchronous="FULL")

    def free(self, hub_now: EpochMs, keep_ms: int) -> bool:
        """Free some of the events confirmed longer than `keep_ms` ago by the hub's clock; True when more can be."""
        return self._database.transaction(lambda connection: _free_before(connection, hub_now, keep_ms))

    def hold_room(self) -> None:
        """Hold room on the disk back for the next time that it is full."""
        self._database.refill()

    def waiting(self) -> int:
        """How many events the hub has not confirmed."""
        return self._database.read(waiting)

    def oldest_ms(self, now: Instant) -> int:
        """For how long the oldest of them has waited; 0 where there is none. By the monotonic clock within one boot."""
        return self._database.read(lambda connection: _oldest_ms(connection, now))

    def _settle(self, connection: sqlite3.Connection, owed: Debt, watermark: Seq) -> None:
        if salvage.debt(connection) != owed:
            return
        held = owed.held_by(watermark)
        targets = touched_between(connection, Seq(0), held)
        if held:
            # Nothing was sent under this epoch yet, so it may as well begin once more.
            _renumber(connection, held)
        connection.execute(queries.DROP_META, (meta.Key.SALVAGED,))
        refold(connection, self._place.device, self._place.site, targets)

    def parted(self) -> Epoch | None:
        """The epoch that this one was parted from because another device uses it."""
        return Epoch(self._database.read(lambda connection: meta.text(connection, meta.Key.PARTED))) or None

    def part(self) -> Epoch:
        """Begin a new numbering because another device uses ours: what was not confirmed is numbered from 1."""
        return self._database.transaction(_part, synchronous="FULL")

    def _mark(self, connection: sqlite3.Connection, epoch: Epoch, ack: _Confirmed) -> bool:
        marks, seq = _marks(connection), ack.seq
        if epoch != marks.epoch or seq < 0:
            return False
        if seq > marks.last or (marks.first and seq < marks.first - 1):
            raise OutOfStep(seq, marks)
        if ack.event and _id_at(connection, seq) not in {None, ack.event}:
            raise NotOurs(seq)
        before = settled(connection)
        connection.execute(queries.DROP_ACKS_AFTER, (seq,))
        if seq:
            connection.execute(queries.ADD_ACK, (seq, ack.version))
        now_settled = settled(connection)
        low, high = sorted((before, now_settled))
        refold(connection, self._place.device, self._place.site, touched_between(connection, low, high))
        if low != high:
            meta.bump(connection)
        return True


class NotOurs(Exception):
    """The hub holds another event under number `seq` of this epoch: a second device runs on a copy of our data."""

    def __init__(self, seq: Seq) -> None:
        """See the class."""
        super().__init__(f"the hub holds another device's event under our number {seq}")


class OutOfStep(Exception):
    """The hub's watermark `seq` can't belong to this outbox: a cloned card, or a hub restored from too old a backup."""

    def __init__(self, seq: Seq, marks: Marks) -> None:
        """See the class."""
        super().__init__(f"the hub confirms {seq}, here are {marks.first} to {marks.last}")
        self.seq = seq
        self.marks = marks


def waiting(connection: sqlite3.Connection) -> int:
    """How many events the hub has not confirmed."""
    return _marks(connection).waiting


def _oldest_ms(connection: sqlite3.Connection, now: Instant) -> int:
    row = connection.execute(queries.EVENTS_AFTER, (_marks(connection).acked, 1)).fetchone()
    if row is None:
        return 0
    try:
        event = _TIMED.decode(shedding.whole(Seq(row[0]), row[1]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0
    same_boot = event.boot == now.boot
    return max(0, now.mono_ms - event.mono if same_boot else now.wall_ms - event.at)


def touched_between(connection: sqlite3.Connection, after: Seq, up_to: Seq) -> tuple[Target, ...]:
    """The records that the events in (`after`, `up_to`] changed."""
    return _targets(connection.execute(queries.TOUCHED_BETWEEN, (after, up_to)).fetchall())


def touched_after(connection: sqlite3.Connection, after: Seq) -> tuple[Target, ...]:
    """The records that the events after `after` changed."""
    return _targets(connection.execute(queries.TOUCHED_AFTER, (after,)).fetchall())


def free_all_settled(connection: sqlite3.Connection) -> bool:
    """Make room now: free some events that are confirmed and contained in our data; False when there are none."""
    return _free(connection, settled(connection))


def _free_before(connection: sqlite3.Connection, hub_now: EpochMs, keep_ms: int) -> bool:
    # The age of a confirmation counts from when this ran first: the device's own clock may be years off.
    connection.execute(queries.STAMP_ACKS, (hub_now,))
    old = connection.execute(queries.ACKED_BEFORE, (hub_now - keep_ms,)).fetchone()[0]
    return old is not None and _free(connection, min(Seq(old), settled(connection)))


def _free(connection: sqlite3.Connection, up_to: Seq) -> bool:
    freed = connection.execute(queries.FREE_EVENTS, {"seq": up_to, "limit": _FREE_AT_ONCE}).rowcount
    if freed:
        connection.execute(queries.FREE_TOUCHED)
        connection.execute(queries.FREE_ACKS)
    return freed > 0


def _marks(connection: sqlite3.Connection) -> Marks:
    epoch, first, last, acked = connection.execute(queries.MARKS).fetchone()
    return Marks(Epoch(epoch), Seq(first), Seq(last), Seq(acked))


def _renumber(connection: sqlite3.Connection, after: Seq) -> Epoch:
    connection.execute(queries.DROP_EVENTS_UP_TO, (after,))
    connection.execute(queries.DROP_TOUCHED_UP_TO, (after,))
    connection.execute(queries.DROP_ACKS)
    rows = connection.execute(queries.EVENTS_AFTER, (after, -1)).fetchall()
    for new, (old, body) in enumerate(rows, start=1):
        event = msgspec.structs.replace(_EVENT.decode(shedding.whole(Seq(old), body)), seq=Seq(new))
        connection.execute(queries.MOVE_EVENT, (new, _ENCODER.encode(event), old))
        connection.execute(queries.MOVE_TOUCHED, (new, old))
    epoch = new_epoch()
    meta.put(connection, meta.Key.EPOCH, epoch)
    for key in (meta.Key.SHED_UP_TO, meta.Key.PARTED):
        connection.execute(queries.DROP_META, (key,))
    return epoch


def _part(connection: sqlite3.Connection) -> Epoch:
    marks = _marks(connection)
    epoch = _renumber(connection, marks.acked)
    meta.put(connection, meta.Key.PARTED, marks.epoch)
    return epoch


def _id_at(connection: sqlite3.Connection, seq: Seq) -> EventId | None:
    """The id of our event of that number; None where it is freed or can't be read."""
    row = connection.execute(queries.EVENT_AT, (seq,)).fetchone()
    if row is None:
        return None
    try:
        return _NAMED.decode(shedding.whole(seq, row[0])).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _targets(rows: list[tuple[str, str]]) -> tuple[Target, ...]:
    return tuple(Target(Collection(collection), key) for collection, key in rows)
