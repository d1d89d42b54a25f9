"""What app and agent tell each other beside records: is the hub heard, and how is the touchpoint."""

import sqlite3

from kiosk.model.clock import Instant
from kiosk.model.event import Health
from kiosk.model.ids import EpochMs, PackVersion
from kiosk.model.view import Freshness
from kiosk.store import meta, packs
from kiosk.store.database import Database
from kiosk.store.doorbell import KIOSK_BELL, ring
from kiosk.store.lock import PRESENCE, anyone_present
from kiosk.store.meta import Key

NO_APP = "app"
STARTING = "starting"
SILENCE_MS = 30_000
"""An agent that has not written for this long is gone, whatever it wrote last."""


def freshness(connection: sqlite3.Connection, now: Instant) -> Freshness:
    """How current the data is, judged by the monotonic clock of this boot."""
    as_of = meta.number(connection, Key.AS_OF)
    heard = meta.number(connection, Key.HEARD_MONO)
    connected = (
        bool(meta.number(connection, Key.CONNECTED))
        and meta.text(connection, Key.HEARD_BOOT) == now.boot
        and heard is not None
        and now.mono_ms - heard <= SILENCE_MS
    )
    return Freshness(connected, None if as_of is None else EpochMs(as_of))


def heard(connection: sqlite3.Connection, now: Instant) -> None:
    """The hub was heard just now."""
    if not meta.number(connection, Key.CONNECTED):
        meta.put(connection, Key.CONNECTED, 1)
        meta.bump(connection)
    meta.put(connection, Key.HEARD_MONO, now.mono_ms)
    meta.put(connection, Key.HEARD_BOOT, now.boot)


def away(connection: sqlite3.Connection) -> None:
    """The hub can't be heard."""
    if meta.number(connection, Key.CONNECTED):
        meta.put(connection, Key.CONNECTED, 0)
        meta.bump(connection)


def health(connection: sqlite3.Connection) -> tuple[Health, str]:
    """How the app says that it is; still starting until it has said anything."""
    told = meta.text(connection, Key.HEALTH)
    return (Health(told), meta.text(connection, Key.PROBLEM)) if told else (Health.DEGRADED, STARTING)


def put_health(connection: sqlite3.Connection, state: Health, problem: str) -> None:
    """Remember how the app is."""
    meta.put(connection, Key.HEALTH, state)
    meta.put(connection, Key.PROBLEM, problem)


class LinkState:
    """The agent's end of what app and agent tell each other; one thread at a time."""

    def __init__(self, database: Database) -> None:
        """`database` is open for upkeep."""
        self._database = database
        self._bell = database.place.path.with_name(KIOSK_BELL)
        self._presence = database.place.path.with_name(PRESENCE)

    def heard(self, now: Instant) -> None:
        """The hub was heard over the link."""
        before = self._database.read(lambda connection: freshness(connection, now).connected)
        self._database.transaction(lambda connection: heard(connection, now))
        if not before:
            ring(self._bell)

    def current(self, now: Instant) -> None:
        """The hub told, however it was asked, that our data is its newest."""
        self._database.transaction(lambda connection: meta.put(connection, Key.AS_OF, now.wall_ms))

    def away(self) -> None:
        """The hub can't be heard."""
        self._database.transaction(away)
        ring(self._bell)

    def health(self) -> tuple[Health, str]:
        """How the app says that it is; degraded by `NO_APP` where none runs."""
        if not anyone_present(self._presence):
            return Health.DEGRADED, NO_APP
        return self._database.read(health)

    def data_age_ms(self, now: Instant) -> int | None:
        """How long ago the hub last told that our data is its newest; None: never."""
        as_of = self._database.read(lambda connection: freshness(connection, now)).as_of
        return None if as_of is None else max(0, now.wall_ms - as_of)

    def go(self, route: str, now: Instant) -> None:
        """The hub is reached by this way from now on."""

        def note(connection: sqlite3.Connection) -> None:
            if meta.text(connection, Key.ROUTE) != route:
                meta.put(connection, Key.ROUTE, route)
                meta.put(connection, Key.ROUTE_SINCE, now.wall_ms)

        self._database.transaction(note)

    def active_pack(self) -> PackVersion | None:
        """The content pack that the app shows."""
        return self._database.read(packs.active_version)

    def lacks_pack(self, version: PackVersion) -> bool:
        """Whether something is to be fetched or staged so that the app shows this pack."""
        return not self._database.read(lambda connection: packs.is_settled(connection, version))

    def probe(self, now: Instant) -> None:
        """Find out whether the database can be written. Raises `StoreError` and its families."""
        self._database.transaction(lambda connection: meta.put(connection, Key.PROBED, now.mono_ms))
