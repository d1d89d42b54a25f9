"""Frame to code: how long the chain takes on staged 1280 × 720 frames, against zxing-cpp reading QR only in the same run."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import ALWAYS_READ, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.finder import find_patches
from kiosk.scanning.picture import Gray
from kiosk.scanning.stages import Stage, default_stages
from kiosk.scanning.staging import LEVELS, Level, empty_scene, noisy, pose_for, stage
from kiosk.scanning.zxing import ZxingDecoder
from tests.bench.figure import Figure, figures, percentile

FRAMES = 40
_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True, eq=False)
class Staged:
    """A frame and what it shows."""

    gray: Gray
    payload: bytes


def run() -> Iterator[Figure]:
    """All figures; about a minute."""
    qr_only = ZxingDecoder([Symbology.QR])
    for level in (Level.EASY, Level.ONE):
        yield from _timed(f"frame → code, QR, level {level}", staged(Symbology.QR, level), qr_only)
    yield from _empty(qr_only)
    for symbology in ALWAYS_READ:
        for level in LEVELS:
            yield from _hits(symbology, level)
    yield from _stages()


def staged(symbology: Symbology, level: Level, count: int = FRAMES) -> list[Staged]:
    """Frames with a code of the length of ours held up at random."""
    shown = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        payload = b"OP1:" + bytes(_ALPHABET[int(index)] for index in rng.integers(0, len(_ALPHABET), 126))
        frame = stage(draw_code(payload, symbology, module_px=4), pose_for(level, seed))
        shown.append(Staged(picture.gray_of(frame), payload))
    return shown


def _timed(what: str, frames: Sequence[Staged], reference: ZxingDecoder) -> list[Figure]:
    chain = standard_chain()
    chain.read(frames[0].gray)
    known = _milliseconds([partial(reference.decode, one.gray) for one in frames])
    took = _milliseconds([partial(chain.read, one.gray) for one in frames])
    return figures(what, took, "ms", {"median": float(np.median(known)), "p95": percentile(known, 95)})


def _empty(reference: ZxingDecoder) -> list[Figure]:
    halls = [picture.gray_of(noisy(empty_scene(seed=seed), 2.0, seed)) for seed in range(FRAMES)]
    return _timed("first pass, empty frame", [Staged(gray, b"") for gray in halls], reference)


def _hits(symbology: Symbology, level: Level) -> Iterator[Figure]:
    """How many frames are read when each is shown as often as there are stages: a moment of a hand held still."""
    frames = staged(symbology, level)
    first = ZxingDecoder(ALWAYS_READ)
    at_once = sum(_holds(first.decode(one.gray), one) for one in frames)
    in_turn = sum(_holds(standard_chain().read_still(one.gray).found, one) for one in frames)
    share = 100 / len(frames)
    yield Figure(
        f"read, {symbology}, level {level}", "share", in_turn * share, "%", at_once * share or None, len(frames)
    )


def _stages() -> Iterator[Figure]:
    """What each stage reads of the frames that the first pass missed: the order of the stages follows from this."""
    first = ZxingDecoder(ALWAYS_READ)
    missed = [
        one
        for symbology in ALWAYS_READ
        for level in (Level.ONE, Level.TWO, Level.THREE)
        for one in staged(symbology, level, FRAMES // 2)
        if not _holds(first.decode(one.gray), one)
    ]
    for stage_ in default_stages(first, ALWAYS_READ):
        read = sum(_reads(stage_, one) for one in missed)
        yield Figure(
            f"stage {stage_.name} of what was missed", "share", 100 * read / len(missed), "%", None, len(missed)
        )


def _reads(stage_: Stage, one: Staged) -> bool:
    patches = find_patches(one.gray)
    return bool(patches) and _holds(stage_.run(one.gray, patches[0]), one)


def _holds(found: Sequence[object], one: Staged) -> bool:
    return any(getattr(code, "payload", b"") == one.payload for code in found)


def _milliseconds(tasks: Sequence[Callable[[], object]]) -> list[float]:
    out = []
    for task in tasks:
        before = time.perf_counter()
        task()
        out.append((time.perf_counter() - before) * 1000)
    return out
