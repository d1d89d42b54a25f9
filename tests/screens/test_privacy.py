"""Nothing of one person is left for the next: not in pixels, not in the widget tree, not in a texture."""

import numpy as np
import pytest

from kiosk.config import Role
from kiosk.model.view import AnswerView
from kiosk.screens.widgets.floor import Floor
from kiosk.screens.widgets.words import Icon, Words
from tests.screens import scenes
from tests.screens.conftest import PORTRAIT, Opener
from tests.screens.theatre import Theatre

SIZES = {"portrait": PORTRAIT, "landscape": (1920, 1080)}


def _answers() -> list[AnswerView]:
    return [
        scenes.answer(scenes.go(scenes.FI, scenes.NAMES[0], pickups=True, why=True), scan="s1"),
        scenes.answer(scenes.go(scenes.ET, scenes.NAMES[1]), 1.6, "s2", scenes.OLD),
        scenes.answer(scenes.stop(scenes.SV), scan="s3"),
        scenes.answer(scenes.go(scenes.EN, offered=True), scan="s4"),
    ]


def _personal(theatre: Theatre) -> list[str]:
    """Texts that some piece still holds and that are no word of the house."""
    attract = scenes.attract()
    known = {attract.title, attract.hint, ""}
    return [
        piece.text
        for piece in theatre.everything()
        if isinstance(piece, Words) and not isinstance(piece, Icon) and not piece.lasting and piece.text not in known
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", [Role.KIOSK, Role.GATE])
def test_attract_after_visits_is_as_if_nobody_had_been_there(open_theatre: Opener, role: Role, size: str) -> None:
    """Pixel by pixel the same as before the first visit."""
    theatre = open_theatre(role, SIZES[size])
    theatre.show(scenes.attract())
    fresh = theatre.pixels().copy()
    for view in _answers():
        theatre.show(view)
    theatre.show(scenes.attract())
    assert np.array_equal(theatre.pixels(), fresh)


@pytest.mark.parametrize("role", [Role.KIOSK, Role.GATE])
def test_no_piece_holds_a_text_of_the_visit(open_theatre: Opener, role: Role) -> None:
    """The whole widget tree is walked, also what is not shown."""
    theatre = open_theatre(role)
    for view in _answers():
        theatre.show(view)
        assert theatre.texts()
        theatre.show(scenes.attract())
        assert _personal(theatre) == []


def test_words_that_last_are_words_of_the_house(open_theatre: Opener) -> None:
    """What stays on buttons names nobody: none of it comes from a step."""
    theatre = open_theatre(Role.KIOSK)
    told: set[str] = set()
    for view in _answers():
        theatre.show(view)
        step = view.step
        told |= {step.headline, step.detail, step.lead, step.place, step.when, step.why}
        told |= {text for line in step.pickups for text in (line.number, line.state, line.detail)}
    lasting = {piece.text for piece in theatre.everything() if isinstance(piece, Words) and piece.lasting}
    assert lasting
    assert lasting & told <= {""}


def test_way_and_map_are_forgotten(open_theatre: Opener) -> None:
    """No line on the map tells the next one where somebody went."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(_answers()[0])
    theatre.show(scenes.attract())
    floors = [piece for piece in theatre.everything() if isinstance(piece, Floor)]
    assert len(floors) == 1
    assert (floors[0].way, floors[0].here, floors[0].there) == (None, "", "")
    assert floors[0].children == []


def test_no_texture_of_a_visit_is_kept(open_theatre: Opener) -> None:
    """A text that is cleared is cleared as a picture too."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(_answers()[0])
    theatre.show(scenes.attract())
    drawn = [
        piece for piece in theatre.everything() if isinstance(piece, Words) and not piece.text and any(piece.drawn)
    ]
    assert drawn == []


def test_second_scan_shows_nothing_of_the_first(open_theatre: Opener) -> None:
    """Somebody scans while the last one's answer still stands."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(_answers()[0])
    theatre.show(scenes.answer(scenes.go(scenes.FI, scenes.NAMES[1]), scan="s9"))
    held = " ".join(piece.text for piece in theatre.everything() if isinstance(piece, Words))
    assert scenes.NAMES[1] in held
    assert scenes.NAMES[0] not in held
    assert "A17" not in held


def test_last_camera_picture_is_not_shown_after_a_visit(open_theatre: Opener) -> None:
    """The preview of the last face goes with the screen that showed it."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.attract())
    fresh = theatre.pixels().copy()
    theatre.app.post_preview(np.full((720, 1280, 3), 200, np.uint8))
    theatre.settle()
    assert not np.array_equal(theatre.pixels(), fresh)
    theatre.show(_answers()[0])
    theatre.show(scenes.attract())
    assert np.array_equal(theatre.pixels(), fresh)
