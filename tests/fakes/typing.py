"""A scanner that plays a keyboard: which keys it presses for a text, as its maker's firmware would."""

from collections.abc import Iterator

from kiosk.model.source import Layout
from kiosk.scanning.layouts import LAYOUTS, SPACING

SHIFT, CTRL, ALT, ALTGR, ENTER, SPACE, CAPS = 42, 29, 56, 100, 28, 57, 58
KEYPAD_DIGITS = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)
Stroke = tuple[int, int]


def tap(key: int, *modifiers: int) -> Iterator[Stroke]:
    """One key pressed and released while the modifiers are held."""
    yield from ((modifier, 1) for modifier in modifiers)
    yield from ((key, 1), (key, 0))
    yield from ((modifier, 0) for modifier in reversed(modifiers))


def alt_code(digits: str) -> Iterator[Stroke]:
    """Alt held while a number is typed on the keypad."""
    yield (ALT, 1)
    for digit in digits:
        yield from tap(KEYPAD_DIGITS[int(digit)])
    yield (ALT, 0)


def typed(text: str, layout: Layout = Layout.US) -> list[Stroke]:
    """The keys for a text; control characters with Ctrl as on a US keyboard, what the layout lacks as an Alt code."""
    strokes: list[Stroke] = []
    for char in text:
        strokes += ENTER_TAP if char == "\r" else _one(char, layout)
    return strokes


ENTER_TAP = [*tap(ENTER)]


def _one(char: str, layout: Layout) -> list[Stroke]:
    keys = LAYOUTS[layout]
    dead = next((combining for combining, alone in SPACING.items() if alone == char), "")
    for modifiers, chars in (((), keys.plain), ((SHIFT,), keys.shift), ((ALTGR,), keys.altgr)):
        for key, given in chars.items():
            if given == char:
                return [*tap(key, *modifiers)]
            if given == dead:
                return [*tap(key, *modifiers), *tap(SPACE)]
    if ord(char) < 32:
        plain = {given: key for key, given in LAYOUTS[Layout.US].plain.items()}
        letter = chr(ord(char) + 64).lower()
        if letter in plain:
            return [*tap(plain[letter], CTRL)]
    return [*alt_code(f"0{ord(char)}")]
