"""Codes held up in such a way that they can't be read: one reason to a picture, drawn by the project's own stage."""

from dataclasses import replace

import numpy as np

from kiosk.model.code import Symbology
from kiosk.model.hint import Hint
from kiosk.scanning import picture
from kiosk.scanning.carrier import Carrier
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picture import Gray
from kiosk.scanning.staging import Pose, empty_scene, held_up, noisy

PAYLOAD = b"OP1:" + b"7KX$9Q" * 21
_DARK = 0.12


def _pose(hint: Hint, rng: np.random.Generator) -> Pose:
    plain = Pose(
        code_px=260,
        centre=(float(rng.uniform(0.42, 0.58)), float(rng.uniform(0.45, 0.55))),
        tilt=(float(rng.uniform(-10, 10)), float(rng.uniform(-10, 10))),
        roll=float(rng.uniform(-15, 15)),
        defocus=0.6,
        noise=3,
    )
    pose_of = {
        Hint.TOO_FAR: replace(plain, code_px=float(rng.uniform(33, 39))),
        Hint.TOO_NEAR: replace(plain, code_px=float(rng.uniform(800, 1200))),
        Hint.TOO_DARK: replace(plain, white=18, contrast=9, noise=6, defocus=1.2),
        Hint.TURN_UP: replace(plain, white=28, contrast=11, noise=8, defocus=1.5),
        Hint.GLARE: replace(plain, white=195, contrast=150, glare=390, glare_at=(0.5, 0.42), glare_reach=0.045),
        Hint.TILTED: replace(plain, tilt=(72.5, 0.0), roll=float(rng.uniform(-8, 8)), defocus=1.2),
        Hint.MOVING: replace(plain, motion=26, motion_angle=float(rng.uniform(-20, 20))),
    }
    return pose_of[hint]


def unreadable(hint: Hint, seed: int, symbology: Symbology = Symbology.QR, shift: float = 0.0) -> Gray:
    """A frame of a phone that can't be read, with `hint` as the reason; `shift` moves it by parts of the frame's width."""
    pose = replace(_pose(hint, np.random.default_rng(seed)), carrier=Carrier.PHONE, seed=seed)
    pose = replace(pose, centre=(pose.centre[0] + shift, pose.centre[1]))
    scene = empty_scene(seed=seed)
    if hint is Hint.TOO_DARK:
        scene = picture.u8(scene * _DARK)
    code = draw_code(PAYLOAD, symbology, module_px=4)
    return picture.gray_of(held_up(code, pose, noisy(scene, pose.noise, seed)))
