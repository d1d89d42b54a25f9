"""The boxes in which the check of packs measures texts are those of the real screens."""

from typing import Any

import msgspec
import pytest

from deploy.release.fit import BOXES
from deploy.release.setting import Box
from kiosk.config import Role
from kiosk.model.ids import Lang, MonotonicMs, ScanId
from kiosk.model.pack import TouchpointKind
from kiosk.model.view import DeskNotice, View
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import LANDSCAPE, PORTRAIT

_LARGE = 1.6


def _words(screen: Any, box: Box) -> Any:
    """The widget that shows what stands in `box`."""
    ids = screen.ids
    near = {"invitation": "title_beside" if screen.landscape else "title"}
    if box.screen in {TouchpointKind.DESK, TouchpointKind.GATE}:
        near["place"] = "next"
    if box.screen is TouchpointKind.BOARD:
        near["hint"] = "notice"
    if box.screen is not TouchpointKind.KIOSK or box.slot in {"invitation", "hint"}:
        return ids[near.get(box.slot, box.slot)]
    if box.slot in {"headline", "detail"}:
        return getattr(ids.band, box.slot)
    if box.slot in {"word", "pickup"}:
        return ids.pickup0.ids["state" if box.slot == "word" else "detail"]
    answer = {"turn": ids.turns.first, "offer": ids.strip.ids.text, "offer_why": ids.strip.ids.why}
    return answer.get(box.slot) or ids["when" if box.slot == "time" else box.slot]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
@pytest.mark.parametrize("box", BOXES, ids=lambda box: f"{box.screen}-{box.slot}")
def test_a_box_is_no_roomier_than_the_screen(open_theatre: Opener, box: Box, size: tuple[int, int]) -> None:
    """Size, weight and lines are the screen's; its width is at least the box's, for the type that it then shows."""
    theatre = open_theatre(Role(box.screen), size)
    step = scenes.go(Lang("fi"), pickups=box.slot != "why", why=True, offered=box.slot.startswith("offer"))
    if box.slot == "place":
        # One that has no room beside the time left, which goes below it then.
        step = msgspec.structs.replace(step, place="Matkatavarasäilytys")
    notice = DeskNotice(step, "", ScanId("desk-scan"), MonotonicMs(1))
    views: dict[TouchpointKind, View] = {
        TouchpointKind.DESK: scenes.desk(notice=notice),
        TouchpointKind.BOARD: scenes.board(),
    }
    if box.slot in {"invitation", "hint"} and box.screen is not TouchpointKind.BOARD:
        views[box.screen] = scenes.attract(scale=_LARGE)
    theatre.show(views.get(box.screen, scenes.answer(step, _LARGE)))
    words = _words(theatre.stage.current, box)
    assert words.weight == box.weight
    # Nobody can ask a board for larger text.
    assert words.cap == box.cap or box.screen is TouchpointKind.BOARD
    assert words.lines == 0 or words.lines >= box.lines
    assert words.px <= box.px
    assert words.width / words.px >= box.width / box.px - 0.01
