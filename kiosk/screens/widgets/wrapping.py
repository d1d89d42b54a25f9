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
    words = text.split(" ")
    start, each = 0, whole[0] / len(text)
    while start < len(words):
        count, reach = _fitting(words[start:], each, width, lambda part: extent(part, size))
        yield " ".join(words[start : start + count]), reach
        start += count


def _fitting(
    words: list[str], each: float, width: float, reach_of: Callable[[str], tuple[int, int]]
) -> tuple[int, tuple[int, int]]:
    """How many of `words` have room in one line, one at least, and their extent; `each` is about a letter's width.

    It begins with a guess, which is mostly right or one off, because measuring is what takes the time.
    """
    count, length = 1, len(words[0])
    while count < len(words) and (length + 1 + len(words[count])) * each <= width:
        length += 1 + len(words[count])
        count += 1
    reach = reach_of(" ".join(words[:count]))
    while count > 1 and reach[0] > width:
        count -= 1
        reach = reach_of(" ".join(words[:count]))
        if reach[0] <= width:
            return count, reach
    while count < len(words):
        longer = reach_of(" ".join(words[: count + 1]))
        if longer[0] > width:
            break
        count, reach = count + 1, longer
    return count, reach


def _sizes(largest: int) -> Iterator[int]:
    size = float(largest)
    while size > 1:
        yield round(size)
        size = min(size * _SHRINK, size - 1)
