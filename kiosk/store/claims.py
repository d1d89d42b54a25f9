"""What other devices of the site did to tickets, orders and people's records and the hub does not know yet, laid over its copy.

A claim is another device's event. It goes when that device has told at which of the hub's versions the event is part of
the hub's data, and that version has arrived here; the hub's own word then stands alone.
"""

import sqlite3

import msgspec

from kiosk.model.changes import Target, targets_of
from kiosk.model.event import Event
from kiosk.model.ids import DeviceId, Epoch, HubVersion, Seq
from kiosk.model.records import Collection
from kiosk.store import meta, queries, shedding
from kiosk.store.database import Database
from kiosk.store.doorbell import KIOSK_BELL, ring
from kiosk.store.fold import refold
from kiosk.store.outbox import StoredEvent

CLAIMED = frozenset({Collection.TICKETS, Collection.ORDERS, Collection.SUBJECTS})
"""What must not be given twice, nor offered to somebody who declined it: the devices of a site tell each other at once."""
_MOST = 20_000
_ENCODER = msgspec.json.Encoder()


class Claimed(msgspec.Struct, frozen=True):
    """What another device tells: some of its events, and that those of `epoch` up to `acked` are in hub `version`."""

    device: DeviceId
    epoch: Epoch
    acked: Seq
    version: HubVersion
    events: tuple[Event, ...]


class Own(msgspec.Struct, frozen=True):
    """What this device tells: `events` the hub has not confirmed, and what it has. None is missing up to `up_to`."""

    epoch: Epoch
    acked: Seq
    version: HubVersion
    up_to: Seq
    events: tuple[StoredEvent, ...]


class Claims:
    """The agent's end of the claims; one thread at a time."""

    def __init__(self, database: Database) -> None:
        """`database` is open for upkeep."""
        self._database = database
        self._bell = database.place.path.with_name(KIOSK_BELL)

    def own(self, told: tuple[Epoch, Seq] | None, limit: int) -> Own:
        """At most `limit` of this device's own unconfirmed claims that follow `told`, oldest first."""
        return self._database.read(lambda connection: _own(connection, told, limit))

    def take(self, claimed: Claimed) -> bool:
        """Lay what another device tells over our copy; whether that changed a record here."""
        changed = self._database.transaction(lambda connection: self._take(connection, claimed))
        if changed:
            ring(self._bell)
        return changed

    def _take(self, connection: sqlite3.Connection, claimed: Claimed) -> bool:
        touched: set[Target] = set()
        after = connection.execute(queries.LAST_SEQ).fetchone()[0]
        for event in claimed.events:
            targets = targets_of(event.body)
            if event.seq > claimed.acked and targets and targets[0].collection in CLAIMED:
                touched |= _put(connection, claimed, event, after)
        settles = (claimed.version, claimed.device, claimed.epoch, claimed.acked)
        connection.execute(queries.SETTLE_CLAIMS, settles)
        touched |= drop_settled(connection)
        if touched:
            refold(connection, self._database.place.device, self._database.place.site, touched)
            meta.bump(connection)
        return bool(touched)


def drop_settled(connection: sqlite3.Connection) -> set[Target]:
    """Let the claims go that our copy of the hub's data contains; the records that they lay on."""
    rows = connection.execute(queries.SETTLED_CLAIMS).fetchall()
    if rows:
        connection.execute(queries.DROP_SETTLED_CLAIMS)
        connection.execute(queries.DROP_CLAIM_TARGETS)
    return {Target(Collection(collection), key) for collection, key in rows}


def targets(connection: sqlite3.Connection) -> set[Target]:
    """All records that claims lie on."""
    rows = connection.execute(queries.CLAIM_TARGETS).fetchall()
    return {Target(Collection(collection), key) for collection, key in rows}


def _put(connection: sqlite3.Connection, claimed: Claimed, event: Event, after: int) -> set[Target]:
    """The records that it touches, none when it was here already."""
    values = {
        "id": event.id,
        "device": claimed.device,
        "epoch": claimed.epoch,
        "seq": event.seq,
        "after": after,
        "event": _ENCODER.encode(event),
    }
    if connection.execute(queries.KNOWS_CLAIM, (event.id,)).fetchone() is not None:
        connection.execute(queries.MOVE_CLAIM, values)
        return set()
    number = connection.execute(queries.ADD_CLAIM, values).lastrowid
    targets = set(targets_of(event.body))
    connection.executemany(queries.ADD_CLAIM_TARGET, [(number, target.collection, target.key) for target in targets])
    connection.execute(queries.FORGET_CLAIMS, (_MOST,))
    return targets


def _own(connection: sqlite3.Connection, told: tuple[Epoch, Seq] | None, limit: int) -> Own:
    epoch, _, last, acked = connection.execute(queries.MARKS).fetchone()
    version = connection.execute(queries.LAST_ACK_VERSION).fetchone()
    after = max(acked, told[1]) if told is not None and told[0] == epoch else acked
    rows = connection.execute(queries.OWN_CLAIMS, (after, limit)).fetchall()
    events = tuple(StoredEvent(Seq(seq), shedding.whole(Seq(seq), stored)) for seq, stored in rows)
    up_to = rows[-1][0] if len(rows) == limit else max(last, after)
    return Own(Epoch(epoch), Seq(acked), HubVersion(0 if version is None else version[0]), Seq(up_to), events)
