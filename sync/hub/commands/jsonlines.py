"""A file of JSON lines that holds each event once, whatever interrupts the writing."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from sync.hub.errors import DataError, DataFull

_BATCH = 5_000
_TAIL = 1_000_000
"""More than the longest line."""
_NO_SPACE = 28


class _Number(msgspec.Struct, frozen=True):
    hubnumber: int


class JsonLines:
    """Appends to `path`, durably batch by batch. A line that an interruption left unfinished is cut off first."""

    batch = _BATCH

    def __init__(self, path: Path) -> None:
        """Raises `DataError` for a file that can't be written or is no export."""
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._trouble(error) from error
        try:
            self.position = self._find_end()
        except (msgspec.MsgspecError, DataError) as error:
            os.close(self._file)
            todo = "Name another file, or move this one away."
            raise DataError(f"{path}: its last line is no exported event.", todo) from error

    def put(self, events: Sequence[msgspec.Raw], last: int) -> None:
        """Append `events`."""
        end = os.lseek(self._file, 0, os.SEEK_END)
        content = b"".join(bytes(event) + b"\n" for event in events)
        try:
            written = 0
            while written < len(content):
                written += os.write(self._file, content[written:])
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, end)
            raise self._trouble(error) from error
        self.position = last

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _find_end(self) -> int:
        size = os.lseek(self._file, 0, os.SEEK_END)
        start = max(0, size - _TAIL)
        tail = os.pread(self._file, size - start, start)
        whole = tail.rfind(b"\n") + 1
        if start and not whole:
            msg = "no line ends here"
            raise DataError(msg, "")
        os.ftruncate(self._file, start + whole)
        os.lseek(self._file, 0, os.SEEK_END)
        lines = tail[:whole].splitlines()
        return msgspec.json.decode(lines[-1], type=_Number).hubnumber if lines else 0

    def _trouble(self, error: OSError) -> DataError:
        if error.errno == _NO_SPACE:
            return DataFull(f"{self._path}: the disk is full.", "Make room, and start the export again: it goes on.")
        todo = "Give this user write access, or name another file."
        return DataError(f"{self._path}: can't be written ({error.strerror}).", todo)
