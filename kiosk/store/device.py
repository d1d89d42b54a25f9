"""The store as the app sees it."""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.errors import StoreError
from kiosk.model.clock import Clock
from kiosk.model.customer import Subject
from kiosk.model.event import DatabaseRebuilt, Event, EventBody, Health
from kiosk.model.ids import DeviceId, Epoch, PackVersion, SiteId, TicketId
from kiosk.model.records import Collection, Record
from kiosk.model.sitekey import names_key
from kiosk.model.ticket import Decision
from kiosk.model.view import Freshness
from kiosk.store import link, meta, outbox, packs, records, wishes
from kiosk.store.clock import new_id
from kiosk.store.database import Database, Place, Use
from kiosk.store.doorbell import AGENT_BELL, KIOSK_BELL, Doorbell, ring
from kiosk.store.journal import entry_of
from kiosk.store.lock import PRESENCE, Presence
from kiosk.store.packs import StoredPack
from kiosk.store.recording import Recorder

_NONCE_BYTES = 12
_POLL_S = 1.0
_log = logging.getLogger(__name__)


class DeviceStore:
    """Everything a device knows, and the only place where it writes down what happened.

    One thread at a time uses it, the session's; only `wake` may be called from any thread. Every method raises
    `StoreError` or one of its families when the database can't be used; a damaged one is put aside and built anew
    without the caller's help, and `rebuilt` then says so.
    """

    def __init__(self, database: Database, site_key: bytes, clock: Clock) -> None:
        """`site_key` opens the sealed names. Opens the app's doorbell."""
        self._database = database
        self._names = AESGCM(names_key(site_key))
        self._clock = clock
        self._recorder = Recorder(database)
        self._woken = threading.Event()
        self._agent_bell = database.place.path.with_name(AGENT_BELL)
        self._presence = Presence(database.place.path.with_name(PRESENCE))
        self._bell = Doorbell(database.place.path.with_name(KIOSK_BELL), self._woken.set)
        self._stamp_seen = self.change_stamp()

    @property
    def epoch(self) -> Epoch:
        """The outbox's identity; a new one after each rebuilt database."""
        return self._database.read(meta.epoch)

    @property
    def rebuilt(self) -> DatabaseRebuilt | None:
        """The event to record because a damaged or lost database was replaced; None once it has been recorded."""
        return self._database.read(_rebuilt)

    def get(self, collection: Collection, key: str) -> Record | None:
        """One record."""
        return self._database.read(lambda connection: records.get(connection, collection, key))

    def all(self, collection: Collection) -> tuple[Record, ...]:
        """A whole collection, ordered by id."""
        return self._database.read(lambda connection: records.all_of(connection, collection))

    def of_subject(self, collection: Collection, subject: str) -> tuple[Record, ...]:
        """What of a collection belongs to one subject, ordered by id."""
        return self._database.read(lambda connection: records.of_subject(connection, collection, subject))

    def record(self, bodies: Sequence[EventBody], pack: PackVersion) -> tuple[Event, ...]:
        """Write events and the changes that they make, all or nothing; durable when it returns.

        Raises `ChangeRefused` when the deciding record of any of them refuses. Where there is no room, events that only
        report are dropped and counted, and are not among those returned; `StoreFull` says that there is none for others.
        """
        events = self._recorder.record(entry_of(bodies, self._clock.now(), pack))
        ring(self._agent_bell)
        return events

    def sureness(self, ticket: TicketId, wait_s: float) -> Decision:
        """How sure a redemption of `ticket` at this moment would be. Asks the site, if it must, for `wait_s` at most.

        `ONLINE_CONFIRMED` while the hub is heard; `SITE_CONFIRMED` when this device was the first of the site to ask the
        broker for it; else it is the device's own word.
        """
        now = self._clock.now()
        if self._database.read(lambda connection: wishes.hub_is_there(connection, now)):
            return Decision.ONLINE_CONFIRMED
        if not self._database.read(wishes.site_is_there):
            return Decision.OFFLINE_PROVISIONAL
        wish = wishes.Wish(new_id(now.wall_ms), ticket)
        self._wish(wish)
        ring(self._agent_bell)
        granted = self._is_granted_within(wish, wait_s)
        self._wish(None)
        # Whatever else was told in the meantime is still to be looked at.
        self._woken.set()
        return Decision.SITE_CONFIRMED if granted else Decision.OFFLINE_PROVISIONAL

    def name_of(self, subject: Subject) -> str:
        """First name and initial; empty when there is none or it can't be opened with this site's key."""
        sealed = subject.sealed_name
        if not sealed:
            return ""
        try:
            return self._names.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], subject.id.encode()).decode()
        except (InvalidTag, ValueError):
            _log.warning("a name can't be opened; does device.site_key belong to this site?")
            return ""

    def freshness(self) -> Freshness:
        """How current the data is."""
        now = self._clock.now()
        return self._database.read(lambda connection: link.freshness(connection, now))

    def waiting(self) -> int:
        """How many events the hub has not confirmed."""
        return self._database.read(outbox.waiting)

    def change_stamp(self) -> int:
        """A number that differs whenever something a screen could show has changed; cheap to ask."""
        return self._database.read(lambda connection: meta.number(connection, meta.Key.STAMP) or 0)

    def active_pack(self) -> StoredPack | None:
        """The content pack in use."""
        return self._database.read(packs.active)

    def staged_pack(self) -> StoredPack | None:
        """The content pack that the hub wants in use instead."""
        return self._database.read(packs.staged)

    def activate(self, version: PackVersion) -> None:
        """Take a staged pack into use. Raises `StoreError` when it is not here."""
        if not self._database.transaction(lambda connection: packs.activate(connection, version)):
            raise StoreError(
                f"{self._database.place.path}: holds no content pack {version!r}.",
                "Wait until the agent has fetched it again.",
            )
        ring(self._agent_bell)

    def reject(self, version: PackVersion, why: str) -> None:
        """Put a staged pack away for good because of `why`; the one in use stays."""
        self._database.transaction(lambda connection: packs.reject(connection, version, why))
        ring(self._agent_bell)

    def report_health(self, health: Health, problem: str) -> None:
        """Tell the agent how this touchpoint is; `problem` is a short word such as `camera`, empty when ready."""
        if self._database.read(link.health) != (health, problem):
            self._database.transaction(lambda connection: link.put_health(connection, health, problem))
            ring(self._agent_bell)

    def wait(self, timeout_s: float) -> bool:
        """Sleep until something changed or `wake` was called: True; or until `timeout_s` is over: False.

        The agent rings; should it not come to that, the database itself is asked once a second.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            left = deadline - time.monotonic()
            woken = self._woken.wait(max(0.0, min(left, _POLL_S)))
            self._woken.clear()
            stamp = self.change_stamp()
            changed, self._stamp_seen = stamp != self._stamp_seen, stamp
            if woken or changed:
                return True
            if left <= _POLL_S:
                return False

    def _wish(self, wish: wishes.Wish | None) -> None:
        self._database.transaction(lambda connection: wishes.put(connection, wish), synchronous="NORMAL")

    def _is_granted_within(self, wish: wishes.Wish, wait_s: float) -> bool:
        deadline = time.monotonic() + wait_s
        while not self._database.read(lambda connection: wishes.is_granted(connection, wish)):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._woken.wait(left)
            self._woken.clear()
        return True

    def wake(self) -> None:
        """End a `wait`, from any thread."""
        self._woken.set()

    def close(self) -> None:
        """Let go of the database and the doorbell."""
        self._bell.close()
        self._presence.close()
        self._database.close()


def open_store(  # noqa: PLR0913 - who, where, whose key, and how large: each is needed once, by name
    path: Path, *, device: DeviceId, site: SiteId, site_key: bytes, clock: Clock, max_megabytes: int = 512
) -> DeviceStore:
    """Open the database at `path`, or build it. Raises `StoreError` and its families."""
    place = Place(path, device, site, clock, max_megabytes)
    return DeviceStore(Database(place, Use.EVENTS), site_key, clock)


def _rebuilt(connection: sqlite3.Connection) -> DatabaseRebuilt | None:
    reason = meta.text(connection, meta.Key.REBUILT_REASON)
    if not reason:
        return None
    salvaged = meta.number(connection, meta.Key.SALVAGED_COUNT) or 0
    return DatabaseRebuilt(reason, meta.text(connection, meta.Key.REBUILT_ASIDE), salvaged)
