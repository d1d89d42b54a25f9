"""Whether something moves is seen cheaply and surely."""

import numpy as np
import pytest

from kiosk.scanning import picture
from kiosk.scanning.draw import draw_code
from kiosk.scanning.staging import Level, empty_scene, noisy, pose_for, stage
from kiosk.scanning.watch import SceneWatch


@pytest.mark.parametrize("sigma", [0, 2, 6, 11])
def test_noise_alone_is_no_change(sigma: float) -> None:
    watch, scene = SceneWatch(), empty_scene()
    changes = [watch.changed(picture.gray_of(noisy(scene, sigma, seed))) for seed in range(12)]
    assert changes == [True] + [False] * 11


@pytest.mark.parametrize("level", list(Level))
def test_a_code_held_up_is_a_change(level: Level) -> None:
    watch = SceneWatch()
    for seed in range(3):
        watch.changed(picture.gray_of(noisy(empty_scene(seed=5), 2, seed)))
    assert watch.changed(picture.gray_of(stage(draw_code(b"OPAS-12345"), pose_for(level, 5))))


def test_the_light_of_the_day_is_learned() -> None:
    watch = SceneWatch()
    changes = [watch.changed(np.full((720, 1280), 100 + step // 10, np.uint8)) for step in range(300)]
    assert changes[1:] == [False] * 299


def test_another_size_of_picture_is_a_change_and_a_tiny_one_no_fault() -> None:
    watch = SceneWatch()
    assert watch.changed(np.zeros((720, 1280), np.uint8))
    assert watch.changed(np.zeros((5, 5), np.uint8))
    assert not watch.changed(np.zeros((5, 5), np.uint8))
