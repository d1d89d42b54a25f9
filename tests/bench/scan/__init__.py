"""Scanning: how many codes are read, in photos and in staged kiosk frames, beside other libraries, and how fast.

`IMAGES=DIR` measures the pictures in that folder only: each folder below it that holds pictures is a set; beside `N.png`
(or .jpg, .gif) stands what it says, as text in `N.txt` or as bytes in `N.bin`. A picture without either holds no code.
`FRAMES=N` sets how many staged frames stand behind a figure, `SEED=N` which ones (their poses and payloads), `EMPTY=N` how
many empty ones are searched for false codes, and `ONLY=frames,stages,truth,empty,speed` chooses what is measured.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.scan import frames, photos, speed, truth

FRAMES, EMPTY = 40, 300


def run() -> Iterator[Figure]:
    """All figures; a few minutes. Raises `SystemExit` for a folder without pictures, and for a part that there is not."""
    images = os.environ.get("IMAGES", "")
    if images:
        yield from photos.measured(Path(images))
        return
    count, seed = int(os.environ.get("FRAMES") or FRAMES), int(os.environ.get("SEED") or 0)
    parts = {
        "frames": lambda: frames.measured(range(seed, seed + count)),
        "stages": lambda: frames.stages(range(seed, seed + count)),
        "empty": lambda: truth.empty(int(os.environ.get("EMPTY") or EMPTY)),
        "truth": lambda: truth.measured(count),
        "speed": lambda: speed.measured(range(seed, seed + count)),
    }
    for name in (os.environ.get("ONLY") or ",".join(parts)).split(","):
        if name not in parts:
            msg = f"{name} is no part of this benchmark; ONLY takes {', '.join(parts)}"
            raise SystemExit(msg)
        yield from parts[name]()
