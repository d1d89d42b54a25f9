"""What the schema can't say about a pack: that every name in it leads somewhere and every text can be said."""

from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale, UnknownLocaleError

from kiosk.guidance.certlogic import Refused, compile_logic
from kiosk.guidance.declared import DECLARED
from kiosk.guidance.effective import edges, pack_at
from kiosk.guidance.texts import required_texts, text_flaws
from kiosk.guidance.variants import VARIANT_MARK
from kiosk.guidance.words import PLACEHOLDER
from kiosk.model.ids import EpochMs
from kiosk.model.pack import ANSWERING, PLACES_BY_ROLE, Change, Condition, Pack, TouchpointKind

_LEAST_VARIANTS = 2
_ROUND = 360
MAX_EDGES = 40
"""At how many moments the texts and ways of a pack may change: each is checked, and kept ready by the device."""


class Flaw(msgspec.Struct, frozen=True):
    """Something wrong in a pack: in which table, at which key, what, and what to do.

    `gate` is the check that refuses it. `near` is a key whose line shows the place where the table itself lacks one.
    """

    table: str
    key: str
    what: str
    todo: str
    gate: str = "references"
    near: str = ""
    counterexample: str = ""


def flaws_of(pack: Pack) -> Iterator[Flaw]:
    """Everything wrong with a pack that fits the schema. Languages and zone come first: the rest builds on them."""
    basics = list(_basic_flaws(pack))
    yield from basics
    if basics:
        return
    yield from _double_flaws(pack)
    yield from _experiment_flaws(pack)
    yield from _floor_flaws(pack)
    yield from _touchpoint_flaws(pack)
    yield from _row_flaws(pack)
    yield from _offer_flaws(pack)
    for table, key, what, todo in text_flaws(pack.messages, required_texts(pack)):
        yield Flaw(table, key, what, todo, "messages")
    yield from _change_flaws(pack)


def _basic_flaws(pack: Pack) -> Iterator[Flaw]:
    if not pack.languages or len(set(pack.languages)) != len(pack.languages):
        yield Flaw("pack", "languages", "No language, or one twice.", "Name each language once, the main one first.")
    for lang in pack.languages:
        try:
            Locale.parse(lang)
        except (UnknownLocaleError, ValueError):
            yield Flaw("pack", "languages", f'"{lang}" is no language.', "Write a code such as fi, sv, en or et.")
    if set(pack.messages) != set(pack.languages):
        yield Flaw("messages", "", "The texts are in other languages than the pack.", "Give one column per language.")
    try:
        ZoneInfo(pack.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Flaw("pack", "zone", f'"{pack.zone}" is no time zone.', "Write an IANA name such as Europe/Helsinki.")
    settings = pack.settings
    if min(settings.walk_m_per_min, settings.step_free_m_per_min, settings.clear_after_s) < 1:
        yield Flaw("pack", "settings", "A speed or clearing time is below 1.", "Write whole numbers from 1.")


def _double_flaws(pack: Pack) -> Iterator[Flaw]:
    tables: dict[str, Iterable[str]] = {
        "touchpoints": (each.id for each in pack.touchpoints),
        "levels": (each.id for each in pack.levels),
        "stops": (each.id for each in pack.places),
        "pathways": (each.id for each in pack.pathways),
        "rows": (each.id for each in pack.rows),
        "pickups": (each.id for each in pack.pickup_rows),
        "experiments": (each.id for each in pack.experiments),
        "offers": (each.id for each in pack.offers),
        "unreachable": (each.id for each in pack.unreachable),
    }
    for table, ids in tables.items():
        for key, times in Counter(ids).items():
            if times > 1 or not key:
                yield Flaw(table, key, f'The id "{key}" stands {times} times.', "Give each its own id, none empty.")


def _experiment_flaws(pack: Pack) -> Iterator[Flaw]:
    for each in pack.experiments:
        if len(each.variants) < _LEAST_VARIANTS or len(set(each.variants)) != len(each.variants):
            what = "It has fewer than two variants, or one twice."
            yield Flaw("experiments", each.id, what, "Name each variant once, the usual one first.")


def _floor_flaws(pack: Pack) -> Iterator[Flaw]:
    levels = {level.id: level for level in pack.levels}
    places = _place_ids(pack)
    for place in pack.places:
        level = levels.get(place.level)
        if level is None:
            yield Flaw("stops", place.id, f'There is no level "{place.level}".', "Name a level of floor.toml.")
        elif not (
            level.left <= place.x <= level.left + level.width_m
            and level.bottom <= place.y <= level.bottom + level.height_m
        ):
            yield Flaw("stops", place.id, "It lies outside its level.", "Correct x and y, or the level's rectangle.")
    for pathway in pack.pathways:
        if not {pathway.start, pathway.end} <= places or pathway.start == pathway.end:
            yield Flaw("pathways", pathway.id, "It does not join two places.", "Name two ids of stops.csv.")
        if pathway.length_m < 0 or (pathway.traversal_s or 0) < 0:
            yield Flaw("pathways", pathway.id, "Its length or time is negative.", "Write metres and seconds from 0.")
        if _ends_first(pathway.closed_from, pathway.closed_until):
            yield Flaw("pathways", pathway.id, "It opens before it closes.", "Correct closed_from and closed_until.")


def _touchpoint_flaws(pack: Pack) -> Iterator[Flaw]:
    places = _place_ids(pack)
    for touchpoint in pack.touchpoints:
        if touchpoint.place not in places:
            what = f'There is no place "{touchpoint.place}".'
            yield Flaw("touchpoints", touchpoint.id, what, "Name an id of stops.csv.")
        reads = touchpoint.kind is not TouchpointKind.BOARD
        if reads != (touchpoint.operation is not None):
            what = "A board has no operation; a kiosk, gate or desk needs one."
            yield Flaw("touchpoints", touchpoint.id, what, "Write check_in, admit, hand_over or guide.")
        if touchpoint.facing is not None and not 0 <= touchpoint.facing < _ROUND:
            what = f"{touchpoint.facing} is no direction."
            yield Flaw("touchpoints", touchpoint.id, what, "Write degrees clockwise from up, 0 to 359.")
    if pack.last_resort.place not in _named_places(pack):
        yield _no_place("pack", "last_resort", pack.last_resort.place)


def _row_flaws(pack: Pack) -> Iterator[Flaw]:
    places = _named_places(pack) | PLACES_BY_ROLE
    dealt = {f"{each.id}{VARIANT_MARK}{variant}" for each in pack.experiments for variant in each.variants}
    for row in pack.rows:
        if row.variant and row.variant not in dealt:
            todo = f"Write one of: {', '.join(sorted(dealt)) or 'none, or add [[experiments]] to pack.toml'}."
            yield Flaw("rows", row.id, f'There is no variant "{row.variant}".', todo)
        yield from _condition_flaws("rows", row.id, row.when)
        if row.place and row.place not in places:
            yield _no_place("rows", row.id, row.place)
        if not set(row.at) <= set(ANSWERING):
            yield Flaw("rows", row.id, "A board answers no scans.", "Write kiosk, gate or desk in column at.")
        if row.moment is None and (row.countdown or row.time):
            yield Flaw("rows", row.id, "It tells a time but names no moment.", "Fill in column moment.")
        if _ends_first(row.valid_from, row.valid_until):
            yield Flaw("rows", row.id, "It ends before it begins.", "Correct valid_from and valid_until.")
    for line in pack.pickup_rows:
        yield from _condition_flaws("pickups", line.id, line.when)


def _offer_flaws(pack: Pack) -> Iterator[Flaw]:
    named = _named_places(pack)
    for offer in pack.offers:
        yield from _condition_flaws("offers", offer.id, offer.when)
        if offer.place and offer.place not in named:
            what = f'There is no place "{offer.place}" to go to.'
            yield Flaw("offers", offer.id, what, "Name a place of stops.csv that has a name, or none.")
        if offer.takes_min < 0:
            yield Flaw("offers", offer.id, "It takes less than no time.", "Write minutes from 0.")
        if _ends_first(offer.valid_from, offer.valid_until):
            yield Flaw("offers", offer.id, "It ends before it begins.", "Correct valid_from and valid_until.")
    for place in pack.unreachable:
        if place.id not in named:
            yield _no_place("unreachable", place.id, place.id)
        if not place.why.strip():
            yield Flaw("unreachable", place.id, "It does not say why.", "Write why, for those who read the pack.")


def _change_flaws(pack: Pack) -> Iterator[Flaw]:
    """A changed text stands for one that is always there, and says no more than it: so no answer is ever lost."""
    for change in pack.changes:
        always = pack.messages[pack.languages[0]].get(change.key)
        if always is None:
            yield _change(change, "There is no text for the rest of the time.", "Add a line without times for the key.")
        elif set(change.texts) != set(pack.languages):
            yield _change(change, "The changed text lacks a language.", "Write it in every language.")
        elif _ends_first(change.valid_from, change.valid_until) or change.valid_from == change.valid_until:
            yield _change(change, "The changed text has no time of its own.", "Fill in valid_from or valid_until.")
        yield from _more_said(pack, change)
    yield from _moment_flaws(pack)


def _moment_flaws(pack: Pack) -> Iterator[Flaw]:
    """The texts as they are after each change."""
    if len(edges(pack)) > MAX_EDGES:
        what = f"Texts and ways change at {len(edges(pack))} moments; at most {MAX_EDGES} are read."
        yield Flaw("messages", "", what, "Take out what has expired.", "messages")
        return
    for edge in edges(pack):
        changed = pack_at(pack, edge)
        for table, key, what, todo in text_flaws(changed.messages, required_texts(changed)):
            yield Flaw(table, key, f"In a changed text: {what}", todo, "messages")


def _more_said(pack: Pack, change: Change) -> Iterator[Flaw]:
    for lang, text in change.texts.items():
        always = pack.messages.get(lang, {}).get(change.key, "")
        more = set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(always))
        if more:
            what = f"The changed text in {lang} uses {{{min(more)}}}, which the text that it stands for does not."
            yield _change(change, what, "Use the same placeholders, or add a row with times of its own.")


def _change(change: Change, what: str, todo: str) -> Flaw:
    return Flaw("messages", change.key, what, todo, "messages")


def _ends_first(begin: EpochMs | None, end: EpochMs | None) -> bool:
    return begin is not None and end is not None and end <= begin


def _condition_flaws(table: str, key: str, when: Condition) -> Iterator[Flaw]:
    logic = compile_logic(when)
    if isinstance(logic, Refused):
        what = f"Its condition is no CertLogic ({logic.refusal} {logic.operation})."
        yield Flaw(table, key, what, "Write the condition as a plain expression and build the pack again.")
        return
    for name in sorted(logic.names - DECLARED.keys()):
        yield Flaw(table, key, f'There is no fact "{name}".', "Use a declared fact.")


def _place_ids(pack: Pack) -> frozenset[str]:
    return frozenset(place.id for place in pack.places)


def _named_places(pack: Pack) -> frozenset[str]:
    return frozenset(place.id for place in pack.places if place.name)


def _no_place(table: str, key: str, place: str) -> Flaw:
    todo = "Name a place of stops.csv that has a name; a row may also say @here, @gate or @order."
    return Flaw(table, key, f'There is no place "{place}" to be sent to.', todo)
