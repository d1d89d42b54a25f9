"""What the keys of a keyboard stand for, in the layouts that scanners are set up to play. Pure.

Keys are numbered as in linux/input-event-codes.h. Each layout is written row by row from the left, first the plain
characters, then those with Shift; a combining character stands for a dead key. Scanners play the layouts of Windows,
which agree with X11's in all that a code may hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.model.source import Layout

_ACUTE, _GRAVE, _DIAERESIS, _CIRCUMFLEX, _TILDE, _CARON = "\u0301", "\u0300", "\u0308", "\u0302", "\u0303", "\u030c"
SPACING: Mapping[str, str] = {
    _ACUTE: "´",
    _GRAVE: "`",
    _DIAERESIS: "¨",
    _CIRCUMFLEX: "^",
    _TILDE: "~",
    _CARON: "ˇ",
}
"""What a dead key alone stands for."""

_DIGITS = (41, *range(2, 14))
_TOP = tuple(range(16, 28))
_HOME = (*range(30, 41), 43)
_BOTTOM = (86, *range(44, 54))
_SPACE = 57
KEYPAD: Mapping[int, str] = {
    **dict(zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789", strict=True)),
    98: "/",
    55: "*",
    74: "-",
    78: "+",
    117: "=",
}
KEYPAD_POINT = 83


@dataclass(frozen=True)
class KeyMap:
    """What each key gives: alone, with Shift, with AltGr; `point` is the keypad's decimal mark."""

    plain: Mapping[int, str]
    shift: Mapping[int, str]
    altgr: Mapping[int, str]
    point: str = "."


def _rows(*rows: str) -> dict[int, str]:
    keys = (_DIGITS, _TOP, _HOME, _BOTTOM)
    named = {key: char for row, text in zip(keys, rows, strict=True) for key, char in zip(row, text, strict=True)}
    return {**named, _SPACE: " "}


def _key_of(keys: Mapping[int, str], chars: Mapping[str, str]) -> dict[int, str]:
    """`chars` by the plain character on their key."""
    at = {char: key for key, char in keys.items()}
    return {at[plain]: char for plain, char in chars.items()}


_BRACKETS = {"7": "{", "8": "[", "9": "]", "0": "}"}

_US = KeyMap(
    _rows("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "<zxcvbnm,./"),
    _rows("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', ">ZXCVBNM<>?"),
    {},
)
_NORDIC_PLAIN = _rows(f"§1234567890+{_ACUTE}", f"qwertyuiopå{_DIAERESIS}", "asdfghjklöä'", "<zxcvbnm,.-")
_NORDIC = KeyMap(
    _NORDIC_PLAIN,
    _rows(f'½!"#¤%&/()=?{_GRAVE}', f"QWERTYUIOPÅ{_CIRCUMFLEX}", "ASDFGHJKLÖÄ*", ">ZXCVBNM;:_"),
    _key_of(
        _NORDIC_PLAIN,
        {
            **_BRACKETS,
            "2": "@",
            "3": "£",
            "4": "$",
            "5": "€",
            "e": "€",
            "+": "\\",
            _DIAERESIS: _TILDE,
            "<": "|",
            "m": "µ",
        },
    ),
    ",",
)
_ESTONIAN_PLAIN = _rows(f"{_CARON}1234567890+{_ACUTE}", "qwertyuiopüõ", "asdfghjklöä'", "<zxcvbnm,.-")
_ESTONIAN = KeyMap(
    _ESTONIAN_PLAIN,
    _rows(f'{_TILDE}!"#¤%&/()=?{_GRAVE}', "QWERTYUIOPÜÕ", "ASDFGHJKLÖÄ*", ">ZXCVBNM;:_"),
    _key_of(
        _ESTONIAN_PLAIN,
        {**_BRACKETS, "2": "@", "3": "£", "4": "$", "e": "€", "+": "\\", "õ": "§", "s": "š", "z": "ž", "ä": "^"}
        | {"'": "½", "<": "|", _ACUTE: "`", ",": "<", ".": ">", "-": "|"},
    ),
    ",",
)
_GERMAN_PLAIN = _rows(f"{_CIRCUMFLEX}1234567890ß{_ACUTE}", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-")
_GERMAN = KeyMap(
    _GERMAN_PLAIN,
    _rows(f'°!"§$%&/()=?{_GRAVE}', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
    _key_of(
        _GERMAN_PLAIN,
        {**_BRACKETS, "2": "²", "3": "³", "ß": "\\", "q": "@", "e": "€", "+": "~", "<": "|", "m": "µ"},
    ),
    ",",
)
LAYOUTS: Mapping[Layout, KeyMap] = {
    Layout.US: _US,
    Layout.FI: _NORDIC,
    Layout.SE: _NORDIC,
    Layout.ET: _ESTONIAN,
    Layout.DE: _GERMAN,
}
