"""The staged camera draws what a camera would see, repeatably."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.carrier import Carrier
from kiosk.scanning.draw import draw_code
from kiosk.scanning.staging import LEVELS, Level, Pose, empty_scene, held_up, noisy, pose_for, stage
from kiosk.scanning.zxing import ZxingDecoder

PAYLOAD = b"OP1:" + b"A1" * 63
CODE = draw_code(PAYLOAD, module_px=4)


@pytest.mark.parametrize("level", list(Level))
def test_the_same_seed_gives_the_same_picture_and_another_one_does_not(level: Level) -> None:
    first, again, other = (stage(CODE, pose_for(level, seed), (640, 360)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("level", list(Level))
def test_poses_keep_within_the_bounds_of_their_level(level: Level) -> None:
    bounds = LEVELS[level]
    for seed in range(200):
        pose = pose_for(level, seed)
        assert bounds.code_px[0] <= pose.code_px <= bounds.code_px[1]
        assert max(map(abs, pose.tilt)) <= bounds.tilt
        assert abs(pose.roll) <= bounds.roll
        assert pose.defocus <= bounds.defocus
        assert pose.white <= 245


@pytest.mark.parametrize("carrier", list(Carrier))
def test_the_code_is_as_wide_as_its_pose_says(carrier: Carrier) -> None:
    (found,) = ZxingDecoder([Symbology.QR]).decode(
        picture.gray_of(stage(CODE, Pose(code_px=300, carrier=carrier), (1280, 720)))
    )
    (left, top), (right, _), (_, bottom), _ = found.corners
    assert found.payload == PAYLOAD
    assert abs((right - left) - 300) < 12
    assert abs((bottom - top) - 300) < 12


def test_an_oblong_code_covers_as_much_as_a_square_one() -> None:
    code = draw_code(PAYLOAD, Symbology.PDF417, module_px=4)
    (found,) = ZxingDecoder([Symbology.PDF417]).decode(picture.gray_of(stage(code, Pose(code_px=340, noise=0))))
    (left, top), (right, _), (_, bottom), _ = found.corners
    assert abs((right - left) * (bottom - top) / 340**2 - 1) < 0.15


def test_a_code_held_outside_the_picture_leaves_the_scene_as_it_is() -> None:
    scene = empty_scene((640, 360))
    assert held_up(CODE, Pose(centre=(0.5, 3.0)), scene) is scene


def test_a_code_half_in_the_picture_is_drawn_half() -> None:
    scene = empty_scene((640, 360))
    frame = held_up(CODE, Pose(centre=(0.5, 1.0), code_px=150), scene)
    assert frame.shape == scene.shape
    assert np.array_equal(frame[:100], scene[:100])
    assert not np.array_equal(frame[250:], scene[250:])


def test_each_effect_changes_the_picture() -> None:
    plain = Pose(noise=0)
    reference = stage(CODE, plain, (640, 360))
    effects = (
        replace(plain, defocus=1.5),
        replace(plain, motion=4, motion_angle=30),
        replace(plain, glare=120),
        replace(plain, contrast=80),
        replace(plain, light=0.5),
        replace(plain, moire=0.1),
        replace(plain, noise=8),
        replace(plain, jpeg=40),
        replace(plain, roll=20),
    )
    for pose in effects:
        assert not np.array_equal(stage(CODE, pose, (640, 360)), reference)


def test_a_picture_without_ink_is_held_up_as_it_is() -> None:
    frame = stage(np.full((40, 40), 255, np.uint8), Pose(code_px=100), (640, 360))
    assert frame[180, 320].min() > 180


def test_noise_of_nothing_changes_nothing() -> None:
    scene = empty_scene((64, 36))
    assert noisy(scene, 0, 1) is scene
