"""Turns the keys of a scanner that plays a keyboard back into the characters of the code. Pure.

Control characters survive however the scanner sends them: with Ctrl (Ctrl+] is GS), or with Alt and a number on the
keypad (Alt 029 is GS too, Alt 0233 an é).
"""

import unicodedata

from kiosk.model.source import Layout
from kiosk.scanning.layouts import KEYPAD, KEYPAD_POINT, LAYOUTS, SPACING, KeyMap

_RELEASED, _PRESSED = 0, 1
_SPACE = 57
_LEFT_SHIFT, _RIGHT_SHIFT, _LEFT_CTRL, _RIGHT_CTRL, _LEFT_ALT, _ALTGR, _CAPS = 42, 54, 29, 97, 56, 100, 58
_SHIFTS, _CTRLS = frozenset({_LEFT_SHIFT, _RIGHT_SHIFT}), frozenset({_LEFT_CTRL, _RIGHT_CTRL})
_MODIFIERS = _SHIFTS | _CTRLS | {_LEFT_ALT, _ALTGR}
_PLAIN = {28: "\r", 96: "\r", 15: "\t", 1: "\x1b", 14: "\b"}
"""Enter, the keypad's Enter, Tab, Escape, Backspace: the same with any modifier."""
_CONTROLS = {chr(64 + number): chr(number) for number in range(32)}
_MOST_DIGITS = 7
_CODE_PAGE, _OLD_CODE_PAGE = "cp1252", "cp437"


class Keyboard:
    """Follows one keyboard's keys. For one thread."""

    def __init__(self, layout: Layout) -> None:
        self._map: KeyMap = LAYOUTS[layout]
        self._held: set[int] = set()
        self._caps = False
        self._number = ""
        self._dead = ""

    def feed(self, key: int, value: int) -> str:
        """What the key gave: a character, none, or two after a dead key. `value` is 1 pressed, 0 released, 2 repeated."""
        if key in _MODIFIERS:
            return self._modify(key, value)
        if value != _PRESSED:
            return ""
        if key == _CAPS:
            self._caps = not self._caps
            return ""
        return self._after_dead(self._character(key))

    def forget(self) -> None:
        """Begin anew: nothing is held, no number begun, Caps Lock off."""
        self._held.clear()
        self._caps, self._number, self._dead = False, "", ""

    def _modify(self, key: int, value: int) -> str:
        if value != _RELEASED:
            self._held.add(key)
            return ""
        self._held.discard(key)
        number, self._number = (self._number, "") if key == _LEFT_ALT else ("", self._number)
        return self._after_dead(_numbered(number)) if number else ""

    def _character(self, key: int) -> str:
        digit = KEYPAD.get(key, "")
        if _LEFT_ALT in self._held and digit.isdecimal() and not self._held & _CTRLS:
            self._number = (self._number + digit)[:_MOST_DIGITS]
            return ""
        if key in _PLAIN or digit or key == KEYPAD_POINT:
            return _PLAIN.get(key) or digit or self._map.point
        if _ALTGR in self._held or (_LEFT_ALT in self._held and self._held & _CTRLS):
            # AltGr; from a scanner that thinks of Windows also as Ctrl and Alt.
            return self._map.altgr.get(key, " " if key == _SPACE else "")
        return self._control(key) if self._held & _CTRLS else self._printed(self._map, key)

    def _printed(self, keys: KeyMap, key: int) -> str:
        plain, shifted = keys.plain.get(key, ""), keys.shift.get(key, "")
        letter = plain.isalpha() and plain.upper() == shifted and plain != shifted
        up = bool(self._held & _SHIFTS) != (self._caps and letter)
        return shifted if up else plain

    def _control(self, key: int) -> str:
        """By the character on the key in this layout, else by the one on a US keyboard, as most scanners have it."""
        for keys in (self._map, LAYOUTS[Layout.US]):
            control = _CONTROLS.get(self._printed(keys, key).upper())
            if control is not None:
                return control
        return ""

    def _after_dead(self, char: str) -> str:
        dead, self._dead = self._dead, ""
        if not char:
            self._dead = dead
            return ""
        if not dead:
            self._dead = char if char in SPACING else ""
            return "" if self._dead else char
        alone = SPACING[dead]
        if char in {" ", dead}:
            return alone
        if char in SPACING:
            self._dead = char
            return alone
        together = unicodedata.normalize("NFC", char + dead)
        return together if len(together) == 1 and char.isalpha() else alone + char


def _numbered(digits: str) -> str:
    """What Alt and these digits type: with a 0 before them Windows' code page, without the old one of DOS."""
    number = int(digits)
    if number < 0x80:  # noqa: PLR2004 - ASCII
        return chr(number)
    if number > 0xFF:  # noqa: PLR2004 - one byte
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""  # noqa: PLR2004 - Unicode
    return bytes([number]).decode(_CODE_PAGE if digits.startswith("0") else _OLD_CODE_PAGE, "ignore")
