"""From a row that was found to the finished answer: texts filled, the way drawn, the pickups listed."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from kiosk.guidance.offers import Offers
from kiosk.guidance.routing import Route
from kiosk.guidance.rows import PickupTable
from kiosk.guidance.situation import Situation
from kiosk.guidance.texts import PARTS, WAY_NONE_HEADLINE
from kiosk.guidance.words import Values, Words
from kiosk.model.ids import Lang, PackVersion, PlaceId
from kiosk.model.order import PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.pack import ORDER, LastResort, Moment, Pickups, Row
from kiosk.model.step import PickupLine, Step, Tone, Way

_HEADLINE, _DETAIL, _WHY, _SPEECH = PARTS
_SENTENCE_ENDS = (".", "!", "?", "…")


class _Goal(msgspec.Struct, frozen=True):
    """Where an answer sends, with the words before it. `no_way` says that it is not where the row would have sent."""

    place: PlaceId | None = None
    lead: str = ""
    route: Route | None = None
    no_way: str = ""


class Answers:
    """Makes the answers of one touchpoint."""

    def __init__(self, pickups: PickupTable, offers: Offers, resort: LastResort, version: PackVersion) -> None:
        """`resort` is where people are sent for help when no way is open to where they should go."""
        self._pickups = pickups
        self._offers = offers
        self._resort = resort
        self._version = version

    def step(self, situation: Situation, row: Row, values: Values, lang: Lang) -> Step:
        """The step that `row` says; `values` must hold all its placeholders."""
        site = situation.site
        say = partial(_say, site.words, lang, values)
        goal = self._goal(situation, row, say(row.lead), lang)
        pickups = tuple(self._lines(situation, row.pickups, lang))
        way = site.floor.way(goal.route, lang, site.touchpoint.facing) if goal.route else None
        step = msgspec.structs.replace(
            self._said(situation, row, say, lang),
            lead=goal.lead,
            place=site.floor.name(goal.place, lang) if goal.place else "",
            place_id=goal.place,
            way=way,
            pickups=pickups,
            offer=None if goal.no_way or pickups else self._offers.choose(situation, row.tone, goal.place, lang),
        )
        if goal.no_way:
            step = _with_no_way(step, goal.no_way, say(WAY_NONE_HEADLINE))
        spoken = "" if goal.no_way else say(f"{row.message}.{_SPEECH}")
        return msgspec.structs.replace(step, speech=_speech(step, spoken, _told(situation, goal.route, way, lang)))

    def _said(self, situation: Situation, row: Row, say: Callable[[str], str], lang: Lang) -> Step:
        """What the row says by itself, before it is known where it sends and what else there is to tell."""
        headline, detail, why = (say(f"{row.message}.{part}") for part in (_HEADLINE, _DETAIL, _WHY))
        return Step(
            outcome=situation.facts.outcome,
            tone=row.tone,
            lang=lang,
            message=row.message,
            row=row.id,
            pack=self._version,
            headline=headline,
            detail=detail,
            when=say(row.time),
            deadline=situation.moment(row.moment) if row.countdown and row.moment else None,
            why=why,
            actions=situation.site.touchpoint.actions,
        )

    def _goal(self, situation: Situation, row: Row, lead: str, lang: Lang) -> _Goal:
        """Where the row sends; where no way is open to it, the place to ask for help, if there is a way at least there."""
        place = situation.place(row.place) if row.place else None
        route = _route(situation, place)
        if place is None or route is not None:
            return _Goal(place, lead, route)
        floor = situation.site.floor
        no_way = floor.no_way(place, lang, step_free=bool(situation.facts.step_free))
        help_at = self._resort.place
        to_help = None if help_at == place else _route(situation, help_at)
        if to_help is None:
            return _Goal(no_way=no_way)
        lead = situation.site.words.text(lang, self._resort.lead, {"place": floor.name(help_at, lang)})
        return _Goal(help_at, lead, to_help, no_way)

    def _lines(self, situation: Situation, which: Pickups, lang: Lang) -> Iterator[PickupLine]:
        for order in situation.open_orders:
            shown = which is Pickups.ALL or (which is Pickups.OTHERS and order != situation.order)
            line = self._line(situation.about(order), order, lang) if shown else None
            if line is not None:
                yield line

    def _line(self, situation: Situation, order: PickupOrder, lang: Lang) -> PickupLine | None:
        for each in self._pickups.holding(order.state, situation.document()):
            values = values_for(situation, each.needs, _PICKUP, lang)
            if values is not None:
                words = situation.site.words
                state, detail = (words.text(lang, key, values) for key in (each.row.word, each.row.detail))
                return PickupLine(order.number, state, detail, each.row.tone)
        return None


class Said:
    """Where and of what time a text speaks: what `{place}`, `{time}`, `{date}` and `{minutes}` mean in it."""

    def __init__(self, place: str, moment: Moment | None) -> None:
        self.place = place
        self.moment = moment


_PICKUP = Said(ORDER, Moment.ORDER_READY)


def values_for(situation: Situation, needs: Iterable[str], said: Said, lang: Lang) -> Values | None:
    """The values of the placeholders `needs`, None when one is not known: then the text can't be said."""
    values: dict[str, str | int] = {}
    for name in needs:
        value = _value(situation, name, said, lang)
        if value is None:
            return None
        values[name] = value
    return values


def _value(situation: Situation, name: str, said: Said, lang: Lang) -> str | int | None:
    if name == "place":
        return situation.named(said.place, lang)
    if name == "to_place":
        return situation.named(said.place, lang, to=True)
    if name in {"time", "date", "minutes"}:
        return situation.told(said.moment, name, lang) if said.moment else None
    return situation.value(name, lang)


def _say(words: Words, lang: Lang, values: Values, key: str) -> str:
    return words.text(lang, key, values) if key else ""


def _route(situation: Situation, place: PlaceId | None) -> Route | None:
    if place is None:
        return None
    here = situation.site.touchpoint.place
    return situation.site.floor.route(here, place, step_free=bool(situation.facts.step_free))


def _with_no_way(step: Step, no_way: str, headline: str) -> Step:
    """An answer that can't lead where it should. A refusal stands, and so does what was done; "all is well" does not."""
    if step.tone is Tone.STOP:
        return msgspec.structs.replace(step, why=no_way)
    if step.tone is Tone.GO and step.outcome is Outcome.INFORMED:
        step = msgspec.structs.replace(step, tone=Tone.WAIT, headline=headline)
    return msgspec.structs.replace(step, detail=no_way, why="")


def _told(situation: Situation, route: Route | None, way: Way | None, lang: Lang) -> tuple[str, ...]:
    return situation.site.floor.spoken(route, way, lang) if route and way else ()


def _speech(step: Step, spoken: str, way: Iterable[str]) -> str:
    """The whole answer for the ear; `spoken` stands for the parts of it that are written in one piece."""
    next_step = f"{step.lead} {step.place}".strip()
    answer = spoken or _sentences((step.headline, step.detail, step.why, next_step, step.when))
    pickups = (f"{each.number}: {each.state}, {each.detail}" for each in step.pickups)
    offer = () if step.offer is None else (step.offer.text, step.offer.why)
    return _sentences((answer, *way, *pickups, *offer))


def _sentences(texts: Iterable[str]) -> str:
    """Texts as sentences, each with its full stop, so that a voice pauses between them."""
    return " ".join(text if text.endswith(_SENTENCE_ENDS) else f"{text}." for text in texts if text)
