"""Pictures of every screen shown, for the demo and the tests. Never where real people stand before the screen."""

import hashlib
import json
import queue
import threading
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

from kiosk.model.clock import Clock
from kiosk.model.view import AnswerView, DeskView, View


class _Shot(NamedTuple):
    path: Path
    size: tuple[int, int]
    pixels: bytes
    note: dict[str, object]


class Shots:
    """Saves NNNN-SCREEN.png in `folder` and a line about it in `shots.jsonl`, on a thread of its own."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._count = len(list(folder.glob("[0-9][0-9][0-9][0-9]-*.png")))
        self._queue: queue.SimpleQueue[_Shot | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="shots", daemon=True)
        self._writer.start()

    def take(self, window: Any, screen: str, view: View) -> None:
        """Take a picture of what was flipped last. It is drawn once more, because a flipped buffer can't be read."""
        at = self._clock.now()
        window.dispatch("on_draw")
        width, height = (int(side) for side in window.size)
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        self._count += 1
        path = self._folder / f"{self._count:04}-{screen}.png"
        note = {
            "file": path.name,
            "screen": screen,
            "view": hashlib.sha256(msgspec.json.encode(view)).hexdigest()[:16],
            "scan": _scan(view),
            "at": at.wall_ms,
            "mono": at.mono_ms,
            "shows": msgspec.to_builtins(view),
        }
        self._queue.put(_Shot(path, (width, height), bytes(pixels), note))

    def close(self) -> None:
        """Wait until all pictures are saved."""
        self._queue.put(None)
        self._writer.join()

    def _write(self) -> None:
        from PIL import Image  # noqa: PLC0415 - no device needs it that takes no pictures

        while (shot := self._queue.get()) is not None:
            picture = Image.frombytes("RGB", shot.size, shot.pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            unfinished = shot.path.with_suffix(".part")
            picture.save(unfinished, format="PNG", compress_level=3)
            unfinished.rename(shot.path)
            with (self._folder / "shots.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(shot.note) + "\n")


def _scan(view: View) -> str | None:
    if isinstance(view, AnswerView):
        return view.scan
    if isinstance(view, DeskView) and view.notice is not None:
        return view.notice.scan
    return None
