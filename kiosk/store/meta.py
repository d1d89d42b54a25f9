"""The few values that the database remembers beside its tables, under names that stand here."""

import sqlite3
from enum import StrEnum

from kiosk.model.ids import Epoch, HubVersion
from kiosk.store import queries


class Key(StrEnum):
    """What is remembered."""

    DEVICE = "device"
    SITE = "site"
    EPOCH = "epoch"
    GENERATION = "generation"
    CURSOR = "cursor"
    """The version of the hub's data that has arrived here."""
    STAMP = "stamp"
    """Grows with each change that a screen could show."""
    REBUILT_REASON = "rebuilt_reason"
    REBUILT_ASIDE = "rebuilt_aside"
    SALVAGED = "salvaged"
    """Which events came out of a damaged database, until the hub has told which of them it holds."""
    PARTED = "parted"
    """The epoch that this one was parted from, because another device uses it."""
    SALVAGED_COUNT = "salvaged_count"
    HEALTH = "health"
    PROBLEM = "problem"
    CONNECTED = "connected"
    AS_OF = "as_of"
    HEARD_MONO = "heard_mono"
    HEARD_BOOT = "heard_boot"
    ROUTE = "route"
    """By which way the agent reaches the hub; with the three before, `opas doctor` reads it."""
    ROUTE_SINCE = "route_since"
    PROBED = "probed"
    SITE_LINK = "site_link"
    """Whether the agent has a broker that can confirm what the app wishes."""
    WISH = "wish"
    GRANTED = "granted"
    """The id of the last wish that the site has confirmed."""
    SHED_UP_TO = "shed_up_to"
    """Up to here the outbox was searched for events to drop."""
    UNTOLD_DROPS = "untold_drops"
    """Events that never got a number, by class, as JSON; told with the next event that is written."""


def text(connection: sqlite3.Connection, key: Key) -> str:
    """A remembered text, empty when there is none."""
    row = connection.execute(queries.GET_META, (key,)).fetchone()
    return "" if row is None else str(row[0])


def number(connection: sqlite3.Connection, key: Key) -> int | None:
    """A remembered number, None when there is none."""
    row = connection.execute(queries.GET_META, (key,)).fetchone()
    return None if row is None else int(row[0])


def put(connection: sqlite3.Connection, key: Key, value: str | int) -> None:
    """Remember a value."""
    connection.execute(queries.SET_META, (key, value))


def epoch(connection: sqlite3.Connection) -> Epoch:
    """The outbox's own identity."""
    return Epoch(text(connection, Key.EPOCH))


def cursor(connection: sqlite3.Connection) -> HubVersion:
    """The version of the hub's data that has arrived here; 0: none yet."""
    return HubVersion(number(connection, Key.CURSOR) or 0)


def bump(connection: sqlite3.Connection) -> None:
    """Say that something a screen could show has changed."""
    connection.execute(queries.BUMP_STAMP)
