"""Whether every text of a pack has room on its screen.

A text fits when it can be set within its lines at no less than the part of its size that the screens let it shrink to.
The boxes are those of the narrowest way up; a test of the screens holds them against the real layout.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from babel.dates import format_date

from deploy.release.setting import GATE, Box, complaint
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
from kiosk.model.ids import Lang, PlaceId
from kiosk.model.pack import Pack, TouchpointKind

_KIOSK, _GATE, _BOARD, _DESK = TouchpointKind.KIOSK, TouchpointKind.GATE, TouchpointKind.BOARD, TouchpointKind.DESK
_IN_ONE = frozenset({_GATE, _DESK})
BOXES = (
    Box(_KIOSK, "headline", "bold", 92, 1.2, 670, 3),
    Box(_KIOSK, "detail", "regular", 48, 1.4, 670, 4),
    Box(_KIOSK, "lead", "regular", 42, 1.6, 814, 2),
    Box(_KIOSK, "time", "regular", 42, 1.6, 814, 1),
    Box(_KIOSK, "place", "bold", 120, 1.2, 894, 2, 0.5, held=True),
    Box(_KIOSK, "why", "regular", 34, 1.6, 746, 6, 0.85),
    Box(_KIOSK, "way", "regular", 38, 1.6, 723, 3),
    Box(_KIOSK, "turn", "semibold", 44, 1.6, 723, 3),
    Box(_KIOSK, "offer", "semibold", 38, 1.4, 520, 3, 0.7),
    Box(_KIOSK, "offer_why", "regular", 32, 1.4, 520, 3, 0.75),
    Box(_KIOSK, "word", "semibold", 42, 1.6, 582, 2),
    Box(_KIOSK, "pickup", "regular", 36, 1.6, 646, 2, 0.8),
    Box(_GATE, "headline", "bold", 190, 1.0, 940, 3, 0.5),
    Box(_GATE, "detail", "regular", 72, 1.6, 940, 4),
    Box(_GATE, "place", "semibold", 84, 1.6, 940, 3, held=True),
    Box(_KIOSK, "invitation", "bold", 84, 1.2, 810, 3),
    Box(_GATE, "invitation", "bold", 84, 1.2, 810, 3),
    Box(_KIOSK, "hint", "regular", 48, 1.6, 670, 4),
    Box(_GATE, "hint", "regular", 48, 1.6, 670, 4),
    Box(_BOARD, "hint", "semibold", 44, 1.0, 890, 2),
    Box(_BOARD, "title", "bold", 68, 1.0, 700, 2),
    # Staff read the desk from near, and nobody can ask it for larger text.
    Box(_DESK, "title", "bold", 50, 1.0, 560, 1),
    Box(_DESK, "headline", "bold", 46, 1.0, 368, 3),
    Box(_DESK, "detail", "regular", 32, 1.0, 480, 6),
    Box(_DESK, "place", "semibold", 32, 1.0, 480, 3, held=True),
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
        yield from _step_flaws(pack, lang, values)


def _step_flaws(pack: Pack, lang: Lang, values: Mapping[str, str]) -> Iterator[Flaw]:
    """Gates and desks say lead and place in one breath: "Board at Gate 7"."""
    texts = pack.messages[lang]
    names = {place.id: texts[place.name] for place in pack.places if place.name}
    kinds = {touchpoint.kind for touchpoint in pack.touchpoints}
    for row in (row for row in pack.rows if row.lead and row.place):
        place = names.get(PlaceId(row.place), values["place"])
        for box in BOXES:
            if box.slot == "place" and box.screen in _IN_ONE and box.screen in kinds.intersection(row.at or kinds):
                yield from _misfit(box, lang, row.lead, f"{_filled(texts[row.lead], values)} {place}")


_Slot = tuple[TouchpointKind | None, str, str]


def _slots(pack: Pack) -> Iterator[_Slot]:
    """On which screen, where on it, which text is shown."""
    for row in pack.rows:
        for kind in row.at or (None,):
            yield from ((kind, part, f"{row.message}.{part}") for part in ("headline", "detail", "why"))
            yield from ((kind, slot, key) for slot, key in (("lead", row.lead), ("time", row.time)) if key)
    yield from ((None, part, f"{pack.last_resort.message}.{part}") for part in ("headline", "detail", "why"))
    yield from ((None, "place", place.name) for place in pack.places if place.name)
    names = {place.id: place.name for place in pack.places if place.name}
    for touchpoint in pack.touchpoints:
        yield touchpoint.kind, "invitation", touchpoint.title
        yield touchpoint.kind, "hint", touchpoint.hint
        yield touchpoint.kind, "title", names.get(touchpoint.place, "")
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
    what = complaint(text, lang, box)
    if what:
        yield Flaw("messages", key, what, f"Say it in {box.lines} short lines, with shorter words.", GATE)
