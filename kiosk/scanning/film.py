"""Reads the frames of a film file."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.errors import SourceError
from kiosk.scanning.opencv import cv2
from kiosk.scanning.picture import Bgr, u8


def film_frames(path: Path, *, loop: bool) -> Iterator[Bgr]:
    """The frames of the film, for ever or once. Raises `SourceError` when it is no film or holds no frame."""
    first = True
    while first or loop:
        count = 0
        for count, frame in enumerate(_once(path), start=1):  # noqa: B007 - counts what was played
            yield frame
        if not count:
            raise SourceError(f"{path}: it is no film that can be played.", "Use an MP4, AVI or MKV file.")
        first = False


def _once(path: Path) -> Iterator[Bgr]:
    film = cv2.VideoCapture(str(path))
    try:
        while True:
            worked, frame = film.read()
            if not worked:
                return
            yield u8(frame)
    finally:
        film.release()
