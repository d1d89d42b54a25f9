"""Colours can be told apart in bad light: WCAG contrast, computed for the theme and measured on the glass."""

import numpy as np
import pytest

from kiosk.config import Role
from kiosk.model.step import Tone
from kiosk.model.view import View
from kiosk.screens import theme
from kiosk.screens.widgets.action import STYLES
from kiosk.screens.widgets.words import Icon
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import Pixels, Theatre

_AFAR, _NEAR = 7.0, 4.5


def _luminance(rgb: tuple[int, ...]) -> float:
    parts = [value / 255 for value in rgb[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The WCAG contrast ratio of two colours."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


@pytest.mark.parametrize("tone", list(Tone))
def test_tones_are_read_from_afar(tone: Tone) -> None:
    """The words on a band, and the words in the tone's colour on a card."""
    colours = theme.TONES[tone]
    assert contrast(_rgb(colours.ink), _rgb(colours.ground)) >= _AFAR
    assert contrast(_rgb(colours.on_white), _rgb(theme.CARD)) >= _AFAR


def test_inks_are_read_on_their_grounds() -> None:
    """Ink, muted ink and urgent ink, by day and by night."""
    for ink in (theme.INK, theme.MUTED, theme.URGENT):
        for ground in (theme.GROUND, theme.CARD):
            assert contrast(_rgb(ink), _rgb(ground)) >= _AFAR, (ink, ground)
    for ink in (theme.NIGHT_INK, theme.NIGHT_MUTED, theme.NIGHT_URGENT, theme.NIGHT_OFF):
        for ground in (theme.NIGHT, theme.NIGHT_CARD):
            assert contrast(_rgb(ink), _rgb(ground)) >= _AFAR, (ink, ground)
    for ground in (theme.FLOOR, theme.ROOM):
        assert contrast(_rgb(theme.MUTED), _rgb(ground)) >= _NEAR, ground


def test_way_is_seen_on_the_map() -> None:
    """The line and the pin, on floor and rooms: 3:1 for what is no text (WCAG 1.4.11)."""
    for mark in (theme.BLUE, theme.PIN):
        for ground in (theme.FLOOR, theme.ROOM):
            assert contrast(_rgb(mark), _rgb(ground)) >= 3, (mark, ground)


def test_buttons_are_read_also_while_pressed() -> None:
    """Each style, up and down."""
    for name, style in STYLES.items():
        for ground in (style.fill or theme.GROUND, style.pressed):
            assert contrast(_rgb(style.ink), _rgb(ground)) >= _NEAR, name


@pytest.mark.parametrize("role", list(Role))
def test_every_text_on_the_glass_has_contrast(open_theatre: Opener, role: Role) -> None:
    """Measured: the darkest and the lightest pixel in the room of each text."""
    theatre = open_theatre(role, (1920, 1080) if role is Role.DESK else (1080, 1920))
    shown: dict[Role, list[View]] = {
        Role.KIOSK: [scenes.attract(), scenes.answer(scenes.go(pickups=True, why=True)), scenes.answer(scenes.stop())],
        Role.GATE: [scenes.attract(), scenes.answer(scenes.go()), scenes.answer(scenes.stop(tone=Tone.WAIT))],
        Role.BOARD: [scenes.board()],
        Role.DESK: [scenes.desk(notice=scenes.handed_over(), waiting=2)],
    }
    for view in shown[role]:
        theatre.show(view)
        assert _weak(theatre, theatre.pixels()) == []


def _weak(theatre: Theatre, pixels: Pixels) -> list[str]:
    wrong = []
    for words in theatre.words():
        if isinstance(words, Icon) or not words.text:
            continue
        top, left = int(theatre.stage.height - words.top), int(words.x)
        patch = pixels[max(0, top) : top + int(words.height), left : left + int(words.width)].reshape(-1, 3)
        order = patch.astype(np.int32) @ np.array([2126, 7152, 722])
        measured = contrast(tuple(patch[order.argmax()]), tuple(patch[order.argmin()]))
        if measured < _NEAR:
            wrong.append(f"{words.text!r}: {measured:.1f}")
    return wrong
