"""The boxes in which the check of packs measures the house's texts are those of the real screens."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import msgspec
import pytest
from babel.messages.pofile import read_po

from deploy.release.housefit import EVERYWHERE, LOCALES, SLOTS, Slot
from kiosk.config import Role
from kiosk.model.case import CaseKind
from kiosk.model.hint import Hint
from kiosk.model.identity import Standing
from kiosk.model.ids import CaseId
from kiosk.model.order import OrderState, PromiseState
from kiosk.model.pack import TouchpointKind
from kiosk.model.view import CaseLine, ClaimView, DeskNotice, OrderAct, Trouble, View
from kiosk.screens.widgets.words import Words
from kiosk.screens.widgets.wrapping import as_typed
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import LANDSCAPE, PORTRAIT, Theatre

_LARGE = 1.6
_replace = msgspec.structs.replace


def _idle() -> Iterator[View]:
    view = _replace(scenes.attract(scale=_LARGE), freshness=scenes.OLD)
    yield from (_replace(view, trouble=trouble) for trouble in Trouble)
    yield from (_replace(view, advice=hint) for hint in Hint)
    yield from (
        ClaimView(standing, code, code, "a1b2", "hub.example", "", "", scenes.EN, scenes.LANGS)
        for standing in Standing
        for code in ("7KQ4-M2XD", "")
    )


def _kiosk() -> Iterator[View]:
    yield from _idle()
    step = scenes.go(pickups=True, offered=True)
    yield scenes.answer(step, _LARGE, freshness=scenes.OLD)
    yield _replace(scenes.answer(step), help_called=True, speaking=True)
    yield scenes.answer(_replace(step, pickups=step.pickups * 3))
    way = _replace(scenes.way(scenes.EN), turns=scenes.turns(scenes.EN) * 2)
    yield scenes.answer(_replace(step, way=way, offer=None), _LARGE, "s3")


def _desk() -> Iterator[View]:
    view = scenes.desk(2, scenes.EN, waiting=3)
    line = view.lines[0]
    for chunk in (list(OrderState)[at : at + 3] for at in range(0, len(OrderState), 3)):
        yield _replace(view, lines=tuple(_replace(line, state=state) for state in chunk), cases=())
    for promise in PromiseState:
        yield _replace(view, lines=(_replace(line, promise=promise, later="17:40"),))
    acts = [act for act in OrderAct if act is not OrderAct.UNDO]
    for first, second in pairwise(acts):
        yield _replace(view, lines=(_replace(line, acts=(first, second, OrderAct.UNDO)),))
    yield _replace(view, lines=tuple(scenes.faulty(index) for index in range(3)), done=(scenes.faulty(0),))
    case = CaseLine(CaseId("c1"), "Gate 7", None, 12, False, CaseKind.CONTRADICTION)
    yield _replace(view, cases=(case, _replace(case, in_hand=True), case, case))
    yield _replace(view, lines=(), freshness=scenes.OLD, trouble=Trouble.NO_CAMERA)
    yield scenes.desk(30, scenes.EN, DeskNotice(None, "This is not valid any more."))


def _full_board() -> View:
    view = scenes.board(40, 12, 12, scenes.EN)
    departures = tuple(_replace(line, state="Gate closed") for line in view.departures)
    return _replace(view, departures=departures, freshness=scenes.OLD)


VIEWS = {
    Role.KIOSK: _kiosk,
    Role.GATE: lambda: (*_idle(), scenes.answer(scenes.go(), 1.0, freshness=scenes.OLD)),
    Role.BOARD: lambda: (_full_board(), scenes.board(0, 0, 0, scenes.EN)),
    Role.DESK: _desk,
}


def _slots_of(words: Words, slots: list[Slot]) -> list[Slot]:
    """The slots whose texts these words may be."""
    said = as_typed(words.text)
    return [slot for slot in slots if any(_pattern(text).fullmatch(said) for text in slot.texts)]


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    """The English texts with their plurals, by the first of them."""
    path = LOCALES / "en" / "LC_MESSAGES" / "opas.po"
    with path.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    forms = ((each,) if isinstance(each, str) else tuple(each) for each in ids)
    return {each[0]: each for each in forms}


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """What `text` looks like with its placeholders filled; the desk puts where and what around some."""
    forms = (re.split(r"%\(\w+\)[sd]", form) for form in _forms()[text])
    return re.compile("|".join(r"[\d:]+".join(map(re.escape, parts)) for parts in forms))


def _roomier(words: Words, slot: Slot, scale: float) -> str:
    """How the box promises more than the screen has; empty if it does not."""
    box = slot.box
    if words.px > box.px or words.weight != box.weight:
        return f"type {words.px} {words.weight}"
    if 0 < words.lines < box.lines:
        return f"{words.lines} lines"
    if not slot.bending and words.width / scale / words.px < box.width / box.px - 0.02:
        return f"{words.width / scale:.0f} wide"
    return ""


def _wrong(theatre: Theatre, slots: list[Slot]) -> Iterator[str]:
    unit = min(theatre.stage.size) / 1080
    for words in theatre.words():
        fitting = _slots_of(words, slots) if words.text else []
        flaws = [_roomier(words, slot, unit) for slot in fitting]
        if flaws and all(flaws):
            boxes = [f"{slot.box.slot}: {flaw}" for slot, flaw in zip(fitting, flaws, strict=True)]
            yield f"{words.text!r} ({'; '.join(boxes)})"


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["upright", "wide"])
@pytest.mark.parametrize("role", VIEWS)
def test_a_house_box_is_no_roomier_than_the_screen(open_theatre: Opener, role: Role, size: tuple[int, int]) -> None:
    """Type, lines and width, wherever the screens of a role show one of the house's texts."""
    theatre = open_theatre(role, size)
    slots = [slot for slot in SLOTS if slot.box.screen is TouchpointKind(role)] + [*EVERYWHERE]
    seen: set[str] = set()
    wrong: set[str] = set()
    for view in VIEWS[role]():
        theatre.show(view)
        wrong.update(_wrong(theatre, slots))
        seen.update(slot.box.slot for words in theatre.words() if words.text for slot in _slots_of(words, slots))
    assert not wrong, "\n".join(sorted(wrong))
    if size == PORTRAIT:
        # A wide kiosk has room for all turns, so that none is counted.
        own = {slot.box.slot for slot in SLOTS if slot.box.screen is TouchpointKind(role)}
        assert own - seen == set(), "no view showed these"
