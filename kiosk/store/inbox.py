"""What comes down from the hub: a snapshot replaces the whole copy at one moment, a delta adds to it."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NewType

import msgspec

from kiosk.model.changes import Target
from kiosk.model.ids import HubVersion, PackVersion
from kiosk.model.records import Collection, decode_record, subject_of
from kiosk.store import claims, meta, outbox, packs, queries
from kiosk.store.database import Database
from kiosk.store.doorbell import KIOSK_BELL, ring
from kiosk.store.fold import refold, settled
from kiosk.store.packs import StoredPack

Generation = NewType("Generation", int)
SWEEP_AT_ONCE = 500
_KNOWN = frozenset(Collection)
"""A newer hub may have others; their rows are kept for the release that can read them."""
_log = logging.getLogger(__name__)


class InboxRow(msgspec.Struct, frozen=True):
    """One record of the hub at one version as JSON; `body` None says that it was deleted."""

    collection: Collection
    key: str
    version: HubVersion
    body: bytes | None


class Inbox:
    """The agent's end of the records and packs; one thread at a time."""

    def __init__(self, database: Database) -> None:
        """`database` is open for the downlink."""
        self._database = database
        self._place = database.place
        self._bell = database.place.path.with_name(KIOSK_BELL)

    def cursor(self) -> HubVersion:
        """The version of the hub's data that has arrived here; 0: none yet."""
        return self._database.read(meta.cursor)

    def apply_delta(self, since: HubVersion, version: HubVersion, rows: Sequence[InboxRow]) -> bool:
        """Add what changed in (`since`, `version`], all at once. False when it does not follow what is here."""
        followed = self._database.transaction(lambda connection: self._apply_delta(connection, since, version, rows))
        ring(self._bell)
        return followed

    def begin_snapshot(self) -> Generation:
        """A place for a new copy beside the one in use; what an earlier attempt left there is cleared first."""
        while self.sweep():
            pass
        return self._database.read(
            lambda connection: Generation(connection.execute(queries.NEXT_GENERATION).fetchone()[0])
        )

    def stage(self, generation: Generation, rows: Iterable[InboxRow]) -> None:
        """Add rows to the new copy, in one short transaction."""
        values = [_values(row) | {"generation": generation} for row in rows if row.body is not None]
        self._database.transaction(lambda connection: connection.executemany(queries.STAGE_RECORD, values))

    def finish_snapshot(self, generation: Generation, version: HubVersion) -> None:
        """Turn to the new copy, with this device's unsettled events laid over it."""
        self._database.transaction(lambda connection: self._flip(connection, generation, version))
        ring(self._bell)

    def sweep(self, limit: int = SWEEP_AT_ONCE) -> bool:
        """Delete some rows of copies that are not in use; True when there may be more."""
        return self._database.transaction(lambda connection: _sweep(connection, limit))

    def lacks_pack(self, version: PackVersion) -> bool:
        """Whether something is to be fetched or staged so that the app shows this pack."""
        return not self._database.read(lambda connection: packs.is_settled(connection, version))

    def stage_pack_again(self, version: PackVersion) -> bool:
        """Turn back to a content pack that is still here; False when it has to be fetched."""
        here = self._database.transaction(lambda connection: packs.stage_again(connection, version))
        ring(self._bell)
        return here

    def stage_pack(self, pack: StoredPack) -> None:
        """Keep a fetched content pack for the app to take into use."""
        self._database.transaction(lambda connection: packs.stage(connection, pack))
        ring(self._bell)

    def _apply_delta(
        self, connection: sqlite3.Connection, since: HubVersion, version: HubVersion, rows: Sequence[InboxRow]
    ) -> bool:
        if not since <= meta.cursor(connection) <= version:
            return False
        before = settled(connection)
        for row in rows:
            if row.body is None:
                connection.execute(queries.DROP_BASE, (row.collection, row.key, row.version))
            else:
                connection.execute(queries.SET_BASE, _values(row))
        meta.put(connection, meta.Key.CURSOR, version)
        # Records that came and have events of ours or claims on them, and those whose events are in the hub's data now.
        gone = claims.drop_settled(connection)
        touched = set(outbox.touched_after(connection, before)) | claims.targets(connection)
        targets = ({Target(row.collection, row.key) for row in rows} & touched) | gone
        targets |= set(outbox.touched_between(connection, before, settled(connection)))
        refold(connection, self._place.device, self._place.site, targets)
        if rows or gone:
            meta.bump(connection)
        return True

    def _flip(self, connection: sqlite3.Connection, generation: Generation, version: HubVersion) -> None:
        meta.put(connection, meta.Key.GENERATION, generation)
        meta.put(connection, meta.Key.CURSOR, version)
        gone = claims.drop_settled(connection)
        targets = {*outbox.touched_after(connection, settled(connection)), *claims.targets(connection), *gone}
        refold(connection, self._place.device, self._place.site, targets)
        meta.bump(connection)


def _values(row: InboxRow) -> dict[str, str | int | bytes | None]:
    return {
        "collection": row.collection,
        "key": row.key,
        "version": row.version,
        "base": row.body,
        "subject": _subject(row),
    }


def _subject(row: InboxRow) -> str | None:
    """Whose record it is; a record that only a newer app can read is kept, but found by its key only."""
    if row.collection not in _KNOWN:
        return None
    try:
        return None if row.body is None else subject_of(decode_record(row.collection, row.body))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning("a record in %s can't be read by this app: %s", row.collection, error)
        return None


def _sweep(connection: sqlite3.Connection, limit: int) -> bool:
    lowest, highest, current = connection.execute(queries.GENERATIONS).fetchone()
    if lowest is None or lowest == highest == current:
        return False
    generation = lowest if lowest != current else highest
    connection.execute(queries.SWEEP_RECORDS, {"generation": generation, "limit": limit})
    return True
