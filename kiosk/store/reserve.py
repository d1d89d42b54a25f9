"""Room on the disk that is held back, so that a disk that others have filled can still take what frees room.

Even a DELETE needs some: SQLite writes every changed page into its log first.
"""

import contextlib
import os
from pathlib import Path

SUFFIX = ".reserve"
_PARTS = 64
"""One part of so many of the database's largest size is held back,"""
_LARGEST_BYTES = 4_000_000
"""but no more than this, about as much as SQLite's log takes between two checkpoints."""


class Reserve:
    """A file of real blocks beside the database."""

    def __init__(self, database: Path, max_bytes: int) -> None:
        """`max_bytes` is how large the database may become."""
        self._path = database.with_name(database.name + SUFFIX)
        self._bytes = min(_LARGEST_BYTES, max_bytes // _PARTS)

    def fill(self) -> None:
        """Hold the room back if it is there; a quarter more must be free, or the disk would be full by our hand."""
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_size >= self._bytes:
                return
        with contextlib.suppress(OSError):
            self._allocate()

    def short(self) -> bool:
        """Whether the disk has less room left than is held back."""
        try:
            return _free_bytes(self._path.parent) < self._bytes
        except OSError:
            return False

    def spend(self) -> bool:
        """Give the room to the database; False when that was done before."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    def _allocate(self) -> None:
        if _free_bytes(self._path.parent) < self._bytes * 5 // 4:
            return
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, self._bytes)
        finally:
            os.close(handle)


def _free_bytes(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize
