"""Watches who this device is: what the agent has for the screen to tell, and the moment when that changes."""

import logging
import threading
from collections.abc import Callable

from kiosk.errors import StoreError
from kiosk.model.identity import Granted, Notice, Standing, scanned, shown
from kiosk.model.ids import Lang
from kiosk.model.view import ClaimView
from kiosk.store.identity import IdentityFiles

_LOOK_S = 0.5
_KEY_SHOWN = 16
_log = logging.getLogger(__name__)


class ClaimWatch:
    """Looks at the identity's files twice a second, on a thread of its own.

    `show` is told of each new view, None when there is nothing to tell; `become` once, when the device is somebody else
    than it was at the start, after which nothing is watched any more.
    """

    def __init__(
        self,
        files: IdentityFiles,
        langs: tuple[Lang, ...],
        show: Callable[[ClaimView | None], None],
        become: Callable[[], None],
        *,
        waits: bool = False,
    ) -> None:
        """`langs` can be chosen; the first one is shown at first. A device that `waits` shows that also before its agent runs."""
        self._waits = waits
        self._files = files
        self._langs = langs
        self._lang = langs[0]
        self._show = show
        self._become = become
        self._was = files.granted()
        self._told: ClaimView | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="claim", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End at once."""
        self._stopping.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def choose(self, lang: Lang) -> None:
        """Somebody wants to read it in `lang`; from any thread."""
        self._lang = lang

    def look(self) -> bool:
        """Tell what is new; whether to go on looking."""
        try:
            granted, notice = self._files.granted(), self._files.notice()
        except StoreError as error:
            _log.warning("%s", error)
            return True
        if notice is None and granted is not None and _essence(granted) != _essence(self._was):
            self._become()
            return False
        if notice is None and granted is None and self._waits:
            notice = Notice(Standing.UNCLAIMED)
        view = None if notice is None else self._view_of(notice)
        if view != self._told:
            self._told = view
            self._show(view)
        return True

    def _run(self) -> None:
        while self.look() and not self._stopping.wait(_LOOK_S):
            pass

    def _view_of(self, notice: Notice) -> ClaimView:
        code = notice.code
        return ClaimView(
            notice.standing,
            shown(code) if code else "",
            scanned(code, notice.fingerprint) if code else "",
            notice.fingerprint[:_KEY_SHOWN],
            notice.hub,
            notice.problem,
            notice.todo,
            self._lang,
            self._langs,
        )


def _essence(granted: Granted | None) -> tuple[str, ...]:
    """What the app is started with."""
    return () if granted is None else (granted.device, granted.site, granted.role, granted.site_key)
