"""Stands between the session and the window: while this device belongs to no fleet, the screen says that and nothing else."""

import threading
from collections.abc import Callable

from kiosk.config import Config
from kiosk.model.command import ChooseLanguage, Command
from kiosk.model.identity import FOLDER
from kiosk.model.view import ClaimView, View
from kiosk.session.claiming import ClaimWatch
from kiosk.store.identity import IdentityFiles


class Doorstep:
    """Passes the session's views on to `show`, unless the device is out. `leave` ends the app when it has become another.

    Its methods may be called from any thread.
    """

    def __init__(self, config: Config, show: Callable[[View], None], leave: Callable[[], None]) -> None:
        self._show = show
        self._leave = leave
        self._lock = threading.Lock()
        self._last: View | None = None
        self._claim: ClaimView | None = None
        self.again = False
        """Whether the app shall be started anew, as what the device has become."""
        # A device with its name in its file and no certificate has nothing to be watched for.
        watched = not config.claimed or (config.data / FOLDER).is_dir()
        langs = (config.screen.language, *(lang for lang in config.screen.languages if lang != config.screen.language))
        files = IdentityFiles(config.data)
        waits = not config.claimed
        self._watch = ClaimWatch(files, langs, self._tell, self._become, waits=waits) if watched else None

    @property
    def out(self) -> bool:
        """Whether the device belongs to no fleet now: nothing that is held up or typed counts."""
        return self._claim is not None

    def start(self) -> None:
        """Begin to watch."""
        if self._watch is not None:
            self._watch.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.stop()

    def post(self, view: View) -> None:
        """Show the session's view, now or when the device is in again."""
        with self._lock:
            self._last = view
            if self._claim is None:
                self._show(view)

    def take(self, command: Command) -> bool:
        """Take a command that is not for the session; whether it was one."""
        if self.out and self._watch is not None and isinstance(command, ChooseLanguage):
            self._watch.choose(command.lang)
        return self.out

    def _tell(self, claim: ClaimView | None) -> None:
        with self._lock:
            self._claim = claim
            view = claim or self._last
            if view is not None:
                self._show(view)

    def _become(self) -> None:
        self.again = True
        self._leave()
