"""Which texts a pack needs, and which placeholders each may use."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from kiosk.guidance.turns import CLIMBS
from kiosk.guidance.words import OTHER, PLACEHOLDER, Template, plural_forms, templates
from kiosk.model.ids import Lang
from kiosk.model.pack import Offer, Pack, Row
from kiosk.model.step import TurnKind

PARTS = ("headline", "detail", "why", "speech")
"""The texts that a row's message can have; the headline must exist."""
TO = ".to"
"""Ends the key that says "to this place" within a sentence."""
WAY_WALK, WAY_STAIRS, WAY_LIFT = "way.walk", "way.stairs", "way.lift"
WAY_SPOKEN = "way.spoken"
WAYS = (WAY_WALK, WAY_STAIRS, WAY_LIFT, WAY_SPOKEN)
WAY_NONE, WAY_NONE_STEP_FREE = "way.none", "way.none.step_free"
"""What is said when no way is open to where somebody should go: to everybody, or to who needs a step-free one."""
WAY_NONE_HEADLINE = "way.none.headline"
"""What is said above it in place of "all is well"."""
_SIDES = (TurnKind.START, TurnKind.AHEAD, TurnKind.LEFT, TurnKind.RIGHT, TurnKind.BACK)
OFFER_TEXT, OFFER_WHY, OFFER_WHY_INFERRED = ".text", ".why", ".why_inferred"

_MOMENT = frozenset({"time", "date", "minutes"})
_GENERAL = frozenset(
    {
        *("name", "gate", "to_gate", "order_place", "to_order_place", "number", "numbers", "count"),
        *("lines", "vessel", "destination", "site", "old_gate", "lane", "ahead"),
    }
)
_PLACE = frozenset({"place", "to_place"})
_PICKUP = frozenset({"number", "lines", "order_place", "to_order_place", "time", "date", "minutes", "site"})
_OFFER = frozenset({"site"})
_TEXT_CHARACTERS = 400


class Need(msgspec.Struct, frozen=True):
    """A text that something in the pack uses. An optional one may be missing, but in all languages at once."""

    table: str
    user: str
    key: str
    allowed: frozenset[str] = frozenset()
    optional: bool = False


def turn_key(kind: TurnKind, *, signs: bool, goal: bool) -> str:
    """The text of one turn: a stretch that ends at the goal, one along signs or a plain one; a climb has but one."""
    if kind not in _SIDES:
        return f"turn.{kind}"
    return f"turn.{kind}{'.goal' if goal else '.signs' if signs else ''}"


def offer_keys(offer: Offer) -> tuple[str, ...]:
    """The texts of an offer; what is only thought of somebody is told with a text of its own."""
    whys = (OFFER_WHY, OFFER_WHY_INFERRED) if offer.topic else (OFFER_WHY,)
    return tuple(f"{offer.message}{part}" for part in (OFFER_TEXT, *whys))


def row_keys(row: Row) -> tuple[str, ...]:
    """All texts that a row says, whether they exist or not."""
    return (*(f"{row.message}.{part}" for part in PARTS), row.lead, row.time)


def required_texts(pack: Pack) -> Iterator[Need]:
    """Every text that the pack's parts use."""
    yield Need("pack", "name", pack.name)
    for touchpoint in pack.touchpoints:
        yield Need("touchpoints", touchpoint.id, touchpoint.title, frozenset({"site"}))
        yield Need("touchpoints", touchpoint.id, touchpoint.hint, frozenset({"site"}))
    for row in pack.rows:
        yield from _row_texts(row)
    for line in pack.pickup_rows:
        yield Need("pickups", line.id, line.word)
        yield Need("pickups", line.id, line.detail, _PICKUP)
    yield from _answer_texts("pack", "last_resort", pack.last_resort.message, frozenset({"place"}))
    yield Need("pack", "last_resort", pack.last_resort.lead, frozenset({"place"}), optional=not pack.last_resort.lead)
    yield from _floor_texts(pack)
    for offer in pack.offers:
        allowed = _OFFER | (_PLACE if offer.place else frozenset())
        yield from (Need("offers", offer.id, key, allowed) for key in offer_keys(offer))
    for place in pack.unreachable:
        yield Need("unreachable", place.id, place.message, _PLACE)


def _row_texts(row: Row) -> Iterator[Need]:
    allowed = _GENERAL | (_PLACE if row.place else frozenset()) | (_MOMENT if row.moment else frozenset())
    yield from _answer_texts("rows", row.id, row.message, allowed)
    for key in (row.lead, row.time):
        if key:
            yield Need("rows", row.id, key, allowed)


def _answer_texts(table: str, user: str, message: str, allowed: frozenset[str]) -> Iterator[Need]:
    for part in PARTS:
        yield Need(table, user, f"{message}.{part}", allowed, optional=part != PARTS[0])


def _floor_texts(pack: Pack) -> Iterator[Need]:
    for place in pack.places:
        if place.name:
            yield Need("stops", place.id, place.name)
            yield Need("stops", place.id, f"{place.name}{TO}")
    for level in pack.levels:
        yield Need("levels", level.id, level.name)
        yield Need("levels", level.id, f"{level.name}{TO}")
        yield from (Need("levels", level.id, shape.label) for shape in level.shapes if shape.label)
    for pathway in pack.pathways:
        yield from (Need("pathways", pathway.id, signs) for signs in (pathway.signs, pathway.signs_back) if signs)
    for key in WAYS:
        yield Need("messages", key, key, frozenset({"metres", "minutes", "to_level"}))
    yield from (Need("messages", key, key, _PLACE) for key in (WAY_NONE, WAY_NONE_STEP_FREE))
    yield Need("messages", WAY_NONE_HEADLINE, WAY_NONE_HEADLINE)
    yield from _turn_texts(pack)


def _turn_texts(pack: Pack) -> Iterator[Need]:
    """What ways may be told with: every side, and the kinds of climbs that the site has."""
    for kind in _SIDES:
        for signs, goal, more in ((False, False, ()), (True, False, ("signs",)), (False, True, _PLACE)):
            key = turn_key(kind, signs=signs, goal=goal)
            yield Need("messages", key, key, frozenset({"metres", *more}))
    for climb in dict.fromkeys(CLIMBS[pathway.mode] for pathway in pack.pathways if pathway.mode in CLIMBS):
        key = turn_key(climb, signs=False, goal=False)
        yield Need("messages", key, key, frozenset({"to_level"}))


_Found = tuple[str, str, str, str]
"""Table, key, what and what to do."""


def text_flaws(messages: Mapping[Lang, Mapping[str, str]], needs: Iterable[Need]) -> Iterator[_Found]:
    """What is wrong with the texts: missing, empty, odd placeholders, plural forms that the language lacks."""
    by_lang = {lang: templates(texts) for lang, texts in messages.items()}
    for lang, texts in messages.items():
        for key, text in texts.items():
            yield from _spelling_flaws(lang, key, text)
    for lang, found in by_lang.items():
        for key, template in found.items():
            yield from _plural_flaws(lang, key, template)
    for need in needs:
        yield from _need_flaws(by_lang, need)


def _spelling_flaws(lang: Lang, key: str, text: str) -> Iterator[_Found]:
    if not text.strip() or text != text.strip() or not text.isprintable():
        yield "messages", key, f"The text in {lang} is empty or has stray blanks.", "Write one line of words."
    elif len(text) > _TEXT_CHARACTERS:
        yield "messages", key, f"The text in {lang} has {len(text)} characters.", "Say it shorter."
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        yield "messages", key, f"The text in {lang} has a brace out of place.", "Write placeholders as {name}."


def _plural_flaws(lang: Lang, key: str, template: Template) -> Iterator[_Found]:
    forms = set(template.forms)
    if forms == {OTHER}:
        return
    expected = plural_forms(lang) | {OTHER}
    if forms != expected:
        what = f"In {lang} it has the plural forms {', '.join(sorted(forms))}."
        yield "messages", key, what, f"Give {', '.join(f'{key}|{form}' for form in sorted(expected))}."
    if not template.counted:
        what = f"It has plural forms in {lang} but no number."
        yield "messages", key, what, "Use {count}, {minutes} or {metres} in it."


def _need_flaws(by_lang: Mapping[Lang, Mapping[str, Template]], need: Need) -> Iterator[_Found]:
    missing = sorted(lang for lang, found in by_lang.items() if need.key not in found)
    if missing and not (need.optional and len(missing) == len(by_lang)):
        what = f'The text "{need.key}" is missing in {", ".join(missing)}.'
        yield need.table, need.user, what, "Add it to messages.csv in every language."
    for lang, found in by_lang.items():
        odd = found[need.key].placeholders - need.allowed if need.key in found else frozenset()
        if odd:
            what = f'The text "{need.key}" in {lang} uses {{{min(odd)}}}, which has no value there.'
            yield need.table, need.user, what, f"It may use: {', '.join(sorted(need.allowed)) or 'none'}."
