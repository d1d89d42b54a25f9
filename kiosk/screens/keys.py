"""What a scanner types. No key reaches Kivy's own shortcuts: Escape would quit, F1 would open its settings."""

from collections.abc import Callable, Sequence
from typing import Any

ENTER = frozenset({13, 271})
TAB = 9
_ASCII = 128
_LETTERS = range(ord("@"), ord("_") + 1)


class Keys:
    """Hands each typed character to `on_key`: text as typed, Enter as a line feed, control characters as such.

    Scanners send the group separator of a GS1 or boarding pass code as Ctrl and a closing bracket.
    """

    def __init__(self, on_key: Callable[[str], None]) -> None:
        self._on_key = on_key

    def bind(self, window: Any) -> None:
        """Listen to a Kivy window."""
        window.bind(on_key_down=self._down, on_textinput=self._text)

    def unbind(self, window: Any) -> None:
        """Listen no more."""
        window.unbind(on_key_down=self._down, on_textinput=self._text)

    def _down(self, _window: object, key: int, _scancode: int, codepoint: str, modifiers: Sequence[str]) -> bool:
        if key in ENTER:
            self._on_key("\n")
        elif key == TAB:
            self._on_key("\t")
        elif "ctrl" in modifiers and key < _ASCII and ord(chr(key).upper()) in _LETTERS:
            self._on_key(chr(key & 0x1F))
        return True

    def _text(self, _window: object, text: str) -> None:
        self._on_key(text)
