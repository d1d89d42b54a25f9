"""Suggestions: only with consent for the purpose, with the true reason, with time for them, and never in the way."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.guidance import Facts, Guide
from kiosk.model.customer import Basis, Consent, ConsentState, Interest, Purpose
from kiosk.model.ids import DeviceId, EpochMs, Lang
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pathway import PathwayState
from kiosk.model.step import Tone
from tests.fakes.packs import (
    NOW,
    SITE,
    a_departure,
    a_journey,
    a_subject,
    a_ticket,
    an_order,
    minutes,
    small_body,
    small_pack,
)

EN = Lang("en")
KIOSK = DeviceId("kiosk-1")
_TEXTS = {
    "coffee.text": "A coffee {to_place}, {place}",
    "coffee.why": "You told us that you like coffee",
    "coffee.why_inferred": "You have often had coffee here",
    "cabin.text": "A larger cabin at {site}",
    "cabin.why": "You asked for news of cabins",
}
_COFFEE = {
    "id": "coffee-deal",
    "message": "coffee",
    "purpose": "personalisation",
    "topic": "coffee",
    "place": "shop",
    "takes_min": 10,
}
_CABIN = {"id": "cabin-deal", "message": "cabin", "purpose": "marketing"}
_LIKES = Interest("coffee", Basis.STATED)
_SEEMS = Interest("coffee", Basis.INFERRED)


def _granted(*purposes: Purpose) -> tuple[Consent, ...]:
    return tuple(Consent(purpose, ConsentState.GRANTED, "1") for purpose in purposes)


_ALL = _granted(*Purpose)
ANNA = msgspec.structs.replace(a_subject(), consents=_granted(Purpose.PERSONALISATION), interests=(_LIKES,))
FACTS = Facts(
    now=NOW,
    outcome=Outcome.CHECKED_IN,
    ticket=a_ticket(),
    journey=a_journey(),
    departure=a_departure(),
    subject=ANNA,
    name="Anna K.",
    as_of=NOW,
)


def _guide(*offers: dict[str, Any], device: DeviceId = KIOSK, **changes: Any) -> Guide:
    body = {**small_body(), "offers": list(offers or (_COFFEE,)), **changes}
    for texts in body["messages"].values():
        used = {each["message"] for each in body["offers"]}
        texts.update({key: text for key, text in _TEXTS.items() if key.partition(".")[0] in used})
    return Guide(small_pack(body), device)


def _of(**changes: Any) -> Facts:
    """The facts with her record changed so."""
    return msgspec.structs.replace(FACTS, subject=msgspec.structs.replace(ANNA, **changes))


def _with(**changes: Any) -> Facts:
    return msgspec.structs.replace(FACTS, **changes)


def _offered(guide: Guide, facts: Facts) -> str:
    offer = guide.step(facts, EN).offer
    return "" if offer is None else offer.id


def test_an_offer_says_what_and_why_this_person_sees_it() -> None:
    """It is read aloud after everything else, and changes nothing of the step."""
    step = _guide().step(FACTS, EN)
    assert step.offer is not None
    assert (step.offer.text, step.offer.why) == ("A coffee to the shop, Shop", "You told us that you like coffee")
    assert step.speech.endswith("A coffee to the shop, Shop. You told us that you like coffee.")
    without = Guide(small_pack(), KIOSK).step(FACTS, EN)
    plain = msgspec.structs.replace(step, offer=None, speech=without.speech, pack=without.pack)
    assert plain == without


@pytest.mark.parametrize(
    "facts",
    [
        _with(subject=None),
        _of(consents=()),
        _of(consents=_granted(Purpose.MARKETING, Purpose.PROFILING)),
        _of(consents=(Consent(Purpose.PERSONALISATION, ConsentState.DENIED, "1"),)),
        _of(consents=(*ANNA.consents, Consent(Purpose.PERSONALISATION, ConsentState.REVOKED, "1"))),
        _of(interests=()),
        _of(declined=("coffee-deal",)),
        _with(offers=False),
    ],
)
def test_without_consent_or_recognition_or_after_a_no_there_is_an_answer_and_no_offer(facts: Facts) -> None:
    """Nothing else of the answer depends on it."""
    step = _guide().step(facts, EN)
    assert step.offer is None
    assert step == msgspec.structs.replace(_guide().step(FACTS, EN), offer=None, speech=step.speech)


def test_each_offer_needs_the_consent_for_its_own_purpose() -> None:
    """The cabin is marketing, the coffee personalisation."""
    guide = _guide(_COFFEE, _CABIN)
    assert _offered(guide, FACTS) == "coffee-deal"
    assert _offered(guide, _of(consents=_granted(Purpose.MARKETING))) == "cabin-deal"
    assert _offered(guide, _of(consents=_ALL, declined=("coffee-deal",))) == "cabin-deal"
    assert _offered(guide, _of(consents=_ALL, declined=("coffee-deal", "cabin-deal"))) == ""


def test_what_is_only_thought_of_somebody_needs_consent_to_profiling_and_says_so() -> None:
    """A different reason is told."""
    inferred = _of(interests=(_SEEMS,))
    assert _offered(_guide(), inferred) == ""
    offer = _guide().step(_of(interests=(_SEEMS,), consents=_ALL), EN).offer
    assert offer is not None
    assert offer.why == "You have often had coffee here"


@pytest.mark.parametrize(
    ("interests", "why"),
    [
        ((_LIKES, _SEEMS), "You told us that you like coffee"),
        ((_SEEMS, _LIKES), "You told us that you like coffee"),
        ((Interest("coffee", Basis.STATED, likes=False), _SEEMS), ""),
        ((_SEEMS, Interest("coffee", Basis.STATED, likes=False)), ""),
        ((_LIKES, Interest("coffee", Basis.INFERRED, likes=False)), "You told us that you like coffee"),
        ((Interest("coffee", Basis.INFERRED, likes=False),), ""),
    ],
)
def test_stated_facts_beat_inferred_ones(interests: tuple[Interest, ...], why: str) -> None:
    """In both directions, whichever came first."""
    offer = _guide().step(_of(interests=interests, consents=_ALL), EN).offer
    assert ("" if offer is None else offer.why) == why


def test_an_offer_on_a_stated_interest_comes_before_one_on_an_inferred_one() -> None:
    """Though it stands below it in the table."""
    tea = {**_COFFEE, "id": "tea-deal", "topic": "tea"}
    guide = _guide(tea, _COFFEE)
    both = (Interest("tea", Basis.INFERRED), _LIKES)
    assert _offered(guide, _of(interests=both, consents=_ALL)) == "coffee-deal"
    assert _offered(guide, _of(interests=both[:1], consents=_ALL)) == "tea-deal"


@pytest.mark.parametrize(
    ("departs_in", "shown"),
    [(60, True), (21, True), (20, False), (5, False), (-30, False)],
)
def test_an_offer_is_shown_only_while_there_is_time_for_it(departs_in: int, shown: bool) -> None:
    """A minute's walk by way of the shop and ten there; the gate closes ten minutes before departure."""
    assert _offered(_guide(), _with(departure=a_departure(departs_in))) == ("coffee-deal" if shown else "")


def test_collecting_an_order_first_takes_its_time_too() -> None:
    """The next step is never put at risk."""
    rows = [{"id": "collect", "tone": "go", "message": "plain", "place": "@order"}]
    order = (an_order("A1", OrderState.READY),)
    guide = _guide(rows=rows)
    assert _offered(guide, _with(orders=order, departure=a_departure(26))) == "coffee-deal"
    assert _offered(guide, _with(orders=order, departure=a_departure(25))) == ""


def test_without_a_departure_a_way_to_the_offer_is_enough() -> None:
    """And without a way to it, it is not shown; nor where the gate is on no map."""
    rows = [{"id": "only", "tone": "go", "message": "plain"}]
    free = _with(ticket=None, journey=None, departure=None)
    assert _offered(_guide(rows=rows), free) == "coffee-deal"
    assert _offered(_guide(rows=rows, pathways=[]), free) == ""
    assert _offered(_guide(rows=rows), _with(departure=a_departure(gate="gate-99"))) == ""


def test_where_no_way_is_open_to_the_goal_nothing_is_offered() -> None:
    """Whoever needs help needs no coffee."""
    closed = tuple(PathwayState(key, SITE, open=False, at=NOW) for key in ("lift", "stairs"))
    assert _offered(_guide(), _with(pathways=closed)) == ""


def test_beside_a_list_of_pickups_nothing_is_offered() -> None:
    """What somebody is owed comes before what they might like."""
    step = _guide().step(_with(orders=(an_order("A1", OrderState.READY),)), EN)
    assert len(step.pickups) == 1
    assert step.offer is None


@pytest.mark.parametrize("tone", Tone)
def test_nothing_is_offered_beside_a_refusal(tone: Tone) -> None:
    """Beside all other answers something may be."""
    guide = _guide(rows=[{"id": "only", "tone": tone.value, "message": "plain"}])
    assert _offered(guide, FACTS) == ("" if tone is Tone.STOP else "coffee-deal")


@pytest.mark.parametrize(("kind", "shown"), [("kiosk", True), ("gate", False), ("desk", False)])
def test_only_a_kiosk_offers_anything(kind: str, shown: bool) -> None:
    """A gate serves a queue and a desk the staff."""
    touchpoints = [{**small_body()["touchpoints"][0], "kind": kind}]
    assert _offered(_guide(touchpoints=touchpoints), FACTS) == ("coffee-deal" if shown else "")


def test_an_offer_has_its_own_condition_and_time() -> None:
    """As rows have."""
    when = {"===": [{"var": "departure.state"}, "delayed"]}
    assert _offered(_guide({**_COFFEE, "when": when}), FACTS) == ""
    times = {"valid_from": NOW + minutes(5), "valid_until": NOW + minutes(10)}
    guide = _guide({**_COFFEE, **times})
    shown = [_offered(guide, _with(now=EpochMs(NOW + minutes(after)))) for after in (4, 5, 9, 10)]
    assert shown == ["", "coffee-deal", "coffee-deal", ""]


_CONSENTS = st.lists(st.builds(Consent, st.sampled_from(Purpose), st.sampled_from(ConsentState), st.just("1")))
_INTERESTS = st.lists(
    st.builds(Interest, st.sampled_from(["coffee", "tea"]), st.sampled_from(Basis), st.booleans()), max_size=4
)
_GUIDE = _guide(_COFFEE, _CABIN)


@given(_CONSENTS, _INTERESTS)
def test_whatever_the_consents_no_offer_is_shown_without_the_one_for_its_purpose(
    consents: list[Consent], interests: list[Interest]
) -> None:
    """And never one about a topic that the person said is not theirs."""
    shown = _offered(_GUIDE, _of(consents=tuple(consents), interests=tuple(interests)))
    purpose = {"coffee-deal": Purpose.PERSONALISATION, "cabin-deal": Purpose.MARKETING}.get(shown)
    last = {each.purpose: each.state for each in consents}
    assert purpose is None or last[purpose] is ConsentState.GRANTED
    stated = [each.likes for each in interests if each.topic == "coffee" and each.basis is Basis.STATED]
    assert not (shown == "coffee-deal" and stated and not stated[-1])
