"""Nothing but the truth: no code and no hint where there is none, every byte as it was written, no memory that is not given back."""

import resource
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import ALWAYS_READ, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.hints import sight_of
from kiosk.scanning.picture import Gray
from kiosk.scanning.staging import Level, Pose, empty_scene, noisy, pose_for, stage
from kiosk.scanning.zxing import READABLE
from tests.bench.figure import Figure
from tests.bench.scan.readers import readers

_CODES = 10_000
_WARM = 500


def empty(count: int) -> Iterator[Figure]:
    """False codes and hints in frames without a code."""
    chain, codes, hints = standard_chain(READABLE), 0, 0
    for seed in range(count):
        gray = blank(seed)
        reading = chain.read(gray)
        codes += bool(reading.found)
        hints += sight_of(gray, reading.patches).hint is not None
    yield Figure("false codes, every symbology on, frames without a code", "opas", codes, "frames", None, count)
    yield Figure("false hints, frames without a code", "opas", hints, "frames", None, count)


def measured(count: int) -> Iterator[Figure]:
    """Exact bytes, and the memory that 10,000 codes in a row take."""
    yield from _exact(count)
    yield Figure(f"memory after {_CODES} codes in a row", "growth", _growth(), "MB", None, _CODES)


def blank(seed: int) -> Gray:
    """A frame without a code: a hall, or a thing held up in it that is no code but print, bars, checks or noise."""
    rng = np.random.default_rng(seed)
    kind, size = seed % 5, 120
    if kind == 0:
        return picture.gray_of(noisy(empty_scene(seed=seed), float(rng.uniform(1, 11)), seed))
    flat = np.full((size, size), 255, np.uint8)
    if kind == 1:
        flat[rng.random((size, size)) < 0.5] = 0
    elif kind == 2:
        flat[:, np.repeat(rng.random(size // 3) < 0.5, 3)] = 0
    elif kind == 3:
        flat[(np.add.outer(np.arange(size), np.arange(size)) // 6) % 2 == 0] = 0
    else:
        for top in range(4, size - 8, 10):
            flat[top : top + 5, np.flatnonzero(rng.random(size) < 0.5)] = 40
    pose = pose_for(tuple(Level)[seed // 5 % 4], seed)
    return picture.gray_of(stage(flat, replace(pose, seed=seed)))


def _exact(count: int) -> Iterator[Figure]:
    rng = np.random.default_rng(1)
    payloads = [bytes(rng.integers(0, 256, int(rng.integers(20, 120))).astype(np.uint8)) for _ in range(count)]
    for symbology in ALWAYS_READ:
        frames = [_frame(payload, symbology, Pose(code_px=420)) for payload in payloads]
        for name, read in readers(ALWAYS_READ).items():
            exact = sum(payload in read(gray) for payload, gray in zip(payloads, frames, strict=True))
            yield Figure(f"binary payloads byte for byte, {symbology}", name, 100 * exact / count, "%", None, count)


def _frame(payload: bytes, symbology: Symbology, pose: Pose) -> Gray:
    return picture.gray_of(stage(draw_code(payload, symbology, module_px=4), pose))


def _growth() -> float:
    chain, before = standard_chain(), 0
    for number in range(_CODES):
        canvas = np.full((360, 640), 255, np.uint8)
        code = draw_code(b"OP1:%05d" % number, ALWAYS_READ[number % 2], module_px=4)
        canvas[100 : 100 + code.shape[0], 200 : 200 + code.shape[1]] = code
        chain.read(canvas if number % 10 else picture.smooth(canvas, 5))
        if number == _WARM:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
