"""How fast: the first pass on an empty frame, one frame with a code, and a presentation from camera to result."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.staging import Level, empty_scene, noisy
from kiosk.scanning.zxing import ZxingDecoder
from tests.bench.figure import Figure, figures, percentile
from tests.bench.scan.frames import Staged, presentation, staged

_FRAME_MS = 1000 / 30
_THIRD = 3.0


def measured(seeds: Sequence[int]) -> Iterator[Figure]:
    """All figures; the reference of a frame's time is zxing-cpp reading QR only, of a presentation's the aim."""
    qr_only = ZxingDecoder([Symbology.QR])
    halls = [picture.gray_of(noisy(empty_scene(seed=seed), 2.0, seed)) for seed in seeds]
    yield from _timed("empty frame", [Staged(gray, b"") for gray in halls], qr_only)
    for level in (Level.EASY, Level.ONE):
        yield from _timed(f"frame with a QR code, level {level}", staged(Symbology.QR, level, seeds), qr_only)
    for slow, aim in ((1.0, 60.0), (_THIRD, 200.0)):
        waits = [_wait(seed, slow) for seed in seeds]
        share = "" if slow == 1 else ", a third of the processor"
        yield from figures(f"30 fps, first readable frame to result{share}", waits, "ms", {"p95": aim})


def _timed(what: str, frames: Sequence[Staged], reference: ZxingDecoder) -> list[Figure]:
    chain = standard_chain()
    chain.read(frames[0].gray)
    known, took = [], []
    for one in frames:
        # In turns, so that whatever else this machine does falls on both.
        known.append(_milliseconds(partial(reference.decode, one.gray)))
        took.append(_milliseconds(partial(chain.read, one.gray)))
    return figures(what, took, "ms", {"median": float(np.median(known)), "p95": percentile(known, 95)})


def _wait(seed: int, slow: float) -> float:
    """From the arrival of the first frame that the whole chain can read to the result, with the newest frame winning.

    Time is reckoned: a frame comes every 33 ms, and each pass takes as long as measured, `slow` times.
    """
    frames = list(presentation(Symbology.QR, Level.TWO, seed, 15))
    still, chain = standard_chain(), standard_chain()
    first = next((number for number, one in enumerate(frames) if still.read_still(one.gray).found), None)
    if first is None:
        return float(len(frames) * _FRAME_MS)
    now, number = first * _FRAME_MS, first
    while number < len(frames):
        before = time.thread_time()
        found = chain.read(frames[number].gray).found
        now += (time.thread_time() - before) * 1000 * slow
        if found:
            return now - first * _FRAME_MS
        number = max(number + 1, int(now / _FRAME_MS))
        now = max(now, number * _FRAME_MS)
    return (len(frames) - first) * _FRAME_MS


def _milliseconds(task: Callable[[], object]) -> float:
    """Of this thread's processor time, which other programs do not lengthen."""
    before = time.thread_time()
    task()
    return (time.thread_time() - before) * 1000
