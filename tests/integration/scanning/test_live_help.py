"""The reader tells what to do about a code that it can't read, while it can't, and nothing beside one that it reads."""

import itertools
import queue
from collections.abc import Iterable
from typing import Any

import pytest

from kiosk.model.code import Symbology
from kiosk.model.hint import Hint
from kiosk.scanning import picture
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picture import Gray
from kiosk.scanning.staging import Level, empty_scene, noisy, pose_for, stage
from tests.integration.scanning.booth import Booth
from tests.integration.scanning.lens import Lens
from tests.unit.kiosk.scanning.heldup import PAYLOAD, unreadable

FRAME_MS = 90
"""As often as the reader looks for a hint."""
MOST_FRAMES = 100


def hall() -> list[Gray]:
    scene = empty_scene(seed=1)
    return [picture.gray_of(noisy(scene, 2.0, seed)) for seed in range(2)]


def held(symbology: Symbology) -> list[Gray]:
    code = draw_code(PAYLOAD, symbology, module_px=4)
    return [picture.gray_of(stage(code, pose_for(Level.EASY, seed))) for seed in range(3)]


def show(booth: Booth, lens: Lens, frames: Iterable[Gray], told: "queue.Queue[Any]") -> None:
    """Show these in turns until something is told."""
    for gray in itertools.islice(itertools.cycle(frames), MOST_FRAMES):
        booth.show(lens, gray, 1)
        if not told.empty():
            return


@pytest.mark.parametrize("hint", [Hint.TOO_FAR, Hint.TOO_NEAR, Hint.TURN_UP])
def test_whoever_holds_up_what_can_not_be_read_is_told_what_to_do_until_it_is_read(hint: Hint) -> None:
    booth, lens = Booth(frame_ms=FRAME_MS), Lens()
    told = booth.told
    with booth.reading(lens):
        for gray in hall():
            booth.show(lens, gray)
        show(booth, lens, [unreadable(hint, seed) for seed in (3, 4)], told.hints)
        assert told.hint() is hint
        show(booth, lens, held(Symbology.QR), told.codes)
        assert told.payload() == PAYLOAD
        assert told.hint() is None
        booth.show(lens, held(Symbology.QR)[0], 10)
    assert told.hints.empty()


def test_a_hand_that_waves_is_asked_to_hold_still() -> None:
    booth, lens = Booth(frame_ms=FRAME_MS), Lens()
    waved = [unreadable(Hint.MOVING, 1, shift=shift) for shift in (-0.08, 0.0, 0.08, 0.0)]
    with booth.reading(lens):
        for gray in hall():
            booth.show(lens, gray)
        show(booth, lens, waved, booth.told.hints)
        assert booth.told.hint() is Hint.MOVING


def test_beside_codes_that_are_read_one_after_the_other_nothing_is_said() -> None:
    booth, lens = Booth(frame_ms=FRAME_MS), Lens()
    with booth.reading(lens):
        for gray in held(Symbology.QR) + held(Symbology.AZTEC) + held(Symbology.QR):
            booth.show(lens, gray, 2)
        assert booth.told.payload() == PAYLOAD
    assert booth.told.hints.empty()
