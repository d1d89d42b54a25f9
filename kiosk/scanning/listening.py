"""One thread a scanner: opens it, opens it again after it was unplugged, and passes on its codes."""

import logging
import threading
from collections.abc import Callable

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.code import Code
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.source import CodeSource

log = logging.getLogger(__name__)


class Listening:
    """Runs one scanner on its own thread between `start` and `ask_to_stop`. `on_code` is called on that thread."""

    def __init__(
        self, source: CodeSource, clock: Clock, on_code: Callable[[Code], None], rules: CaptureRules | None = None
    ) -> None:
        self._source = source
        self._clock = clock
        self._on_code = on_code
        self._rules = rules or CaptureRules()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"listen-{source.name}", daemon=True)
        self._failed = False

    def start(self) -> None:
        """Start the thread, which opens the scanner."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Tell the thread to close the scanner and end; returns at once."""
        self._stopping.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it is still held up inside the scanner's driver."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def trouble(self, now: MonotonicMs) -> Trouble | None:
        """What is wrong with this scanner. A scanner that is silent is one that nobody uses."""
        del now
        return Trouble.NO_SCANNER if self._failed else None

    def _run(self) -> None:
        wait = self._rules.retry_ms
        while not self._stopping.is_set():
            try:
                self._source.open()
                if self._failed:
                    log.info("source %r is back", self._source.name)
                self._failed, wait = False, self._rules.retry_ms
                self._listen()
            except SourceError as error:
                self._tell_failed(error)
            finally:
                self._source.close()
            self._stopping.wait(wait / 1000)
            wait = DurationMs(min(wait * 2, self._rules.most_retry_ms))

    def _listen(self) -> None:
        while not self._stopping.is_set():
            for code in self._source.read(self._rules.read_ms):
                self._on_code(code)

    def _tell_failed(self, error: SourceError) -> None:
        if not self._failed:
            log.warning("source %r: %s", self._source.name, error.what)
        self._failed = True
