"""Nothing clips, overlaps or leaves its place: every screen, every language, every text size, both ways up."""

import msgspec
import pytest

from kiosk.config import Role
from kiosk.model.hint import Hint
from kiosk.model.ids import Lang
from kiosk.model.view import DeskNotice, Trouble, View
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.looking import clipped, outside, overlapping, too_small, unreadable
from tests.screens.theatre import Theatre

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
SIZES = {"portrait": PORTRAIT, "landscape": LANDSCAPE, "half": (540, 960), "small": (1366, 768)}
SCALES = (1.0, 1.3, 1.6)
KIOSK_LEAST, GATE_LEAST, BOARD_LEAST, DESK_LEAST = 28, 32, 30, 18
"""The smallest type on each screen in design pixels, where room is shortest."""


def _flaws(theatre: Theatre, least: float) -> list[str]:
    return [
        *clipped(theatre),
        *outside(theatre),
        *overlapping(theatre),
        *too_small(theatre),
        *unreadable(theatre, least),
    ]


def _keep(theatre: Theatre, name: str) -> None:
    """Save the pictures that somebody would look at."""
    if not any(part in name for part in ("-half-", "-small-", "-1.3-")):
        theatre.picture(name)


def _kiosk_views(lang: Lang, scale: float) -> dict[str, View]:
    old = scenes.OLD
    views: dict[str, View] = {
        "attract": scenes.attract(lang, scale),
        "advice": msgspec.structs.replace(scenes.attract(lang, scale), advice=Hint.TURN_UP),
        "glare": msgspec.structs.replace(scenes.attract(lang, scale), advice=Hint.GLARE, freshness=old),
        "no-camera": msgspec.structs.replace(scenes.attract(lang, scale), trouble=Trouble.NO_CAMERA, freshness=old),
        "no-content": msgspec.structs.replace(scenes.attract(lang, scale), trouble=Trouble.NO_CONTENT),
        "blind": msgspec.structs.replace(scenes.attract(lang, scale), trouble=Trouble.CAMERA_BLIND),
        "no-scanner": msgspec.structs.replace(scenes.attract(lang, scale), trouble=Trouble.NO_SCANNER),
        "go": scenes.answer(scenes.go(lang), scale),
        "pickups": scenes.answer(scenes.go(lang, pickups=True, why=True), scale, "scan-2"),
        "offer": scenes.answer(scenes.go(lang, why=True, offered=True), scale, "scan-4"),
        "stop": scenes.answer(scenes.stop(lang), scale, "scan-3", old),
    }
    return views


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("lang", scenes.LANGS)
def test_kiosk_screens_have_room(open_theatre: Opener, lang: Lang, scale: float, size: str) -> None:
    """A kiosk speaks every language at every text size without losing a letter."""
    theatre = open_theatre(Role.KIOSK, SIZES[size])
    for name, view in _kiosk_views(lang, scale).items():
        theatre.show(view)
        _keep(theatre, f"kiosk-{size}-{lang}-{scale}-{name}")
        assert _flaws(theatre, KIOSK_LEAST) == [], name


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", scenes.LANGS)
def test_gate_screens_have_room(open_theatre: Opener, lang: Lang, size: str) -> None:
    """A gate's large words fit whatever they are."""
    theatre = open_theatre(Role.GATE, SIZES[size])
    views: dict[str, View] = {
        "attract": scenes.attract(lang),
        "go": scenes.answer(scenes.go(lang)),
        "stop": scenes.answer(scenes.stop(lang), scan="scan-2", freshness=scenes.OLD),
    }
    for name, view in views.items():
        theatre.show(view)
        _keep(theatre, f"gate-{size}-{lang}-{name}")
        assert _flaws(theatre, GATE_LEAST) == [], name


@pytest.mark.parametrize("size", SIZES)
def test_board_has_room(open_theatre: Opener, size: str) -> None:
    """A board shows few and many, orders and departures, or one of them."""
    theatre = open_theatre(Role.BOARD, SIZES[size])
    old = msgspec.structs.replace(scenes.board(), freshness=scenes.OLD)
    views: dict[str, View] = {
        "both": old,
        "many": scenes.board(40, 12, 30),
        "orders": scenes.board(departures=-1),
        "departures": scenes.board(orders=-1),
        "none": scenes.board(0, 0, 0),
    }
    for name, view in views.items():
        theatre.show(view)
        _keep(theatre, f"board-{size}-{name}")
        assert _flaws(theatre, BOARD_LEAST) == [], name


@pytest.mark.parametrize("size", ["landscape", "small"])
@pytest.mark.parametrize("lang", scenes.LANGS)
def test_desk_has_room(open_theatre: Opener, lang: Lang, size: str) -> None:
    """A desk shows a short and a long queue, with and without an answer beside it."""
    theatre = open_theatre(Role.DESK, SIZES[size])
    for name, view in {
        "few": scenes.desk(lang=lang, notice=scenes.handed_over(), waiting=3),
        "many": msgspec.structs.replace(scenes.desk(30, lang), freshness=scenes.OLD, trouble=Trouble.NO_CAMERA),
        "refused": scenes.desk(lang=lang, notice=DeskNotice(scenes.stop(lang), "")),
    }.items():
        theatre.show(view)
        _keep(theatre, f"desk-{size}-{lang}-{name}")
        assert _flaws(theatre, DESK_LEAST) == [], name
