"""Asking the site before a ticket is redeemed: the app writes down its wish, the agent what became of it at the broker.

There is one wish at a time, since there is one person at a gate. Nothing here need survive: a wish that gets lost is one
that the site has not confirmed.
"""

import sqlite3

import msgspec

from kiosk.model.clock import Instant
from kiosk.model.ids import TicketId
from kiosk.store import meta
from kiosk.store.database import Database
from kiosk.store.doorbell import KIOSK_BELL, ring
from kiosk.store.meta import Key

FRESH_MS = 15_000
"""The hub tells of itself every ten seconds; what was heard longer ago says nothing about this moment."""


class Wish(msgspec.Struct, frozen=True):
    """To be the one at this site who redeems `ticket`. `id` is new with every wish."""

    id: str
    ticket: TicketId


_WISH = msgspec.json.Decoder(Wish)
_ENCODER = msgspec.json.Encoder()


def hub_is_there(connection: sqlite3.Connection, now: Instant) -> bool:
    """Whether the hub was heard a moment ago."""
    heard = meta.number(connection, Key.HEARD_MONO)
    return (
        bool(meta.number(connection, Key.CONNECTED))
        and meta.text(connection, Key.HEARD_BOOT) == now.boot
        and heard is not None
        and 0 <= now.mono_ms - heard <= FRESH_MS
    )


def site_is_there(connection: sqlite3.Connection) -> bool:
    """Whether the agent has a broker that can confirm a wish."""
    return bool(meta.number(connection, Key.SITE_LINK))


def put(connection: sqlite3.Connection, wish: Wish | None) -> None:
    """Wish, or wish no more."""
    meta.put(connection, Key.WISH, "" if wish is None else _ENCODER.encode(wish).decode())


def is_granted(connection: sqlite3.Connection, wish: Wish) -> bool:
    """Whether the site has confirmed this very wish."""
    return meta.text(connection, Key.GRANTED) == wish.id


class Wishes:
    """The agent's end; one thread at a time."""

    def __init__(self, database: Database) -> None:
        """`database` is open for upkeep."""
        self._database = database
        self._bell = database.place.path.with_name(KIOSK_BELL)

    def open(self) -> Wish | None:
        """What the app wishes now."""
        stored = self._database.read(lambda connection: meta.text(connection, Key.WISH))
        return _WISH.decode(stored) if stored else None

    def grant(self, wish: Wish) -> None:
        """The site's broker has confirmed it."""
        self._database.transaction(lambda connection: meta.put(connection, Key.GRANTED, wish.id))
        ring(self._bell)

    def put_site_link(self, *, up: bool) -> None:
        """Whether there is a broker that can confirm."""
        if self._database.read(site_is_there) != up:
            self._database.transaction(lambda connection: meta.put(connection, Key.SITE_LINK, int(up)))
