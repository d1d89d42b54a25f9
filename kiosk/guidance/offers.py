"""Suggestions for one person: only with their consent for the purpose, with the reason, and never in the way.

What somebody said of themselves beats what is only thought of them, in both directions: a stated dislike silences an
inferred liking, and an offer that rests on a stated interest comes before one that does not.
"""

from collections.abc import Iterable, Iterator

import msgspec

from kiosk.guidance.certlogic import Logic, Refused, compile_logic
from kiosk.guidance.effective import lies_in
from kiosk.guidance.rows import holds
from kiosk.guidance.situation import Situation
from kiosk.guidance.texts import OFFER_TEXT, OFFER_WHY, OFFER_WHY_INFERRED
from kiosk.model.customer import Basis, Subject, consented, permitted
from kiosk.model.ids import MS_PER_MINUTE, Lang, PlaceId
from kiosk.model.pack import GATE, Moment, Offer, TouchpointKind
from kiosk.model.step import OfferShown, Tone


class _Kept(msgspec.Struct, frozen=True):
    offer: Offer
    logic: Logic | Refused


class Offers:
    """The offers of a pack."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._kept = tuple(_Kept(offer, compile_logic(offer.when)) for offer in offers)

    def choose(self, situation: Situation, tone: Tone, place: PlaceId | None, lang: Lang) -> OfferShown | None:
        """The one offer to show beside an answer of `tone` that sends to `place`; None when there is none for this person.

        The answer has no list of pickups: what somebody is owed comes before what they might like.
        Only a kiosk has one: a gate serves a queue, a desk the staff, and a board everybody.
        """
        subject, kind = situation.facts.subject, situation.site.touchpoint.kind
        if subject is None or not self._kept or not situation.facts.offers:
            return None
        if kind is not TouchpointKind.KIOSK or tone is Tone.STOP:
            return None
        found = sorted(self._open(situation, subject, place), key=lambda pair: pair[1] is Basis.INFERRED)
        return _shown(situation, *found[0], lang) if found else None

    def _open(
        self, situation: Situation, subject: Subject, place: PlaceId | None
    ) -> Iterator[tuple[Offer, Basis | None]]:
        """The offers that this person may see now, each with what its topic rests on."""
        for each in self._kept:
            offer = each.offer
            if not consented(subject.consents, offer.purpose) or offer.id in subject.declined:
                continue
            basis = _basis(subject, offer.topic) if offer.topic else None
            in_force = lies_in(situation.facts.now, offer.valid_from, offer.valid_until)
            if not in_force or (offer.topic and basis is None):
                continue
            if holds(each.logic, situation.document()) and _has_time(situation, offer, place):
                yield offer, basis


def _basis(subject: Subject, topic: str) -> Basis | None:
    """How a liking of `topic` is known; None when it is not, or when the person said otherwise."""
    about = [each for each in permitted(subject.consents, subject.interests) if each.topic == topic]
    stated = [each for each in about if each.basis is Basis.STATED]
    deciding = stated or about
    return deciding[-1].basis if deciding and deciding[-1].likes else None


def _has_time(situation: Situation, offer: Offer, place: PlaceId | None) -> bool:
    """Whether the way to the next step, then to the offer and from there to the gate leaves time for them.

    Where there is no departure to reach, a way to the offer is enough.
    """
    closes, gate = situation.moment(Moment.GATE_CLOSES), situation.place(GATE)
    before = None if place == gate else place
    walking = situation.minutes_through(*(stop for stop in (before, offer.place, gate) if stop))
    if walking is None or closes is None:
        return walking is not None and situation.facts.departure is None
    if gate is None:
        return False
    collecting = situation.site.settings.pickup_min if before else 0
    return situation.facts.now + (walking + collecting + offer.takes_min) * MS_PER_MINUTE <= closes


def _shown(situation: Situation, offer: Offer, basis: Basis | None, lang: Lang) -> OfferShown:
    site = situation.site
    values = {"site": site.words.text(lang, site.name)}
    if offer.place:
        values |= {"place": site.floor.name(offer.place, lang), "to_place": site.floor.name_to(offer.place, lang)}
    why = OFFER_WHY_INFERRED if basis is Basis.INFERRED else OFFER_WHY
    told = (site.words.text(lang, f"{offer.message}{part}", values) for part in (OFFER_TEXT, why))
    return OfferShown(offer.id, *told)
