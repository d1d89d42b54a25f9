"""Records and content packs from the hub: fetched over HTTP when a notice, a connect or the clock says so."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Protocol, TypeVar

import msgspec

from kiosk.errors import LinkError, OpasError
from kiosk.model.ids import HubVersion, PackVersion, SiteId
from kiosk.store.inbox import Inbox, InboxRow
from kiosk.store.packs import StoredPack
from sync.link import Backoff
from sync.wire.messages import Changes, ChangesKind, Row

T = TypeVar("T")
_POLL_S = 60.0
_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 60.0
_BATCH_ROWS = 1_000
_BREATH_S = 0.002
"""Between two batches, so that the app gets its turn to write."""
_log = logging.getLogger(__name__)


class Hub(Protocol):
    """What the downlink needs of the hub; `sync.agent.hub.HubClient` is the real one. All raise `LinkError`."""

    def changes(self, since: HubVersion) -> Changes:
        """What changed since `since`."""

    def pack(self, version: PackVersion) -> StoredPack:
        """A content pack."""


class Fetched(msgspec.Struct, frozen=True):
    """The hub was asked and answered: our data is at `version` now."""

    version: HubVersion


class Downlink:
    """A thread of its own, since an answer of the hub may take long."""

    def __init__(self, inbox: Inbox, hub: Hub, site: SiteId, tell: Callable[[Fetched], None]) -> None:
        """`tell` is called in the downlink's thread after each answer that was taken in."""
        self._inbox = inbox
        self._hub = hub
        self._site = site
        self._tell = tell
        self._backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S)
        self._spread = Backoff(_POLL_S / 2, _POLL_S / 2)
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._told_trouble = ""
        self._must_refetch = False
        self._thread = threading.Thread(target=self._run, name="downlink", daemon=True)

    def start(self) -> None:
        """Begin to ask, in the background."""
        self._thread.start()

    def want(self) -> None:
        """Ask now; from any thread."""
        self._wanted.set()

    def stop(self, timeout_s: float) -> None:
        """Stop after the batch at hand; an answer under way is given up after `timeout_s`."""
        self._stopping.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def fetch(self) -> None:
        """Ask once and take the answer in. Raises `LinkError`, or `StoreError` and its families."""
        changes = self._hub.changes(HubVersion(0) if self._must_refetch else self._inbox.cursor())
        if changes.site != self._site:
            raise LinkError(
                f'The hub answers for site "{changes.site}", but this device is set to "{self._site}".',
                "Correct device.site, or give this device's token anew for its site.",
            )
        if not self._take(changes):
            return
        if changes.pack is not None:
            self._take_pack(changes.pack)
        self._tell(Fetched(changes.version))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.clear()
            pause = self._fetch_or_tell()
            # Halves of the pause are drawn at random, so that a fleet's questions spread out.
            if pause is None:
                self._wanted.wait(_POLL_S / 2 + self._spread.next())
            else:
                self._stopping.wait(pause)

    def _fetch_or_tell(self) -> float | None:
        """One question; None when it went well, else how long to wait before the next."""
        try:
            self.fetch()
        except OpasError as trouble:
            if trouble.what != self._told_trouble and not self._stopping.is_set():
                self._told_trouble = trouble.what
                _log.warning("%s", trouble)
            return self._backoff.next()
        if self._told_trouble:
            self._told_trouble = ""
            _log.info("the hub answers again")
        self._backoff.reset()
        return None

    def _take(self, changes: Changes) -> bool:
        """Whether all of it is in; not so when we are told to stop."""
        rows = (_inbox_row(row) for row in changes.rows)
        if changes.kind is ChangesKind.SNAPSHOT:
            return self._take_snapshot(rows, changes.version)
        if changes.version == self._inbox.cursor() and not changes.rows:
            return True
        if not self._inbox.apply_delta(changes.since, changes.version, tuple(rows)):
            self._must_refetch = True
            raise LinkError(
                f"The hub sent changes since {changes.since}, which do not follow what is here.",
                "Nothing to do here: it is asked for everything.",
            )
        return True

    def _take_snapshot(self, rows: Iterable[InboxRow], version: HubVersion) -> bool:
        generation = self._inbox.begin_snapshot()
        # In the order of the table's key: writing each page once is five times as fast.
        ordered = sorted(rows, key=lambda row: (row.collection, row.key))
        for batch in _batches(ordered, _BATCH_ROWS):
            self._inbox.stage(generation, batch)
            if self._stopping.wait(_BREATH_S):
                return False
        self._inbox.finish_snapshot(generation, version)
        self._must_refetch = False
        _log.info("a snapshot of the hub's data at version %d is in use", version)
        while self._inbox.sweep() and not self._stopping.wait(_BREATH_S):
            pass
        return True

    def _take_pack(self, version: PackVersion) -> None:
        if not self._inbox.lacks_pack(version):
            return
        if self._inbox.stage_pack_again(version):
            _log.info("the hub went back to content pack %r", version)
        else:
            self._inbox.stage_pack(self._hub.pack(version))
            _log.info("content pack %r has arrived", version)


def _inbox_row(row: Row) -> InboxRow:
    return InboxRow(row.collection, row.key, row.version, None if row.deleted else bytes(row.body))


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch
