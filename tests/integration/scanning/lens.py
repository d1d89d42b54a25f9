"""Cameras and scanners that give what the test gives them."""

import queue
import threading

from kiosk.errors import SourceError
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning.picture import Gray
from kiosk.scanning.source import Frame, SourceBase
from tests.integration.scanning.patience import PATIENCE_S


class Lens(SourceBase):
    """A camera that gives the frames which the test gives it, and fails as the test wants it to."""

    def __init__(self, name: str = "lens") -> None:
        self.name = name
        self.scene: Gray | None = None
        """What it sees while the booth lets time pass; None for no frames."""
        self.opened = self.closed = 0
        self.fails_to_open = False
        self.holds_up: threading.Event | None = None
        self.held_up = False
        self.idle: list[bool] = []
        self._frames: queue.Queue[Frame | SourceError] = queue.Queue()
        self._given = self._taken = self._passed_on = 0
        self._turn = threading.Condition()

    def give(self, gray: Gray, at: MonotonicMs) -> Gray:
        """Let it take this picture next; gives the frame's own copy."""
        self._given += 1
        frame = Frame(gray.copy(), at)
        self._frames.put(frame)
        return frame.gray

    def fail(self) -> None:
        """Let it be pulled out now."""
        self._given += 1
        self._frames.put(SourceError(f"{self.name}: it is gone.", "Plug it in."))

    def wait(self) -> None:
        """Until all that it was given has been passed on to the decoders and the preview."""
        with self._turn:
            assert self._turn.wait_for(lambda: self._passed_on == self._given, PATIENCE_S), "no frame was taken"

    def open(self) -> None:
        self.opened += 1
        if self.fails_to_open:
            raise SourceError(f"{self.name}: there is no camera.", "Plug it in.")

    def read(self, timeout: DurationMs) -> Frame | None:
        # Who asks for the next frame has done with the one before.
        with self._turn:
            self._passed_on = self._taken
            self._turn.notify_all()
        if self.holds_up is not None:
            self.held_up = True
            self.holds_up.wait(PATIENCE_S)
        try:
            item = self._frames.get(timeout=timeout / 1000)
        except queue.Empty:
            return None
        self._taken += 1
        if isinstance(item, SourceError):
            raise item
        return item

    def pace(self, *, idle: bool) -> None:
        self.idle.append(idle)

    def close(self) -> None:
        self.closed += 1


class HandScanner:
    """A scanner on a wire: gives what the booth makes it scan."""

    def __init__(self, name: str = "hand") -> None:
        self.name = name
        self.opened = 0
        self._scanned: queue.Queue[Code] = queue.Queue()
        self._given = self._taken = self._handled = 0
        self._turn = threading.Condition()

    def scan(self, payload: bytes, at: MonotonicMs) -> None:
        """Give this code, and wait until it was handed over."""
        self._given += 1
        self._scanned.put(Code(payload, Symbology.KEYED, self.name, at, at))
        with self._turn:
            assert self._turn.wait_for(lambda: self._handled == self._given, PATIENCE_S), "no code was taken"

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.opened -= 1

    def read(self, timeout: DurationMs) -> tuple[Code, ...]:
        with self._turn:
            self._handled = self._taken
            self._turn.notify_all()
        try:
            code = self._scanned.get(timeout=timeout / 1000)
        except queue.Empty:
            return ()
        self._taken += 1
        return (code,)
