"""The process that draws pictures of screens, kept running; when it ends by itself it is started anew, once a picture."""

import hashlib
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import msgspec

from kiosk.model.scene import Drawn, Scene

COMMAND = (sys.executable, "-m", "kiosk.screens.paint")
PATIENCE_S = 30.0
_KEPT = 64
_MOST_BYTES = 20_000_000
_HEAD_BYTES = 4096
_GRACE_S = 3.0
_TOLD_CHARACTERS = 600
_NAME_CHARACTERS = 24


class NoPicture(Exception):
    """Nothing could be drawn; the argument says why, and what the process said at last."""


class _Ended(Exception):
    """The process ended, or says nothing; the argument tells how."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG under a name made of what it shows. `note` says that the process had to be started anew for it."""

    name: str
    png: bytes
    width: int
    height: int
    note: str = ""


class Painter:
    """Draws one picture at a time; the last ones are kept."""

    def __init__(self, command: Sequence[str] = COMMAND, patience_s: float = PATIENCE_S) -> None:
        self._command = tuple(command)
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._closed = False
        # What the process leaves behind, however it ends, goes with this folder.
        self._folder = tempfile.TemporaryDirectory(prefix="opas-preview-")

    def picture(self, name: str) -> Picture | None:
        """One that was drawn a while ago."""
        with self._lock:
            return self._pictures.get(name)

    def paint(self, scene: Scene) -> Picture:
        """The picture of a scene. Raises `NoPicture`."""
        line = msgspec.json.encode(scene) + b"\n"
        name = hashlib.sha256(line).hexdigest()[:_NAME_CHARACTERS]
        with self._lock:
            if name not in self._pictures:
                png, note = self._drawn(line)
                # Told once: the next time that this picture is asked for, nothing had to be started.
                self._keep(Picture(name, png, scene.width, scene.height))
                return Picture(name, png, scene.width, scene.height, note)
            self._pictures.move_to_end(name)
            return self._pictures[name]

    def close(self) -> None:
        """End the process. Nothing is drawn any more."""
        self._closed = True
        if not self._lock.acquire(timeout=_GRACE_S):
            # A picture is being drawn, and takes its time.
            if self._process is not None:
                self._process.kill()
            self._lock.acquire()
        try:
            if self._process is not None:
                self._process.end()
            self._process = None
        finally:
            self._lock.release()
        self._folder.cleanup()

    def _keep(self, picture: Picture) -> None:
        self._pictures[picture.name] = picture
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)

    def _drawn(self, line: bytes) -> tuple[bytes, str]:
        try:
            return self._ask(line), ""
        except _Ended as first:
            try:
                return self._ask(line), f"The drawing process {first}; it was started anew."
            except _Ended as second:
                what = f"The drawing process {first}, was started anew, and then {second}."
                raise NoPicture(what) from second

    def _ask(self, line: bytes) -> bytes:
        if self._closed:
            raise NoPicture("The preview is ending.")
        if self._process is None:
            self._process = _Process(self._command, self._folder.name)
        try:
            head, png = self._process.ask(line, time.monotonic() + self._patience_s)
        except _Ended as ended:
            self._process.kill()
            told = self._process.end()
            self._process = None
            raise _Ended(f"{ended}{told}") from ended
        if head.problem:
            raise NoPicture(head.problem)
        return png


class _Process:
    """One process with its two pipes. Its standard error goes to a file that is read when it has ended.

    Raises `NoPicture` when there is no such program.
    """

    def __init__(self, command: Sequence[str], folder: str) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        try:
            # In a session of its own: Ctrl-C on the terminal is for the preview, which then ends this one in order.
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,
                env={**os.environ, "TMPDIR": folder},
                bufsize=0,
            )
        except OSError as error:
            self._errors.close()
            raise NoPicture(f"The drawing process can't be started ({error.strerror}).") from error
        self._buffer = b""

    def ask(self, line: bytes, until: float) -> tuple[Drawn, bytes]:
        """The answer to one line, before the monotonic time `until`. Raises `_Ended`."""
        try:
            assert self._process.stdin is not None  # noqa: S101 - for the type checker
            self._process.stdin.write(line)
        except OSError as error:
            raise _Ended(self._how()) from error
        while b"\n" not in self._buffer:
            self._more(until, _HEAD_BYTES)
        text, _, self._buffer = self._buffer.partition(b"\n")
        try:
            head = msgspec.json.decode(text, type=Drawn)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _Ended("answered with something that is no picture") from error
        if not 0 <= head.size <= _MOST_BYTES:
            raise _Ended(f"announced a picture of {head.size} bytes")
        while len(self._buffer) < head.size:
            self._more(until, _MOST_BYTES)
        png, self._buffer = self._buffer[: head.size], self._buffer[head.size :]
        return head, png

    def kill(self) -> None:
        """End it at once; whoever waits for its answer is told so."""
        self._process.kill()

    def end(self) -> str:
        """End it, by force if it does not when its input ends. What it said at last, as a sentence's end."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return self._said()

    def _said(self) -> str:
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        self._errors.close()
        return f' ("{lines[-1][-_TOLD_CHARACTERS:]}")' if lines else ""

    def _more(self, until: float, most: int) -> None:
        """Take in what has come. Raises `_Ended` when nothing comes any more."""
        output = self._process.stdout
        assert output is not None  # noqa: S101 - for the type checker
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            if not selector.select(max(0.0, until - time.monotonic())):
                raise _Ended("gave no answer in time")
        piece = os.read(output.fileno(), 1 << 16)
        if not piece:
            raise _Ended(self._how())
        self._buffer += piece
        if len(self._buffer) > most + _HEAD_BYTES + (1 << 16):
            raise _Ended("said more than a picture")

    def _how(self) -> str:
        try:
            status = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            return "closed its output"
        return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
