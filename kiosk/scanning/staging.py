"""Draws what a kiosk's camera sees when a person holds up a phone or a sheet: perspective, blur, glare, noise.

Pure in its arguments: the same `Pose` gives the same picture. `pose_for` draws a pose at random, repeatably by seed, at
one of four levels of difficulty. The demo, the tests and the benchmark all use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kiosk.scanning import picture
from kiosk.scanning.carrier import Carrier, carry
from kiosk.scanning.picture import Bgr, Floats, Gray, Points

Size = tuple[int, int]
HD: Size = (1280, 720)
_FOCAL = 1.1
"""Focal length in picture widths: a webcam's 49° field of view."""
_FINE = 2
"""The carrier is drawn this much finer than the camera sees it, so that its pixels don't show."""


class Level(StrEnum):
    """How hard a held-up code is to read."""

    EASY = "easy"
    ONE = "1"
    TWO = "2"
    THREE = "3"


@dataclass(frozen=True)
class Difficulty:
    """The bounds of one level: angles in degrees, blur in pixels, brightness and noise in gray levels of 255.

    `code_px` is the width of the code itself in the picture; `contrast` is white minus black on the screen.
    """

    code_px: tuple[float, float]
    tilt: float
    roll: float
    defocus: float = 0.0
    motion: float = 0.0
    glare: float = 0.0
    contrast: tuple[float, float] = (170, 225)
    noise: float = 2.0
    moire: float = 0.0
    jpeg: int | None = None


LEVELS: Mapping[Level, Difficulty] = {
    Level.EASY: Difficulty((280, 340), 5, 5, 0.5, 0, 20),
    Level.ONE: Difficulty((220, 300), 15, 15, 1.0, 2, 60, (140, 210), 4, 0.05),
    Level.TWO: Difficulty((170, 240), 25, 45, 1.5, 4, 130, (100, 100), 7, 0.08),
    Level.THREE: Difficulty((140, 200), 35, 180, 2.2, 6, 220, (50, 100), 11, 0.1, 60),
}


@dataclass(frozen=True)
class Pose:
    """How one code is held: `centre` as parts of width and height, `tilt` about the x and y axis and `roll` in degrees.

    The rest is what light and lens do, in the units of `Difficulty`; `white` is the gray level of the screen's white,
    `light` how much the light falls off across it (0–1) and `seed` fixes what is left to chance.
    """

    code_px: float = 300.0
    centre: tuple[float, float] = (0.5, 0.5)
    tilt: tuple[float, float] = (0.0, 0.0)
    roll: float = 0.0
    defocus: float = 0.0
    motion: float = 0.0
    motion_angle: float = 0.0
    glare: float = 0.0
    glare_at: tuple[float, float] = (0.5, 0.5)
    glare_reach: float = 0.05
    white: float = 235.0
    contrast: float = 200.0
    light: float = 0.0
    moire: float = 0.0
    noise: float = 2.0
    jpeg: int | None = None
    carrier: Carrier = Carrier.PHONE
    seed: int = 0


def pose_for(level: Level, seed: int) -> Pose:
    """One pose at random within the bounds of `level`; the same seed gives the same pose."""
    bounds, rng = LEVELS[level], np.random.default_rng(seed)

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    contrast = between(*bounds.contrast)
    return Pose(
        code_px=between(*bounds.code_px),
        centre=(between(0.38, 0.62), between(0.42, 0.58)),
        tilt=(between(-bounds.tilt, bounds.tilt), between(-bounds.tilt, bounds.tilt)),
        roll=between(-bounds.roll, bounds.roll),
        defocus=between(0, bounds.defocus),
        motion=between(0, bounds.motion),
        motion_angle=between(0, 180),
        glare=between(0, bounds.glare),
        glare_at=(between(0.1, 0.9), between(0.1, 0.9)),
        glare_reach=between(0.02, 0.08),
        white=between(contrast + 15, 245),
        contrast=contrast,
        light=between(0, 0.3),
        moire=between(0, bounds.moire),
        noise=bounds.noise,
        jpeg=bounds.jpeg,
        carrier=Carrier.PHONE if rng.random() < 0.7 else Carrier.PAPER,  # noqa: PLR2004 - most tickets are on phones
        seed=seed,
    )


def stage(code: Gray, pose: Pose, size: Size = HD) -> Bgr:
    """A camera picture of `size` in which the flat picture `code` is held up as `pose` says, with noise everywhere."""
    frame = held_up(code, pose, noisy(empty_scene(size, pose.seed), pose.noise, pose.seed))
    return frame if pose.jpeg is None else picture.as_jpeg(frame, pose.jpeg)


def empty_scene(size: Size = HD, seed: int = 0) -> Bgr:
    """A hall as a kiosk's camera sees it with nobody there: wall, floor, a door and lamps, softly lit, without noise."""
    width, height = size
    rng = np.random.default_rng(seed)
    down, across = np.linspace(0, 1, height), np.linspace(0, 1, width)
    tone = 118 + 30 * down[:, None] - 36 * np.abs(across[None, :] - rng.uniform(0.3, 0.7))
    scene = np.repeat(tone[:, :, None], 3, axis=2) * np.array([0.94, 1.0, 1.03])
    horizon = int(height * rng.uniform(0.6, 0.75))
    scene[horizon:] *= 0.72
    door = int(width * rng.uniform(0.05, 0.8))
    scene[int(height * 0.25) : horizon, door : door + width // 9] *= np.array([0.62, 0.58, 0.55])
    for lamp in range(3):
        left = int(width * (0.12 + 0.32 * lamp))
        scene[height // 22 : height // 14, left : left + width // 10] = (232, 238, 240)
    return picture.smooth(picture.u8(scene), 2.0)


def noisy(frame: Bgr, sigma: float, seed: int) -> Bgr:
    """The frame with a sensor's noise of `sigma` gray levels."""
    if sigma <= 0:
        return frame
    noise = np.random.default_rng(seed).standard_normal(frame.shape[:2], dtype=np.float32)
    return picture.added(frame, noise * sigma)


def held_up(code: Gray, pose: Pose, scene: Bgr) -> Bgr:
    """`scene` with the code held before it; only the part around it is drawn anew, so this is quick enough for live use."""
    flat = carry(code, pose.carrier, pose.code_px * _FINE)
    height, width = scene.shape[:2]
    outline = _outline(flat.size, pose, (width, height))
    left, top, right, bottom = _around(outline, (width, height))
    if right - left < 2 or bottom - top < 2:  # noqa: PLR2004 - held out of the picture
        return scene
    matrix = picture.perspective(flat.corners(), (outline - np.array([left, top], np.float32)) * _FINE)
    fine = ((right - left) * _FINE, (bottom - top) * _FINE)
    thing = picture.shrunk(picture.warped(flat.picture, matrix, fine), right - left).astype(np.float32)
    cover = picture.shrunk(picture.warped_mask(flat.mask, matrix, fine), right - left).astype(np.float32) / 255
    part = scene[top:bottom, left:right]
    lit = _lit(thing, pose)
    mixed = picture.u8(part + (lit[:, :, None] - part) * cover[:, :, None])
    blurred = picture.moved(picture.smooth(mixed, pose.defocus), pose.motion, pose.motion_angle)
    frame = scene.copy()
    frame[top:bottom, left:right] = noisy(blurred, pose.noise, pose.seed + 1)
    return frame


def _outline(size: tuple[float, float], pose: Pose, frame: Size) -> Points:
    """Where the four corners of a flat thing of `size` land in the frame, by a pinhole camera."""
    width, height = size[0] / _FINE, size[1] / _FINE
    flat = np.array([[-width, -height, 0], [width, -height, 0], [width, height, 0], [-width, height, 0]]) / 2
    ax, ay, az = np.radians([pose.tilt[0], pose.tilt[1], pose.roll])
    about_x = np.array([[1, 0, 0], [0, np.cos(ax), -np.sin(ax)], [0, np.sin(ax), np.cos(ax)]])
    about_y = np.array([[np.cos(ay), 0, np.sin(ay)], [0, 1, 0], [-np.sin(ay), 0, np.cos(ay)]])
    about_z = np.array([[np.cos(az), -np.sin(az), 0], [np.sin(az), np.cos(az), 0], [0, 0, 1]])
    turned = flat @ (about_x @ about_y @ about_z).T
    focal = _FOCAL * frame[0]
    scale = focal / (focal + turned[:, 2:])
    centre = np.array([pose.centre[0] * frame[0], pose.centre[1] * frame[1]])
    return np.asarray(turned[:, :2] * scale + centre, dtype=np.float32)


def _around(outline: Points, frame: Size) -> tuple[int, int, int, int]:
    margin = 12
    low, high = outline.min(axis=0) - margin, outline.max(axis=0) + margin
    return (
        max(0, int(low[0])),
        max(0, int(low[1])),
        min(frame[0], int(high[0]) + 1),
        min(frame[1], int(high[1]) + 1),
    )


def _lit(thing: Floats, pose: Pose) -> Floats:
    """Ink and paper as gray levels, then the light's fall-off, the beat of two pixel grids, and the glare of a lamp."""
    height, width = thing.shape
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    lit = (pose.white - pose.contrast) + thing * (pose.contrast / 255)
    lit = lit * (1 - pose.light * (0.6 * across + 0.4 * down))
    if pose.moire > 0:
        wave = np.sin(2 * np.pi * (across * width / 9.3 + down * height / 61)) + np.sin(2 * np.pi * down * height / 7.1)
        lit = lit * (1 + pose.moire / 2 * wave)
    if pose.glare > 0:
        far = (across - pose.glare_at[0]) ** 2 + (down - pose.glare_at[1]) ** 2
        lit = lit + pose.glare * np.exp(-far / pose.glare_reach)
    return np.asarray(lit, dtype=np.float32)
