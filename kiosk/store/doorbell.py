"""Named pipes in the data folder by which app and agent wake each other, so that neither polls or opens a socket."""

import contextlib
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.store.faults import unusable

KIOSK_BELL = "kiosk.bell"
AGENT_BELL = "agent.bell"
_STOLEN_S = 0.05


def ring(path: Path) -> None:
    """Wake whoever listens there; nobody listening is fine, and so is a bell that rings already."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.write(handle, b"!")
        finally:
            os.close(handle)


class Doorbell:
    """Listens at a named pipe with a thread of its own that sleeps in the kernel until somebody rings."""

    def __init__(self, path: Path, on_ring: Callable[[], object]) -> None:
        """`on_ring` is called in the bell's thread. Raises `StoreError` where the pipe can't be made."""
        try:
            _make_pipe(path)
            # For reading and writing: opening never waits for the other end, and reading never meets an end.
            self._handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            self._own_finger = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise unusable(path, error) from error
        self._on_ring = on_ring
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=f"bell {path.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        if not self._closing.is_set():
            self._closing.set()
            while self._thread.is_alive():
                # A pipe that is full takes no more, but wakes the thread all the same. Another process that listens
                # here, which is not meant to be, may have taken our byte; then again.
                with contextlib.suppress(BlockingIOError):
                    os.write(self._own_finger, b"!")
                self._thread.join(_STOLEN_S)
            os.close(self._own_finger)
            os.close(self._handle)

    def _listen(self) -> None:
        while not self._closing.is_set():
            os.read(self._handle, 4096)
            if not self._closing.is_set():
                self._on_ring()


def _make_pipe(path: Path) -> None:
    if path.exists() and not stat.S_ISFIFO(path.stat().st_mode):
        path.unlink()
    with contextlib.suppress(FileExistsError):
        os.mkfifo(path, 0o600)
