"""Each reason that keeps a code from being read is told from the picture; what is read, empty or no code gives none."""

import numpy as np
import pytest

from kiosk.model.code import Symbology
from kiosk.model.hint import Hint
from kiosk.scanning import picture
from kiosk.scanning.chain import ALWAYS_READ, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.finder import find_patches
from kiosk.scanning.hints import sight_of
from kiosk.scanning.picture import Gray
from kiosk.scanning.staging import Level, empty_scene, noisy, pose_for, stage
from tests.unit.kiosk.scanning.heldup import PAYLOAD, unreadable

FROM_ONE_FRAME = [hint for hint in Hint if hint is not Hint.MOVING]


def hint_of(gray: Gray) -> Hint | None:
    return sight_of(gray, find_patches(gray)).hint


@pytest.mark.parametrize("symbology", [Symbology.QR, Symbology.AZTEC])
@pytest.mark.parametrize("hint", FROM_ONE_FRAME)
def test_what_keeps_a_phone_from_being_read_is_seen_and_nothing_else(hint: Hint, symbology: Symbology) -> None:
    """Of three frames that no stage reads, two or more give the hint, and none gives another one."""
    chain, seen = standard_chain(), []
    for seed in range(3):
        gray = unreadable(hint, seed, symbology)
        assert chain.read_still(gray).found == ()
        seen.append(hint_of(gray))
    assert set(seen) <= {hint, None}
    assert seen.count(hint) >= 2


@pytest.mark.parametrize("symbology", ALWAYS_READ[:2])
@pytest.mark.parametrize("level", [Level.EASY, Level.ONE, Level.TWO])
def test_a_frame_that_can_be_read_gives_no_hint_even_before_it_is_read(level: Level, symbology: Symbology) -> None:
    code = draw_code(PAYLOAD, symbology, module_px=4)
    grays = [picture.gray_of(stage(code, pose_for(level, seed))) for seed in range(5)]
    assert [hint_of(gray) for gray in grays] == [None] * 5


@pytest.mark.parametrize("seed", range(6))
def test_an_empty_hall_gives_no_hint_by_day_or_night(seed: int) -> None:
    hall = empty_scene(seed=seed)
    for bright in (1.0, 0.3, 0.1):
        assert hint_of(picture.gray_of(noisy(picture.u8(hall * bright), 2.0 + 2 * seed, seed))) is None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("level", [Level.EASY, Level.THREE])
def test_print_bars_checks_and_noise_give_no_hint(level: Level, seed: int) -> None:
    rng = np.random.default_rng(seed)
    side = 120
    noise = np.where(rng.random((side, side)) < 0.5, 0, 255).astype(np.uint8)
    bars = np.repeat(np.where(rng.random((1, side)) < 0.5, 0, 255), side, axis=0).astype(np.uint8)
    checks = np.where(np.add.outer(np.arange(side), np.arange(side)) // 6 % 2 == 0, 0, 255).astype(np.uint8)
    dashes = np.full((side, side), 255, np.uint8)
    for top in range(4, side - 8, 10):
        dashes[top : top + 5, np.flatnonzero(rng.random(side) < 0.5)] = 40
    for thing in (noise, bars, checks, dashes):
        assert hint_of(picture.gray_of(stage(thing, pose_for(level, seed)))) is None


def test_a_stacked_code_held_flat_is_not_taken_for_a_tilted_square() -> None:
    code = draw_code(PAYLOAD, Symbology.PDF417, module_px=4)
    grays = [picture.gray_of(stage(code, pose_for(Level.EASY, seed))) for seed in range(6)]
    assert [hint_of(gray) for gray in grays] == [None] * 6
