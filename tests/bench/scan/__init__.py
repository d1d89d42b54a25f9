"""Scanning: how many codes are read, in photos and in staged kiosk frames, beside other libraries, and how fast.

`IMAGES=DIR` measures the pictures in that folder only: each folder below it that holds pictures is a set; beside `N.png`
(or .jpg, .gif) stands what it says, as text in `N.txt` or as bytes in `N.bin`. A picture without either holds no code.
`FRAMES=N` sets how many staged frames stand behind a figure, `EMPTY=N` how many empty ones are searched for false codes.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.scan import frames, photos, speed, truth

FRAMES, EMPTY = 40, 300


def run() -> Iterator[Figure]:
    """All figures; a few minutes. Raises `SystemExit` for a folder without pictures."""
    images = os.environ.get("IMAGES", "")
    if images:
        yield from photos.measured(Path(images))
        return
    count = int(os.environ.get("FRAMES") or FRAMES)
    yield from frames.measured(count)
    yield from frames.stages(count)
    yield from truth.measured(count, int(os.environ.get("EMPTY") or EMPTY))
    yield from speed.measured(count)
