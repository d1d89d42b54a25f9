"""A long way on an upright kiosk: the map stays one that can be read, and no turn goes missing without a word."""

import re

import msgspec
import pytest

from kiosk.config import Role
from kiosk.model.ids import Lang, Metres
from kiosk.model.step import Point, Step, TurnKind
from kiosk.screens.widgets.plan import Plan
from kiosk.screens.widgets.wrapping import as_typed
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.looking import clipped, outside, overlapping, too_small, unreadable
from tests.screens.theatre import Theatre

SIZES = {"1080": (1080, 1920), "800": (800, 1280), "600": (600, 1024)}
_LEAST_PART = 0.6
"""Of the width that the map would have on a card of its own; below it the rooms lose their names."""
_MARGIN = 28
_LEAST_TYPE = 27


def _hurried(lang: Lang, *, pickups: bool = False) -> Step:
    """A passenger who has to go through a long, flat building: seven turns."""
    step = scenes.go(lang, pickups=pickups)
    way = scenes.way(lang)
    turns = scenes.turns(lang)
    line = tuple(Point(x, y) for x, y in ((13.5, 13), (13.5, 19), (49.5, 19), (49.5, 9.5), (54, 19), (90.5, 19)))
    return msgspec.structs.replace(
        step,
        way=msgspec.structs.replace(
            way, width_m=Metres(100.0), height_m=Metres(38.0), line=line, turns=(*turns[:-1], *turns[1:3], turns[-1])
        ),
    )


def _told(theatre: Theatre, step: Step) -> tuple[list[str], int]:
    """The turns that have a row, and how many are counted below them."""
    assert step.way is not None
    turns = {turn.text for turn in step.way.turns}
    texts = [as_typed(text) for text in theatre.texts()]
    counts = (re.fullmatch(r"(?:sitten|sedan|then|seejärel)\D* (\d) .*", text) for text in texts)
    return [text for text in texts if text in turns], sum(int(found[1]) for found in counts if found)


def _part_of_the_width(theatre: Theatre, step: Step) -> float:
    """How wide the map is drawn, against a card on which it has all the height that it could use."""
    assert step.way is not None
    floor = theatre.stage.current.ids.floor  # type: ignore[union-attr]
    margin = _MARGIN * min(theatre.stage.size) / 1080
    room = (0.0, 0.0, floor.width - 2 * margin, floor.height - 2 * margin)
    return float(Plan.of(step.way, room).scale * step.way.width_m / room[2])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [1.0, 1.3, 1.6])
@pytest.mark.parametrize("lang", scenes.LANGS)
def test_the_map_can_be_read_whatever_the_turns_need(open_theatre: Opener, lang: Lang, scale: float, size: str) -> None:
    """Every language, text size and upright window, with and without pickups and the age of the data."""
    theatre = open_theatre(Role.KIOSK, SIZES[size])
    for pickups, freshness in ((False, scenes.CURRENT), (True, scenes.OLD)):
        step = _hurried(lang, pickups=pickups)
        theatre.show(scenes.answer(step, scale, f"scan-{pickups}", freshness))
        theatre.picture(f"kiosk-long-way-{size}-{lang}-{scale}-{pickups}")
        assert _part_of_the_width(theatre, step) >= _LEAST_PART, pickups
        rows, counted = _told(theatre, step)
        assert step.way is not None
        assert rows == [turn.text for turn in step.way.turns][: len(rows)] != []
        assert counted in {0, len(step.way.turns) - len(rows)}
        assert clipped(theatre) + outside(theatre) + overlapping(theatre) + too_small(theatre) == [], pickups
        assert unreadable(theatre, _LEAST_TYPE) == [], pickups


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (1024, 600)])
@pytest.mark.parametrize("scale", [1.0, 1.3, 1.6])
@pytest.mark.parametrize("lang", scenes.LANGS)
def test_on_a_wide_window_the_turns_stand_beside_the_map(
    open_theatre: Opener, lang: Lang, scale: float, size: tuple[int, int]
) -> None:
    """Below the step: no turn goes missing without a word. What is to be collected and large type come before them."""
    theatre = open_theatre(Role.KIOSK, size)
    for pickups in (False, True):
        step = _hurried(lang, pickups=pickups)
        theatre.show(scenes.answer(step, scale, f"scan-{pickups}"))
        theatre.picture(f"kiosk-wide-way-{size[0]}-{lang}-{scale}-{pickups}")
        rows, counted = _told(theatre, step)
        assert step.way is not None
        assert rows == [turn.text for turn in step.way.turns][: len(rows)] != []
        assert counted in {len(step.way.turns) - len(rows)} | ({0} if pickups or scale > 1 else set())
        assert clipped(theatre) + outside(theatre) + overlapping(theatre) + too_small(theatre) == [], pickups
        assert unreadable(theatre, _LEAST_TYPE) == [], pickups


def test_turns_without_a_row_are_counted(open_theatre: Opener) -> None:
    """At plain size every turn has a row or is counted; with all of them told there is nothing to count."""
    theatre = open_theatre(Role.KIOSK)
    step = _hurried(scenes.ET)
    theatre.show(scenes.answer(step))
    rows, counted = _told(theatre, step)
    assert len(rows) >= 2
    assert len(rows) + counted == 7
    few = msgspec.structs.replace(scenes.way(scenes.ET), turns=scenes.turns(scenes.ET)[:2])
    step = msgspec.structs.replace(step, way=few)
    theatre.show(scenes.answer(step, scan="s2"))
    assert _told(theatre, step) == ([turn.text for turn in few.turns], 0)


def test_the_count_goes_with_the_person(open_theatre: Opener) -> None:
    """Nothing of the way is left on the screen that was wiped, nor in what it would say next."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(_hurried(scenes.ET)))
    theatre.show(scenes.attract())
    kinds = {getattr(cell, "kind", None) for cell in theatre.everything()}
    assert not kinds & set(TurnKind)
    assert not [cell for cell in theatre.everything() if "veel" in getattr(cell, "text", "")]
