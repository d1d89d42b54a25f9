"""Staged kiosk frames: what each reader reads of one frame, what we read of one presentation, what each stage adds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import segno

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import ALWAYS_READ, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.finder import find_patches
from kiosk.scanning.found import Found
from kiosk.scanning.picture import Gray
from kiosk.scanning.stages import Stage, default_stages
from kiosk.scanning.staging import LEVELS, Level, Pose, pose_for, stage
from kiosk.scanning.zxing import ZxingDecoder
from tests.bench.figure import Figure
from tests.bench.scan.readers import readers

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_AIMS = {
    (Symbology.QR, Level.ONE): 100,
    (Symbology.QR, Level.TWO): 98,
    (Symbology.QR, Level.THREE): 60,
    (Symbology.AZTEC, Level.ONE): 100,
    (Symbology.AZTEC, Level.TWO): 98,
    (Symbology.AZTEC, Level.THREE): 75,
    (Symbology.PDF417, Level.ONE): 95,
}
_PRESENTED = 30


@dataclass(frozen=True, eq=False)
class Staged:
    """A frame and what it shows."""

    gray: Gray
    payload: bytes


def payload_of(seed: int) -> bytes:
    """As long as a signed loyalty code of ours, and of the same alphabet."""
    rng = np.random.default_rng(seed)
    return b"OP1:" + bytes(ALPHABET[int(index)] for index in rng.integers(0, len(ALPHABET), 126))


def staged(symbology: Symbology, level: Level, seeds: Sequence[int]) -> list[Staged]:
    """Frames with a code held up at random."""
    return [_staged(symbology, payload_of(seed), pose_for(level, seed)) for seed in seeds]


def presentation(symbology: Symbology, level: Level, seed: int, count: int = _PRESENTED) -> Iterator[Staged]:
    """One code in `count` frames of a hand that trembles: place, tilt, roll and blur differ a little in each."""
    pose, rng = pose_for(level, seed), np.random.default_rng(seed + 1_000_000)
    bounds = LEVELS[level]
    for number in range(count):
        sway = rng.normal(size=4)
        held = replace(
            pose,
            centre=(pose.centre[0] + 0.004 * sway[0], pose.centre[1] + 0.006 * sway[1]),
            tilt=(pose.tilt[0] + 1.5 * sway[2], pose.tilt[1] + 1.5 * sway[3]),
            roll=pose.roll + 1.5 * float(rng.normal()),
            motion=float(rng.uniform(0, bounds.motion)),
            motion_angle=float(rng.uniform(0, 180)),
            seed=seed * 1000 + number,
        )
        yield _staged(symbology, payload_of(seed), held)


def measured(seeds: Sequence[int]) -> Iterator[Figure]:
    """For each symbology and level: single frames for every reader, then presentations for ours."""
    count = len(seeds)
    for symbology in ALWAYS_READ:
        for level in LEVELS:
            frames = staged(symbology, level, seeds)
            what = f"frames {symbology}, level {level}"
            for name, read in readers(ALWAYS_READ).items():
                hits = sum(one.payload in read(one.gray) for one in frames)
                aim = _AIMS.get((symbology, level)) if name == "opas" else None
                yield Figure(what, name, 100 * hits / count, "%", aim, count)
        yield from _presented(symbology, seeds[: max(5, count // 4)])


def stages(seeds: Sequence[int]) -> Iterator[Figure]:
    """What each stage reads of the frames that the first pass missed, and how long it takes: their order follows."""
    first = ZxingDecoder(ALWAYS_READ)
    for symbology in ALWAYS_READ:
        levels = (Level.ONE, Level.TWO, Level.THREE)
        frames = [one for level in levels for one in staged(symbology, level, seeds)]
        missed = [one for one in frames if not _holds(first.decode(one.gray), one)]
        for stage_ in default_stages(first, ALWAYS_READ) if missed else ():
            read = sum(_reads(stage_, one) for one in missed)
            yield Figure(
                f"{symbology} that zxing-cpp missed", stage_.name, 100 * read / len(missed), "%", None, len(missed)
            )


def _presented(symbology: Symbology, seeds: Sequence[int]) -> Iterator[Figure]:
    count = len(seeds)
    for level in (Level.TWO, Level.THREE):
        read = sum(_read_in(symbology, level, seed) for seed in seeds)
        yield Figure(f"one second held up, {symbology}, level {level}", "opas", 100 * read / count, "%", None, count)


def _read_in(symbology: Symbology, level: Level, seed: int) -> bool:
    chain = standard_chain()
    return any(_holds(chain.read(one.gray).found, one) for one in presentation(symbology, level, seed))


def _reads(stage_: Stage, one: Staged) -> bool:
    patches = find_patches(one.gray)
    return bool(patches) and _holds(stage_.run(one.gray, patches[0]), one)


def _holds(found: Sequence[Found], one: Staged) -> bool:
    return any(code.payload == one.payload for code in found)


def _staged(symbology: Symbology, payload: bytes, pose: Pose) -> Staged:
    return Staged(picture.gray_of(stage(_drawn(payload, symbology), pose)), payload)


def _drawn(payload: bytes, symbology: Symbology) -> Gray:
    if symbology is not Symbology.QR:
        return draw_code(payload, symbology, module_px=4)
    # As the hub's tickets are drawn: without the mark of an encoding, which OpenCV's detector can't read.
    dark = np.array(
        [list(row) for row in segno.make(payload.decode(), error="m", micro=False, boost_error=False).matrix]
    )
    light = np.pad(np.where(dark > 0, 0, 255).astype(np.uint8), 4, constant_values=255)
    return np.repeat(np.repeat(light, 4, axis=0), 4, axis=1)
