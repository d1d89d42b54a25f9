"""The demo's packs: everybody is answered by a row of their own, in every language, shortly, and can get there."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from deploy.release.expression import compile_expression
from deploy.release.pack import build_pack, main
from kiosk.guidance import Facts, Guide, load_pack
from kiosk.guidance.guide import LAST_RESORT
from kiosk.model.ids import DeviceId, EpochMs, EventId, Lang
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Pack, TouchpointKind
from kiosk.model.step import Step, Tone
from kiosk.model.ticket import Decision, Entitlement, JourneyState, Redemption
from tests.fakes.packs import NOW, a_departure, a_journey, a_subject, a_ticket, an_order, minutes

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
_LONGEST_HEADLINE, _LONGEST_DETAIL = 24, 72


def _load(name: str) -> Pack:
    return load_pack(build_pack(PACKS / name))


TERMINAL, SHOP = _load("terminal"), _load("shop")
GUIDES = [
    Guide(pack, touchpoint.id)
    for pack in (TERMINAL, SHOP)
    for touchpoint in pack.touchpoints
    if touchpoint.kind is not TouchpointKind.BOARD
]
LANGS = TERMINAL.languages
_REDEEMED = replace(
    a_ticket(),
    state=Entitlement.REDEEMED,
    redemption=Redemption(EventId("e"), DeviceId("g"), EpochMs(NOW - minutes(7)), Decision.SITE_CONFIRMED),
)

_DEPARTURES = st.none() | st.builds(
    lambda minute, gate, late: replace(
        a_departure(minute, gate), expected_at=None if late is None else EpochMs(NOW + minutes(minute + late))
    ),
    st.sampled_from([-30, 5, 12, 25, 60, 1500]),
    st.sampled_from(["gate-5", "gate-7", "gate-99"]),
    st.sampled_from([None, 15]),
)
_ORDERS = st.lists(
    st.builds(
        an_order,
        st.sampled_from(["A17", "S41", "A18"]),
        st.sampled_from(list(OrderState)),
        st.sampled_from([-20, 4, 40, 1500]),
        st.sampled_from(["shop-desk", "pickup-desk", "moon"]),
        st.sampled_from([None, -3]),
    ),
    max_size=3,
    unique_by=lambda order: order.number,
)
_FACTS = st.builds(
    Facts,
    now=st.just(NOW),
    outcome=st.sampled_from(list(Outcome)),
    ticket=st.sampled_from([None, a_ticket(), a_ticket(step_free=True), _REDEEMED]),
    journey=st.none() | st.sampled_from(list(JourneyState)).map(a_journey),
    departure=_DEPARTURES,
    orders=_ORDERS.map(tuple),
    subject=st.sampled_from([None, a_subject(), a_subject(step_free=True)]),
    name=st.sampled_from(["", "Anna K."]),
    connected=st.booleans(),
    as_of=st.sampled_from([None, NOW]),
    next_departure=st.sampled_from([None, a_departure(300, "gate-6")]),
)


@settings(max_examples=300)
@given(_FACTS, st.sampled_from(GUIDES), st.sampled_from(LANGS))
def test_whatever_the_facts_somebody_is_answered_by_a_row_of_the_pack(facts: Facts, guide: Guide, lang: Lang) -> None:
    step = guide.step(facts, lang)
    assert step.row != LAST_RESORT
    assert step.headline
    for text in _texts(step):
        assert "{" not in text
        assert text == text.strip()
        assert "  " not in text
    if step.place_id is not None and step.place_id != guide.touchpoint.place:
        assert step.way is not None
    if facts.step_free and step.way is not None:
        assert not {"trapp", "porta", "stair", "trepi"} & {word[:5].lower() for word in step.way.text.split()}


def _texts(step: Step) -> list[str]:
    lines = [text for line in step.pickups for text in (line.number, line.state, line.detail)]
    return [step.headline, step.detail, step.lead, step.place, step.when, step.why, step.speech, *lines]


def test_every_outcome_is_answered_in_every_language_with_nothing_known() -> None:
    for guide, outcome, lang in itertools.product(GUIDES, Outcome, LANGS):
        step = guide.step(Facts(NOW, outcome), lang)
        assert step.row != LAST_RESORT
        assert step.lang == lang


@pytest.mark.parametrize("outcome", list(Outcome)[list(Outcome).index(Outcome.UNREADABLE) :])
def test_a_refusal_says_what_to_do_and_is_never_green(outcome: Outcome) -> None:
    for guide, lang in itertools.product(GUIDES, LANGS):
        step = guide.step(Facts(NOW, outcome), lang)
        assert step.tone in {Tone.STOP, Tone.WAIT}
        assert step.detail


@settings(max_examples=300)
@given(_FACTS, st.sampled_from(GUIDES), st.sampled_from(LANGS))
def test_words_are_short_enough_to_be_read_in_passing(facts: Facts, guide: Guide, lang: Lang) -> None:
    step = guide.step(facts, lang)
    listed = {order.number for order in facts.orders}
    if facts.outcome is Outcome.HANDED_OVER and len(listed) > 1:
        return  # as long as the list of what is handed over
    assert len(step.headline) <= _LONGEST_HEADLINE, step.headline
    assert len(step.detail) <= _LONGEST_DETAIL, step.detail


def _kiosk(**changes: object) -> Step:
    facts = Facts(
        now=NOW,
        outcome=Outcome.CHECKED_IN,
        ticket=a_ticket(),
        journey=a_journey(),
        departure=a_departure(gate="gate-7"),
        subject=a_subject(),
        name="Anna K.",
    )
    return Guide(TERMINAL, DeviceId("terminal-kiosk-1")).step(replace(facts, **changes), Lang("en"))


def test_who_checks_in_is_sent_to_the_gate() -> None:
    step = _kiosk()
    assert (step.headline, step.detail, step.lead, step.place, step.when) == (
        "Checked in",
        "Welcome, Anna K.",
        "Next: walk to",
        "Gate 7",
        "Departs 19:00",
    )
    assert step.way is not None
    assert step.way.text == "Take the stairs to level 2 · 115 m · about 2 min"


def test_who_has_an_order_ready_collects_it_first_while_there_is_time() -> None:
    orders = (an_order("A17", OrderState.READY, place="shop-desk"),)
    early, late = _kiosk(orders=orders), _kiosk(orders=orders, departure=a_departure(18, "gate-7"))
    assert (early.place, early.detail) == ("Shop desk", "First collect order A17, then go to Gate 7")
    assert (late.place, late.pickups[0].number) == ("Gate 7", "A17")


def test_who_is_late_is_hurried_and_a_wheelchair_user_earlier() -> None:
    tight = a_departure(18, "gate-7")
    assert _kiosk(departure=tight).headline == "Checked in: hurry!"
    assert _kiosk(departure=a_departure(21, "gate-7")).headline == "Checked in"
    step_free = _kiosk(departure=a_departure(18, "gate-7"), ticket=a_ticket(step_free=True))
    assert step_free.way is not None
    assert step_free.way.text.startswith("Take the lift to level 2")


def test_a_second_scan_at_the_gate_says_when_and_whom_to_ask() -> None:
    step = Guide(TERMINAL, DeviceId("terminal-gate-1")).step(
        Facts(NOW, Outcome.ALREADY_USED, ticket=_REDEEMED), Lang("en")
    )
    assert (step.headline, step.detail) == ("Ticket already used", "Already used at 17:53. Ask the staff here.")


def test_the_desk_is_told_what_to_hand_over_and_where_the_customer_goes_next() -> None:
    order = an_order("A17", OrderState.HANDED_OVER, place="shop-desk", moved=0)
    facts = Facts(NOW, Outcome.HANDED_OVER, a_ticket(), a_journey(), a_departure(gate="gate-7"), (order,), a_subject())
    step = Guide(TERMINAL, DeviceId("terminal-desk-1")).step(facts, Lang("en"))
    assert (step.headline, step.detail, step.lead, step.place, step.when) == (
        "Hand over A17",
        "2 × Coffee, Jam",
        "Customer goes on to",
        "Gate 7",
        "Gate closes 18:50",
    )


def test_a_member_without_an_order_is_welcomed_and_shown_the_service() -> None:
    facts = Facts(NOW, Outcome.INFORMED, subject=a_subject(), name="Elsa L.")
    step = Guide(SHOP, DeviceId("shop-kiosk-1")).step(facts, Lang("sv"))
    assert (step.headline, step.lead, step.place) == ("Välkommen, Elsa L.", "Service får du här:", "Kundtjänst")


def test_what_the_guide_for_authors_says_is_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (PACKS / "README.md").read_text(encoding="utf-8")
    expressions = [code for code in re.findall(r"`([^`\n]+)`", text) if re.search(r" (is|in|<) |^not ", code)]
    assert len(expressions) == 4
    assert all(compile_expression(expression) is not True for expression in expressions)
    # The preview serves until it is stopped; it has tests of its own.
    commands = re.findall(r"^opas pack ((?:check|build) .+)$", text, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "assets").symlink_to(PACKS.parent)
    assert [main(command.split()) for command in commands] == [0, 0]
    assert load_pack((tmp_path / "terminal.json").read_bytes()) == TERMINAL
