"""Plays a folder of pictures or a film as if it were a camera: for tests, for the demo and for looking into a complaint."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning.source import Frame, SourceBase

if TYPE_CHECKING:
    from kiosk.scanning.picture import Bgr

log = logging.getLogger(__name__)
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".pgm", ".ppm", ".tif", ".tiff"})


class Pace:
    """Spaces frames in time: says when the next one is due, and waits for it."""

    def __init__(self, clock: Clock, fps: float) -> None:
        self._clock = clock
        self._due: MonotonicMs | None = None
        self.fps = fps

    def wait(self, timeout: DurationMs) -> MonotonicMs | None:
        """Sleep until the next frame is due and give that moment; None if `timeout` is over before."""
        now = self._clock.now().mono_ms
        due = now if self._due is None else max(self._due, now)
        if due - now > timeout:
            time.sleep(timeout / 1000)
            return None
        time.sleep((due - now) / 1000)
        self._due = MonotonicMs(round(due + 1000 / self.fps))
        return self._clock.now().mono_ms


class FilesSource(SourceBase):
    """Pictures of a folder in the order of their names, or a film, at `fps` frames a second, in a loop or once.

    A broken picture is skipped with one line in the log. Raises `SourceError` for a path that holds nothing to play.
    """

    def __init__(self, path: Path, clock: Clock, fps: float = 10, *, loop: bool = True) -> None:
        self.name = f"files {path.name}"
        self.ended = False
        self._path = path
        self._clock = clock
        self._pace = Pace(clock, fps)
        self._loop = loop
        self._pictures: Iterator[Bgr] | None = None
        self._told: set[Path] = set()

    def open(self) -> None:
        """Look for the pictures. Raises `SourceError` if there are none."""
        if self._pictures is None:
            self._pictures = self._folder() if self._path.is_dir() else self._film()

    def read(self, timeout: DurationMs) -> Frame | None:
        """The next picture once it is due; None before, and for ever after the last one."""
        if self._pictures is None:
            raise SourceError(f"{self._path}: it is not open.", "Open it before reading.")
        if self.ended:
            return None
        at = self._pace.wait(timeout)
        if at is None:
            return None
        colour = next(self._pictures, None)
        if colour is None:
            self.ended = True
            return None
        from kiosk.scanning.picture import gray_of  # noqa: PLC0415 - OpenCV loads on this thread

        return Frame(gray_of(colour), at, colour)

    def close(self) -> None:
        """Forget where it was; opened again, it begins anew."""
        self._pictures = None

    def _folder(self) -> "Iterator[Bgr]":
        paths = sorted(path for path in self._path.iterdir() if path.suffix.lower() in PICTURES)
        if not paths:
            raise SourceError(f"{self._path}: there is no picture in this folder.", "Put PNG or JPEG files there.")
        return self._turns(paths)

    def _turns(self, paths: list[Path]) -> "Iterator[Bgr]":
        while True:
            good = 0
            for path in paths:
                colour = self._picture(path)
                if colour is not None:
                    good += 1
                    yield colour
            if not good:
                raise SourceError(
                    f"{self._path}: none of its {len(paths)} pictures can be read.",
                    "Replace them by PNG or JPEG files.",
                )
            if not self._loop:
                return

    def _picture(self, path: Path) -> "Bgr | None":
        from kiosk.scanning.picture import read_picture  # noqa: PLC0415 - OpenCV loads on this thread

        try:
            colour = read_picture(path)
        except OSError:
            colour = None
        if colour is None and path not in self._told:
            self._told.add(path)
            log.warning("%r is no picture that can be read; it is skipped", path.name)
        return colour

    def _film(self) -> "Iterator[Bgr]":
        if not self._path.is_file():
            raise SourceError(f"{self._path}: there is no such folder or film.", "Correct the source's folder.")
        from kiosk.scanning.film import film_frames  # noqa: PLC0415 - OpenCV loads on this thread

        return film_frames(self._path, loop=self._loop)
