"""The keys of a scanner that plays a keyboard become the characters of the code again."""

import ctypes
import ctypes.util
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.source import Layout
from kiosk.scanning.keyboard import Keyboard
from kiosk.scanning.layouts import LAYOUTS
from tests.fakes.typing import ALT, ALTGR, CAPS, CTRL, ENTER, SHIFT, SPACE, Stroke, alt_code, tap, typed

ASCII = "".join(map(chr, range(32, 127)))
A, Z, ONE, BRACKET, GRAVE_KEY, EQUAL, RIGHT_BRACE = 30, 44, 2, 27, 41, 13, 27


def played(strokes: Iterable[Stroke], layout: Layout = Layout.US) -> str:
    keyboard = Keyboard(layout)
    return "".join(keyboard.feed(key, value) for key, value in strokes)


@pytest.mark.parametrize("layout", list(Layout))
def test_every_printable_ascii_character_is_on_every_layout(layout: Layout) -> None:
    assert played(typed(ASCII, layout), layout) == ASCII


@pytest.mark.parametrize(
    ("layout", "text"),
    [(Layout.FI, "åäöÅÄÖ§½€£¤"), (Layout.SE, "åäöÅÄÖ§½€"), (Layout.ET, "õäöüÕÄÖÜšž€"), (Layout.DE, "äöüÄÖÜß§°²³€µ")],
)
def test_letters_of_a_language_are_on_its_layout(layout: Layout, text: str) -> None:
    assert played(typed(text, layout), layout) == text


def test_german_and_american_differ_where_people_notice_it() -> None:
    assert played(typed("yz-/", Layout.US), Layout.DE) == "zyß-"


@pytest.mark.parametrize("layout", list(Layout))
def test_group_separators_survive_however_they_are_sent(layout: Layout) -> None:
    """Ctrl+] at its American place, Alt and a number on the keypad, with and without a leading 0."""
    for strokes in (tap(RIGHT_BRACE, CTRL), alt_code("029"), alt_code("29"), alt_code("0029")):
        assert played(strokes, layout) == "\x1d"


def test_every_control_character_survives() -> None:
    controls = "".join(map(chr, range(1, 32)))
    assert played(typed(controls)) == controls


def test_ctrl_follows_the_layout_where_the_layout_has_the_character() -> None:
    """On a German keyboard Ctrl+Z lies where an American has its Y."""
    german_z = 21
    assert played(tap(german_z, CTRL), Layout.DE) == "\x1a"
    assert played(tap(german_z, CTRL), Layout.US) == "\x19"


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ("0233", "é"),
        ("130", "é"),
        ("0128", "€"),
        ("65", "A"),
        ("8364", "€"),
        ("0129", ""),
        ("55296", ""),
        ("9999999", ""),
    ],
)
def test_alt_and_a_number_follow_the_code_pages(digits: str, text: str) -> None:
    assert played(alt_code(digits)) == text


def test_alt_alone_types_nothing_and_an_endless_number_is_bounded() -> None:
    assert played([(ALT, 1), (ALT, 0), *tap(A)]) == "a"
    assert played([*alt_code("9" * 500), *tap(A)]) == "a"


def test_altgr_may_be_sent_as_ctrl_and_alt() -> None:
    seven = 8
    assert played(tap(seven, ALTGR), Layout.FI) == "{"
    assert played(tap(seven, CTRL, ALT), Layout.FI) == "{"
    assert played([*tap(SPACE, ALTGR), *tap(A, ALTGR)], Layout.FI) == " "


def test_the_keypad_gives_digits_signs_and_enter() -> None:
    keys = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 98, 55, 74, 78, 83, 96)
    assert played([stroke for key in keys for stroke in tap(key)]) == "0123456789/*-+.\r"
    assert played(tap(83), Layout.FI) == ","


def test_caps_lock_turns_letters_and_nothing_else() -> None:
    strokes = [*tap(CAPS), *tap(A), *tap(A, SHIFT), *tap(ONE), *tap(ONE, SHIFT), *tap(CAPS), *tap(A)]
    assert played(strokes) == "Aa1!a"
    assert played([*tap(CAPS), *tap(40)], Layout.FI) == "Ä"


def test_dead_keys_wait_for_what_they_go_with() -> None:
    acute = tap(EQUAL)
    assert played([*acute, *tap(18)], Layout.DE) == "é"
    assert played([*tap(EQUAL), *tap(SPACE)], Layout.DE) == "´"
    assert played([*tap(EQUAL), *tap(EQUAL)], Layout.DE) == "´"
    assert played([*tap(GRAVE_KEY), *tap(ONE)], Layout.DE) == "^1"
    assert played([*tap(GRAVE_KEY), *tap(EQUAL), *tap(18)], Layout.DE) == "^é"
    assert played([*tap(GRAVE_KEY), *tap(ENTER)], Layout.DE) == "^\r"


def test_a_key_that_is_held_types_once() -> None:
    assert played([(A, 1), (A, 2), (A, 2), (A, 0), (ENTER, 1)]) == "a\r"


def test_unknown_keys_type_nothing() -> None:
    assert played([*tap(700), *tap(125), *tap(113)]) == ""


def test_what_is_forgotten_is_not_held_any_more() -> None:
    keyboard = Keyboard(Layout.DE)
    for key, value in [(SHIFT, 1), *tap(CAPS), *tap(GRAVE_KEY)]:
        keyboard.feed(key, value)
    keyboard.forget()
    assert keyboard.feed(A, 1) == "a"


@given(st.lists(st.tuples(st.integers(0, 767), st.integers(0, 2)), max_size=60), st.sampled_from(Layout))
def test_any_keys_give_text_and_never_an_error(strokes: list[Stroke], layout: Layout) -> None:
    played(strokes, layout).encode("utf-8")


_XKB = ctypes.util.find_library("xkbcommon")
_NAMES = {
    Layout.US: (b"us", b""),
    Layout.FI: (b"fi", b"classic"),
    Layout.SE: (b"se", b""),
    Layout.ET: (b"ee", b""),
    Layout.DE: (b"de", b""),
}


class _Rules(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options"))


@pytest.mark.skipif(_XKB is None, reason="libxkbcommon, the desktop's own tables to compare with, is not installed")
@pytest.mark.parametrize("layout", list(Layout))
def test_the_layouts_agree_with_the_desktops_own(layout: Layout) -> None:
    """Each plain and shifted key, and what we say of AltGr; dead keys have no character there."""
    keymap, library = _xkb_keymap(layout)
    ours = LAYOUTS[layout]
    differing = [
        (key, level, char)
        for level, chars in enumerate((ours.plain, ours.shift, ours.altgr))
        for key, char in chars.items()
        if key != SPACE and (theirs := _xkb_character(library, keymap, key, level)) and theirs != char
    ]
    assert differing == []


def _xkb_keymap(layout: Layout) -> tuple[ctypes.c_void_p, ctypes.CDLL]:
    library = ctypes.CDLL(_XKB)
    library.xkb_context_new.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Rules), ctypes.c_int]
    name, variant = _NAMES[layout]
    rules = _Rules(b"evdev", b"pc105", name, variant, None)
    keymap = library.xkb_keymap_new_from_names(library.xkb_context_new(0), ctypes.byref(rules), 0)
    if not keymap:
        pytest.skip("the desktop's tables (xkb-data) are not installed")
    return ctypes.c_void_p(keymap), library


def _xkb_character(library: ctypes.CDLL, keymap: ctypes.c_void_p, key: int, level: int) -> str:
    symbols = ctypes.POINTER(ctypes.c_uint32)()
    count = library.xkb_keymap_key_get_syms_by_level(keymap, key + 8, 0, level, ctypes.byref(symbols))
    number = library.xkb_keysym_to_utf32(symbols[0]) if count > 0 else 0
    return chr(number) if number else ""
