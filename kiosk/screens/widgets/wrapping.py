"""How a text is broken into lines, and how large it can be. Pure: the widths come from outside."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_BESIDE_NUMBER = re.compile(r"(?<!,) (?=\d)|(?<=\d) (?=[^\W\d_]{1,3}\b)")
_NO_BREAK = "\u00a0"
Extent = Callable[[str, int], tuple[int, int]]
"""Width and height in pixels of one line of text at a font size; the height is the same for all texts."""

_SHRINK = 0.93


class Room(NamedTuple):
    """What a text may take: `width`, and `height` and `lines` where they are not 0."""

    width: float
    height: float = 0.0
    lines: int = 0


class Setting(NamedTuple):
    """A text as it is set: its font size, its lines, and the pixels they need."""

    size: int
    lines: tuple[str, ...]
    width: int
    height: int


def unbroken(text: str) -> str:
    """`text` with each number held to the unit after it and the word before it, if that ends in no comma: "Gate 7", "120 m"."""
    return _BESIDE_NUMBER.sub(_NO_BREAK, text)


def as_typed(text: str) -> str:
    """`text` with plain spaces, to compare it."""
    return text.replace(_NO_BREAK, " ")


def set_text(text: str, size: int, room: Room, extent: Extent) -> Setting:
    """`text` at the largest size up to `size` at which no word is cut and all of it has room."""
    sizes = _sizes(size)
    setting = _at(text, next(sizes, size), room.width, extent)
    while not _fits(setting, room):
        smaller = next(sizes, None)
        if smaller is None:
            break
        setting = _at(text, smaller, room.width, extent)
    return setting


def _fits(setting: Setting, room: Room) -> bool:
    return (
        setting.width <= room.width
        and (not room.height or setting.height <= room.height)
        and (not room.lines or len(setting.lines) <= room.lines)
    )


def _at(text: str, size: int, width: float, extent: Extent) -> Setting:
    lines = [line for part in text.split("\n") for line in _wrap(part, size, width, extent)]
    across, height = (max((line[1][axis] for line in lines), default=0) for axis in (0, 1))
    return Setting(size, tuple(line for line, _ in lines), across, height * len(lines))


def _wrap(text: str, size: int, width: float, extent: Extent) -> Iterator[tuple[str, tuple[int, int]]]:
    """Lines and their extents, as many words in each as have room; a word that is too long has a line of its own."""
    whole = extent(text, size)
    if whole[0] <= width:
        yield text, whole
        return
    line, reach = "", (0, 0)
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        reaches = extent(longer, size)
        if line and reaches[0] > width:
            yield line, reach
            line, reach = word, extent(word, size)
        else:
            line, reach = longer, reaches
    yield line, reach


def _sizes(largest: int) -> Iterator[int]:
    size = float(largest)
    while size > 1:
        yield round(size)
        size = min(size * _SHRINK, size - 1)
