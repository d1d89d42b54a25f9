"""The part of an answer that has arrived, kept on disk, so that the next try goes on where a bad line broke off."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

_NAME = "download.part"
_LONGEST_LABEL = 1_000


class Label(msgspec.Struct, frozen=True):
    """Whose part it is: the question, and the tag of the answer, which is another for other bytes."""

    question: str
    tag: str


class Partial:
    """One download at a time. What can't be kept is fetched again: nothing here raises."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is the device's data folder; None keeps nothing."""
        self._path = None if folder is None else folder / _NAME

    def of(self, question: str) -> tuple[str, bytes] | None:
        """Tag and first bytes of the answer to `question`, None when there are none."""
        if self._path is None:
            return None
        try:
            head, _, body = self._path.read_bytes().partition(b"\n")
            label = msgspec.json.decode(head, type=Label)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return (label.tag, body) if label.question == question and body else None

    def keep(self, label: Label, begun: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass `pieces` on and keep each, after the `begun` ones; forget all when the last has come."""
        with contextlib.ExitStack() as opened:
            file = self._opened(label, begun)
            if file is not None:
                opened.callback(os.close, file)
            for piece in pieces:
                if file is not None:
                    with contextlib.suppress(OSError):
                        os.write(file, piece)
                yield piece
        self.forget()

    def forget(self) -> None:
        """The part is of no use any more."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _opened(self, label: Label, begun: bytes) -> int | None:
        if self._path is None or not label.tag:
            return None
        head = msgspec.json.encode(label)
        if begun and self.of(label.question) == (label.tag, begun):
            flags, start = os.O_WRONLY | os.O_APPEND, b""
        else:
            flags, start = os.O_WRONLY | os.O_CREAT | os.O_TRUNC, head + b"\n" + begun
        if len(head) > _LONGEST_LABEL:
            return None
        try:
            file = os.open(self._path, flags | os.O_CLOEXEC, 0o600)
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.write(file, start)
        return file
