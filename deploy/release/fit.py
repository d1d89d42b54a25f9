"""Whether every text has room on its screen, measured with the screens' own fonts at 100, 150 and 200 % of text.

A text fits when it can be set within its lines at no less than the part of its size that the screens let it shrink to.
The boxes are those of the narrowest way up; a test of the screens holds them against the real layout.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from PIL import ImageFont

from kiosk.guidance.effective import edges, pack_at
from kiosk.guidance.references import Flaw
from kiosk.guidance.texts import (
    OFFER_TEXT,
    WAY_LIFT,
    WAY_NONE,
    WAY_NONE_HEADLINE,
    WAY_NONE_STEP_FREE,
    WAY_STAIRS,
    WAY_WALK,
    offer_keys,
    required_texts,
)
from kiosk.guidance.words import FORM_MARK, PLACEHOLDER
from kiosk.model.ids import Lang
from kiosk.model.pack import Pack, TouchpointKind

GATE = "fit"
SCALES = (1.0, 1.5, 2.0)
_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_FILES = {"regular": "Inter-Medium.otf", "semibold": "Inter-SemiBold.otf", "bold": "Inter-Bold.otf"}
_SHRINK = 0.93
_BESIDE_NUMBER = re.compile(r"(?<!,) (?=\d)|(?<=\d) (?=[^\W\d_]{1,3}\b)")


@dataclass(frozen=True, slots=True)
class Box:
    """Where a text stands, in design pixels: its font, its size, how much that grows at most, its width and lines."""

    screen: TouchpointKind
    slot: str
    weight: str
    px: float
    cap: float
    width: int
    lines: int
    smallest: float = 0.6


_KIOSK, _GATE, _BOARD, _DESK = TouchpointKind.KIOSK, TouchpointKind.GATE, TouchpointKind.BOARD, TouchpointKind.DESK
BOXES = (
    Box(_KIOSK, "headline", "bold", 92, 1.2, 670, 3),
    Box(_KIOSK, "detail", "regular", 48, 1.4, 670, 4),
    Box(_KIOSK, "lead", "regular", 42, 1.6, 814, 2),
    Box(_KIOSK, "time", "regular", 42, 1.6, 814, 1),
    Box(_KIOSK, "place", "bold", 120, 1.2, 894, 2, 0.5),
    Box(_KIOSK, "why", "regular", 34, 1.6, 746, 6, 0.85),
    Box(_KIOSK, "way", "regular", 38, 1.6, 723, 3),
    Box(_KIOSK, "turn", "semibold", 44, 1.6, 723, 3),
    Box(_KIOSK, "offer", "semibold", 38, 1.4, 520, 3, 0.7),
    Box(_KIOSK, "offer_why", "regular", 32, 1.4, 520, 3, 0.75),
    Box(_KIOSK, "word", "semibold", 42, 1.6, 582, 2),
    Box(_KIOSK, "pickup", "regular", 36, 1.6, 646, 2, 0.8),
    Box(_GATE, "headline", "bold", 190, 1.0, 940, 3, 0.5),
    Box(_GATE, "detail", "regular", 72, 1.6, 940, 4),
    Box(_GATE, "place", "semibold", 84, 1.6, 940, 3),
    Box(_BOARD, "hint", "semibold", 44, 1.0, 890, 2),
    # Staff read the desk from near, and nobody can ask it for larger text.
    Box(_DESK, "title", "bold", 50, 1.0, 560, 1),
    Box(_DESK, "headline", "bold", 46, 1.0, 368, 3),
    Box(_DESK, "detail", "regular", 32, 1.0, 480, 6),
    Box(_DESK, "place", "semibold", 32, 1.0, 480, 3),
)
_LONGEST = {
    "name": "Kerttu-Liisa V.",
    "vessel": "MS Saariston Aallotar",
    "destination": "Maarianhamina",
    "number": "A110",
    "numbers": "A110, A111",
    "count": "12",
    "time": "23:58",
    "minutes": "120",
    "metres": "1250",
    "lane": "12B",
    "ahead": "12",
    "lines": "2 × Kahvi, Ruisleipä",
}
"""The longest that stands for a placeholder in good use; longer ones shrink on the screen."""


def fit_flaws(pack: Pack) -> Iterator[Flaw]:
    """Texts without room, at any moment of the pack."""
    for moment in (None, *edges(pack)):
        yield from _flaws(pack if moment is None else pack_at(pack, moment))


def _flaws(pack: Pack) -> Iterator[Flaw]:
    kinds = {touchpoint.kind for touchpoint in pack.touchpoints}
    slots = list(_slots(pack))
    for lang, texts in pack.messages.items():
        values = _values(pack, lang)
        for kind, slot, key in slots:
            boxes = [box for box in BOXES if box.slot == slot and box.screen in kinds and kind in {None, box.screen}]
            for form, text in _forms(texts, key):
                said = _filled(text, values)
                for box in boxes:
                    yield from _misfit(box, lang, form, said)


_Slot = tuple[TouchpointKind | None, str, str]


def _slots(pack: Pack) -> Iterator[_Slot]:
    """On which screen, where on it, which text is shown."""
    for row in pack.rows:
        for kind in row.at or (None,):
            yield from ((kind, part, f"{row.message}.{part}") for part in ("headline", "detail", "why"))
            yield from ((kind, slot, key) for slot, key in (("lead", row.lead), ("time", row.time)) if key)
    yield from ((None, part, f"{pack.last_resort.message}.{part}") for part in ("headline", "detail", "why"))
    yield from ((None, "place", place.name) for place in pack.places if place.name)
    yield from ((_BOARD, "hint", touchpoint.hint) for touchpoint in pack.touchpoints if touchpoint.kind is _BOARD)
    desks = {touchpoint.place for touchpoint in pack.touchpoints if touchpoint.kind is _DESK}
    yield from ((_DESK, "title", place.name) for place in pack.places if place.id in desks and place.name)
    yield from ((None, "way", key) for key in (WAY_WALK, WAY_STAIRS, WAY_LIFT))
    yield from ((None, "turn", need.key) for need in required_texts(pack) if need.key.startswith("turn."))
    yield None, "headline", WAY_NONE_HEADLINE
    yield from ((None, "detail", key) for key in (WAY_NONE, WAY_NONE_STEP_FREE))
    yield from ((None, "detail", place.message) for place in pack.unreachable)
    for offer in pack.offers:
        for key in offer_keys(offer):
            yield None, "offer" if key.endswith(OFFER_TEXT) else "offer_why", key
    for line in pack.pickup_rows:
        yield from ((None, "word", line.word), (None, "pickup", line.detail))


def _forms(texts: Mapping[str, str], key: str) -> Iterator[tuple[str, str]]:
    yield from ((name, text) for name, text in texts.items() if name.partition(FORM_MARK)[0] == key)


def _values(pack: Pack, lang: Lang) -> dict[str, str]:
    texts = pack.messages[lang]
    names = [place.name for place in pack.places if place.name]
    place = max((texts[name] for name in names), key=len)
    to_place = max((texts[f"{name}.to"] for name in names), key=len)
    levels = max((texts[f"{level.name}.to"] for level in pack.levels), key=len, default="")
    return {
        **_LONGEST,
        "date": _longest_date(lang),
        "site": texts[pack.name],
        **dict.fromkeys(("place", "gate", "old_gate", "order_place"), place),
        **dict.fromkeys(("to_place", "to_gate", "to_order_place"), to_place),
        "to_level": levels,
        "signs": max((texts[sign] for sign in _signs(pack)), key=len, default=""),
    }


def _signs(pack: Pack) -> Iterator[str]:
    for pathway in pack.pathways:
        yield from (sign for sign in (pathway.signs, pathway.signs_back) if sign)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


@cache
def _longest_date(lang: Lang) -> str:
    days = (date(2026, month, day) for month in range(1, 13) for day in range(20, 27))
    return max((format_date(day, "EEEE d MMMM", locale=lang) for day in days), key=len)


def _misfit(box: Box, lang: Lang, key: str, text: str) -> Iterator[Flaw]:
    for scale in SCALES:
        size = round(box.px * min(scale, box.cap))
        if not fits(text, box, size):
            what = f'At {scale:.0%} text "{text}" ({lang}) has no room on the {box.screen} ({box.slot}).'
            yield Flaw("messages", key, what, f"Say it in {box.lines} short lines, with shorter words.", GATE)
            return


@cache
def fits(text: str, box: Box, size: int) -> bool:
    """Whether `text` can be set in `box` at no less than `smallest` of `size`."""
    now = float(size)
    text = _BESIDE_NUMBER.sub("\u00a0", text) if box.slot == "place" else text
    while now >= size * box.smallest:
        if _set_at(text, box, round(now)):
            return True
        now = min(now * _SHRINK, now - 1)
    return _set_at(text, box, round(size * box.smallest))


def _set_at(text: str, box: Box, size: int) -> bool:
    font = _font(box.weight, size)
    lines, line = 1, ""
    for word in text.split(" "):
        if font.getlength(word) > box.width:
            return False
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > box.width:
            lines, line = lines + 1, word
        else:
            line = longer
    return lines <= box.lines


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / _FILES[weight]), size)
