"""The session's thread: one place that waits, for people, for the agent, and for the clock."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from kiosk.config import Role
from kiosk.errors import OpasError, StoreError
from kiosk.model.event import Health, HealthChanged, TouchpointStarted
from kiosk.model.release import RELEASE
from kiosk.model.view import Trouble, View
from kiosk.session.board import Board
from kiosk.session.content import Content
from kiosk.session.desk import Desk
from kiosk.session.parts import Input, Part, Parts, Started, TroubleIs
from kiosk.session.visit import Visit
from kiosk.store import DeviceStore

log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 5.0
_STOP_S = 5.0


class SessionThread:
    """Runs one role's session. `make` opens the parts on the session's own thread, where they stay.

    `failed` is called, on that thread, with the error that ended the session.
    """

    def __init__(self, make: Callable[[], Parts], failed: Callable[[OpasError], None]) -> None:
        self._make = make
        self._failed = failed
        self._inputs: deque[Input] = deque()
        self._store: DeviceStore | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End and wait for the end, 5 s at most."""
        self._stopping.set()
        self._wake()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(_STOP_S)

    def give(self, item: Input) -> None:
        """Hand over one input, from any thread."""
        self._inputs.append(item)
        self._wake()

    def _wake(self) -> None:
        store = self._store
        if store is not None:
            store.wake()

    def _run(self) -> None:
        try:
            parts = self._make()
        except OpasError as error:
            self._failed(error)
            return
        self._store = parts.store
        try:
            Session(parts, self._inputs).run(self._stopping)
        except OpasError as error:
            self._failed(error)
        finally:
            self._store = None
            parts.voice.stop()
            parts.store.close()


class Session:
    """One role's session over its parts."""

    def __init__(self, parts: Parts, inputs: deque[Input]) -> None:
        self._parts = parts
        self._inputs = inputs
        self._content = Content(parts.store, parts.config.device.id)
        self._part = _part_for(parts, self._content)
        self._posted: View | None = None
        self._source_trouble: Trouble | None = None
        self._told: tuple[Health, str] | None = None

    def begin(self) -> None:
        """Take up the content and show the first view."""
        self._content.load()
        self.turn()

    def run(self, stopping: threading.Event) -> None:
        """Serve until `stopping` is set. Raises `StoreError` when the database can't go on."""
        self.begin()
        while not stopping.is_set():
            self._parts.store.wait(self._pause_s())
            self.turn()

    def turn(self) -> None:
        """Take what has come in, take up new content between two visits, and post the view if it changed."""
        while self._inputs:
            self._take(self._inputs.popleft())
            self._post()
        if self._part.idle():
            self._note_rebuilt()
            self._content.adopt()
        self._post()
        self._tell_health()

    def _take(self, item: Input) -> None:
        if isinstance(item, TroubleIs):
            self._source_trouble = item.trouble
        if isinstance(item, Started):
            body = TouchpointStarted(self._parts.config.device.role, RELEASE, item.first_frame)
            self._parts.store.record((body,), self._content.version)
        try:
            self._part.handle(item)
        except StoreError:
            # Nothing was committed, so nothing may be shown as done; the app ends and is started anew.
            log.exception("the database failed while an input was being answered")
            raise

    def _post(self) -> None:
        view = self._part.view()
        if view != self._posted:
            self._posted = view
            self._parts.post(view)

    def _tell_health(self) -> None:
        """Keep the agent told how this touchpoint is, from its first view on; a change is an event as well."""
        trouble = self._content.trouble or self._source_trouble
        now = (Health.READY, "") if trouble is None else (Health.DEGRADED, trouble.value)
        before, self._told = self._told, now
        if now == before:
            return
        self._parts.store.report_health(*now)
        if before is not None:
            self._parts.store.record((HealthChanged(*now),), self._content.version)

    def _note_rebuilt(self) -> None:
        rebuilt = self._parts.store.rebuilt
        if rebuilt is not None:
            self._parts.store.record((rebuilt,), self._content.version)

    def _pause_s(self) -> float:
        if self._inputs:
            return 0.0
        wake_at = self._part.wake_at()
        if wake_at is None:
            return _LONGEST_WAIT_S
        left = (wake_at - self._parts.clock.now().mono_ms) / 1000
        return min(_LONGEST_WAIT_S, max(0.0, left))


def _part_for(parts: Parts, content: Content) -> Part:
    match parts.config.device.role:
        case Role.BOARD:
            return Board(parts, content)
        case Role.DESK:
            return Desk(parts, content)
        case Role.KIOSK | Role.GATE:
            return Visit(parts, content)
