"""The window itself: it rests when nothing changes, hears scanners, obeys pilots, takes pictures, shows samples."""

import json
from pathlib import Path

import numpy as np
import pytest
from kivy.core.window import Window
from PIL import Image

from kiosk.config import DemoConfig, Role
from kiosk.model.command import CallHelp
from kiosk.model.ids import ScanId
from kiosk.model.view import View
from kiosk.screens.pilot import type_text
from kiosk.screens.theme import FONTS, ICONS
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import ASSETS

_ESCAPE, _F1, _TAB, _CTRL = 27, 282, 9, 305


def test_first_picture_is_calm(open_theatre: Opener) -> None:
    """Before any view there is a name and nothing else."""
    theatre = open_theatre(Role.KIOSK)
    theatre.picture("first-frame")
    assert theatre.texts() == ["Opas"]


@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_drawn_while_nothing_changes(open_theatre: Opener, role: Role) -> None:
    """A resting screen costs no drawing at all."""
    theatre = open_theatre(role)
    views: dict[Role, View] = {Role.BOARD: scenes.board(), Role.DESK: scenes.desk()}
    view = views.get(role, scenes.attract())
    theatre.show(view)
    assert theatre.idle(40) == 0


def test_a_still_camera_picture_is_not_drawn_again(open_theatre: Opener) -> None:
    """While nobody moves before the camera, the preview rests too."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.attract())
    frame = np.random.default_rng(1).integers(0, 255, (720, 1280, 3), np.uint8)
    theatre.app.post_preview(frame)
    theatre.settle()
    drawn = 0
    for _ in range(15):
        theatre.app.post_preview(frame)
        drawn += theatre.idle(1)
    assert drawn <= 1


def test_camera_picture_is_shown_mirrored_behind_the_aim(open_theatre: Opener) -> None:
    """Left is right, as in a mirror; gray frames are shown as well as coloured ones."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.attract())
    frame = np.zeros((720, 1280, 3), np.uint8)
    frame[:, 640:] = (0, 0, 250)
    frame[:360, :, 1] = 90
    theatre.app.post_preview(frame)
    theatre.settle()
    pixels = theatre.picture("kiosk-preview")
    screen = theatre.stage.current
    assert screen is not None
    preview = screen.ids.preview
    middle, left, right = int(theatre.stage.height - preview.center_y), int(preview.x) + 60, int(preview.right) - 60
    assert tuple(pixels[middle - 200, left]) == (250, 90, 0)
    assert tuple(pixels[middle + 200, left]) == (250, 0, 0)
    assert tuple(pixels[middle - 200, right]) == (0, 90, 0)
    assert tuple(pixels[middle + 200, right]) == (0, 0, 0)
    # Nor does the sign that stood for the picture stand before it.
    assert all(tuple(pixels[middle - up, int(preview.center_x) - 40]) == (250, 90, 0) for up in (20, 30, 40))


def test_scanner_types_into_no_field(open_theatre: Opener) -> None:
    """What a wedge scanner types arrives character by character, its Enter as a line feed."""
    theatre = open_theatre(Role.KIOSK)
    type_text("OP1:Ä7+")
    assert theatre.typed == "OP1:Ä7+\n"


def test_scanner_can_send_control_characters(open_theatre: Opener) -> None:
    """A group separator comes as Ctrl and a bracket, a tab as itself."""
    theatre = open_theatre(Role.KIOSK)
    Window.dispatch("on_key_down", _CTRL, 224, "ı", ["ctrl"])
    Window.dispatch("on_key_down", ord("]"), 48, "]", ["ctrl"])
    Window.dispatch("on_key_down", _TAB, 43, "\t", [])
    assert theatre.typed == "\x1d\t"


@pytest.mark.parametrize("key", [_ESCAPE, _F1])
def test_no_key_reaches_kivy_s_shortcuts(open_theatre: Opener, key: int) -> None:
    """Escape would quit and F1 would open settings; a code may hold either."""
    open_theatre(Role.KIOSK)
    assert Window.dispatch("on_key_down", key, 0, "", []) is True


def test_pilot_follows_a_file_that_grows(open_theatre: Opener, tmp_path: Path) -> None:
    """It waits for a screen, taps by key and by words, and types, line after line."""
    script = tmp_path / "pilot.txt"
    script.write_text("wait answer\ntap help\nkey OP1:", encoding="utf-8")
    theatre = open_theatre(Role.KIOSK, demo=DemoConfig(pilot=str(script)))
    theatre.show(scenes.answer(scenes.go()))
    theatre.until(lambda: theatre.sent == [CallHelp()])
    assert theatre.typed == ""
    with script.open("a", encoding="utf-8") as file:
        file.write("A7\ntap Call for help\n")
    theatre.until(lambda: len(theatre.sent) == 2)
    assert theatre.typed == "OP1:A7\n"
    assert theatre.sent[1] == CallHelp()


def test_each_screen_shown_is_saved_once(open_theatre: Opener, tmp_path: Path) -> None:
    """A picture and a line for each changed view, none for a second that ticks by."""
    folder = tmp_path / "shots"
    theatre = open_theatre(Role.KIOSK, demo=DemoConfig(shots=str(folder)))
    theatre.show(scenes.attract())
    theatre.show(scenes.answer(scenes.go(), scan="s1"))
    theatre.clock.advance(1000)
    theatre.until(lambda: any("19 s" in text for text in theatre.texts()))
    theatre.close()
    lines = [json.loads(line) for line in (folder / "shots.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["file"], line["screen"], line["scan"]) for line in lines] == [
        ("0001-attract.png", "attract", None),
        ("0002-answer.png", "answer", ScanId("s1")),
    ]
    assert len({line["view"] for line in lines}) == 2
    with Image.open(folder / "0002-answer.png") as picture:
        assert picture.getpixel((4, 4)) == (6, 95, 56)


def test_sample_code_is_held_by_a_tap(open_theatre: Opener, tmp_path: Path) -> None:
    """The demo's strip stands beside the kiosk, which keeps its shape."""
    folder = tmp_path / "codes"
    folder.mkdir()
    for name in ("anna-ticket", "mikko-card"):
        Image.new("RGB", (200, 200), "black").save(folder / f"{name}.png")
    theatre = open_theatre(Role.KIOSK, (1400, 1920), DemoConfig(strip=str(folder)))
    theatre.show(scenes.attract())
    theatre.picture("kiosk-strip")
    theatre.tap("mikko-card")
    assert theatre.held == [folder / "mikko-card.png"]
    assert theatre.sent == []
    screen = theatre.stage.current
    assert screen is not None
    assert screen.right <= theatre.stage.width * 0.79


def test_fonts_hold_every_letter_that_is_needed() -> None:
    """fi sv et lv lt pl ru el, signs, and every icon that is named."""
    from PIL import ImageFont

    letters = "åäöõüšžÅÄÖÕÜŠŽāčēģīķļņūąęėįųćłńóśźżбгджзиклпфцчшщыьэюяёαβγδεζηθλξπσφψωάέήίόύώ✓→⚠·…–×€"
    for name, path in FONTS.items():
        font = ImageFont.truetype(str(ASSETS / path), 40)
        missing = _ink(font, "\uffff")
        needed = "".join(ICONS.values()) if name == "icons" else letters
        assert [letter for letter in needed if _ink(font, letter) == missing] == [], name


def _ink(font: "ImageFont.FreeTypeFont", letter: str) -> bytes:  # type: ignore[name-defined]  # noqa: F821
    return bytes(font.getmask(letter))
