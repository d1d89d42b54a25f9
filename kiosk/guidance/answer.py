"""From a row that was found to the finished answer: texts filled, the way drawn, the pickups listed."""

from collections.abc import Iterable, Iterator

from kiosk.guidance.routing import Route
from kiosk.guidance.rows import PickupTable
from kiosk.guidance.situation import Situation
from kiosk.guidance.texts import PARTS
from kiosk.guidance.words import Values
from kiosk.model.ids import Lang, PackVersion, PlaceId
from kiosk.model.order import PickupOrder
from kiosk.model.pack import ORDER, Moment, Pickups, Row
from kiosk.model.step import PickupLine, Step

_HEADLINE, _DETAIL, _WHY, _SPEECH = PARTS
_SENTENCE_ENDS = (".", "!", "?", "…")


class Answers:
    """Makes the answers of one touchpoint."""

    def __init__(self, pickups: PickupTable, version: PackVersion) -> None:
        self._pickups = pickups
        self._version = version

    def step(self, situation: Situation, row: Row, values: Values, lang: Lang) -> Step:
        """The step that `row` says; `values` must hold all its placeholders."""
        site = situation.site

        def say(key: str) -> str:
            return site.words.text(lang, key, values) if key else ""

        place = situation.place(row.place) if row.place else None
        route = _route(situation, place)
        pickups = tuple(self._lines(situation, row.pickups, lang))
        headline, detail, why = (say(f"{row.message}.{part}") for part in (_HEADLINE, _DETAIL, _WHY))
        name = site.floor.name(place, lang) if place else ""
        lead, time = say(row.lead), say(row.time)
        spoken = say(f"{row.message}.{_SPEECH}") or _sentences((headline, detail, why, f"{lead} {name}".strip(), time))
        way = site.floor.spoken(route, lang) if route and route.legs else ()
        return Step(
            outcome=situation.facts.outcome,
            tone=row.tone,
            lang=lang,
            message=row.message,
            row=row.id,
            pack=self._version,
            headline=headline,
            detail=detail,
            lead=lead,
            place=name,
            place_id=place,
            when=time,
            deadline=situation.moment(row.moment) if row.countdown and row.moment else None,
            why=why,
            way=site.floor.way(route, lang) if route else None,
            pickups=pickups,
            actions=site.touchpoint.actions,
            speech=_sentences((spoken, *way, *(f"{each.number}: {each.state}, {each.detail}" for each in pickups))),
        )

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


_PICKUP = Said(ORDER, Moment.ORDER_DUE)


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


def _route(situation: Situation, place: PlaceId | None) -> Route | None:
    if place is None:
        return None
    here = situation.site.touchpoint.place
    return situation.site.floor.route(here, place, step_free=bool(situation.facts.step_free))


def _sentences(texts: Iterable[str]) -> str:
    """Texts as sentences, each with its full stop, so that a voice pauses between them."""
    return " ".join(text if text.endswith(_SENTENCE_ENDS) else f"{text}." for text in texts if text)
