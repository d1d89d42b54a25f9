"""Locks between processes, which fall with the process that holds them."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import StoreLocked
from kiosk.store.faults import locked, unusable

PRESENCE = "app.lock"
AGENT_LOCK = "agent.lock"
_RETRY_S = 0.02


@contextmanager
def held(path: Path, database: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock file `path`. Raises `StoreLocked` after `timeout_s`, `StoreError` where it can't be made."""
    handle = _opened(path)
    try:
        deadline = time.monotonic() + timeout_s
        while not _taken(handle, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                raise locked(database)
            time.sleep(_RETRY_S)
        yield
    finally:
        os.close(handle)


class Presence:
    """Shows other processes that this one is there, until it is closed or the process ends."""

    def __init__(self, path: Path) -> None:
        """Raises `StoreError` where the lock file `path` can't be made."""
        self._handle: int | None = _opened(path)
        _taken(self._handle, fcntl.LOCK_SH)

    def close(self) -> None:
        """Be gone; more than once does no harm."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


class Sole:
    """Keeps a second process of the same kind away, until it is closed or the process ends."""

    def __init__(self, path: Path, what: str) -> None:
        """Raises `StoreLocked` when another process has the lock file `path`; `what` is its name for the reader."""
        self._handle: int | None = _opened(path)
        if not _taken(self._handle, fcntl.LOCK_EX):
            self.close()
            raise StoreLocked(
                f"{path}: another {what} is at work in this folder.",
                "End that one first, or give each device a folder of its own in device.data.",
            )

    def close(self) -> None:
        """Let others in; more than once does no harm."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def anyone_present(path: Path) -> bool:
    """Whether any process shows its presence at `path`."""
    handle = _opened(path)
    try:
        return not _taken(handle, fcntl.LOCK_EX)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unusable(path, error) from error


def _taken(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
