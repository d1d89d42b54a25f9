"""Addresses and situations: each scenario goes into an address and comes back, and any other address is told clearly."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from deploy.release.preview.offered import Kind, Offered
from deploy.release.preview.query import BadChoices, read_query, write_query
from deploy.release.preview.situation import Situation, entries, read_situation, write_situation
from deploy.release.preview.snippet import as_step
from deploy.release.scenarios import Act, Order, Said, Sailing, Scenarios
from kiosk.guidance.declared import DECLARED
from kiosk.model.ids import DeviceId, Lang, MessageKey, PackVersion, PlaceId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.step import Step, Tone
from kiosk.model.ticket import DepartureState, Entitlement
from tests.fakes.packs import small_pack

PACKS = Path(__file__).resolve().parents[5] / "assets" / "packs"
ACTS = [
    replace(act, says=Said())
    for name in ("terminal", "shop")
    for scenario in Scenarios(PACKS / name).all
    for act in scenario.steps
]
PLAIN = Act(DeviceId("kiosk-1"), Outcome.INFORMED, Said())
DEFAULTS = {
    "at": "kiosk-1",
    "outcome": "informed",
    "departure.gate": "gate",
    "departure.minutes_to_departure": "45",
    "next_departure.gate": "gate",
    "next_departure.minutes_to_departure": "285",
    "order.number": "A17",
    "order.place": "shop",
}


def _read(query: str) -> Situation:
    return read_situation(read_query(query), DEFAULTS)


def _problems(query: str) -> list[tuple[str, str]]:
    try:
        _read(query)
    except BadChoices as bad:
        return bad.problems
    return []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.at} {act.outcome}")
@pytest.mark.parametrize(("scale", "wide"), [(1.0, None), (2.0, False), (1.5, True)])
def test_every_step_of_the_demo_s_scenarios_can_be_shared_as_an_address(
    act: Act, scale: float, wide: bool | None
) -> None:
    situation = Situation(act, scale, wide)
    assert read_situation(read_query(write_query(write_situation(situation))), {}) == situation


_SAILINGS = st.builds(
    Sailing,
    gate=st.sampled_from(["gate", "moon"]).map(PlaceId),
    leaves_in=st.integers(-3000, 3000),
    state=st.sampled_from(list(DepartureState)),
    late=st.integers(-60, 300),
    vessel=st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20),
    gate_closes_before=st.integers(-50, 90),
    check_in_closes_before=st.integers(-50, 90),
)
_ORDERS = st.builds(
    Order,
    number=st.sampled_from(["A17", "B2"]),
    state=st.sampled_from(list(OrderState)),
    place=st.just(PlaceId("shop")),
    due_in=st.integers(-3000, 3000),
    lines=st.lists(st.sampled_from(["Coffee", "Rye bread"]), max_size=3).map(tuple),
    arrived=st.booleans(),
)
_ACTS = st.builds(
    Act,
    at=st.just(DeviceId("kiosk-1")),
    outcome=st.sampled_from(list(Outcome)),
    says=st.just(Said()),
    ticket=st.none() | st.sampled_from(list(Entitlement)),
    used=st.none() | st.integers(0, 600),
    known=st.booleans(),
    departure=st.none() | _SAILINGS,
    next_departure=st.none() | _SAILINGS,
    orders=st.lists(_ORDERS, max_size=4).map(tuple),
    data_age=st.none() | st.integers(0, 9000),
)


@given(_ACTS)
def test_any_situation_can_be_shared_as_an_address(act: Act) -> None:
    situation = Situation(act)
    assert read_situation(read_query(write_query(write_situation(situation))), {}) == situation


@given(_ACTS)
def test_what_a_form_sends_back_unchanged_is_the_same_situation(act: Act) -> None:
    """A form sends every control, also those that are as by default."""
    situation = Situation(act)
    sent = {each.name: each.value for each in entries(situation)}
    assert read_situation(read_query(write_query(sent)), {}) == situation


def test_choices_are_named_after_the_facts_that_they_set() -> None:
    """All facts but those that follow from others, or from where the touchpoint stands."""
    order = Order("A17", OrderState.READY, PlaceId("shop"))
    everything = replace(PLAIN, departure=Sailing(PlaceId("gate"), 60), orders=(order,))
    named = {each.name for each in entries(Situation(everything))} & DECLARED.keys()
    assert named >= {
        *("outcome", "journey.state", "ticket.state", "ticket.product", "subject.known", "subject.step_free"),
        *("departure.state", "departure.minutes_to_departure", "departure.minutes_to_gate"),
        *("departure.minutes_to_check_in", "departure.papers", "order.state", "order.minutes_left"),
        *("order.minutes_to_ready", "order.arrived", "order.faulty", "order.ahead", "hub.connected", "hub.data_age"),
    }


@pytest.mark.parametrize(
    ("minutes", "plan"),
    [
        ("departure.minutes_to_gate=12", (45, 0, 33, 30)),
        ("departure.minutes_to_departure=60&departure.late=20&departure.minutes_to_gate=50", (40, 20, 10, 30)),
        ("departure.minutes_to_check_in=-5&departure.minutes_to_departure=10", (10, 0, 10, 15)),
    ],
)
def test_the_minutes_of_a_departure_can_be_chosen_one_by_one(minutes: str, plan: tuple[int, ...]) -> None:
    sailing = _read(minutes).act.departure
    assert sailing is not None
    found = (sailing.leaves_in, sailing.late, sailing.gate_closes_before, sailing.check_in_closes_before)
    assert found == plan


def test_a_thing_is_there_when_its_state_is_known() -> None:
    """Whatever else is said of a thing that is not there is passed over, as a folded form still sends it."""
    assert _read("departure.state=unknown&departure.gate=x&departure.minutes_to_gate=5").act.departure is None
    assert _read("departure.state=delayed").act.departure == Sailing(PlaceId("gate"), 45, DepartureState.DELAYED)
    assert _read("order2.state=ready&order.state=unknown").act.orders == (
        Order("A17", OrderState.READY, PlaceId("shop")),
    )
    assert _read("ticket.state=unknown").act.ticket is None


def test_nobody_may_be_there() -> None:
    situation = _read("outcome=nobody")
    assert situation.quiet
    assert _read(write_query(write_situation(situation))) == situation


@pytest.mark.parametrize(
    ("query", "what", "todo"),
    [
        ("order.state=redy", 'order.state: "redy" is not known.', 'Did you mean "ready"?'),
        ("outcome=checkedin", 'outcome: "checkedin" is not known.', 'Did you mean "checked_in"?'),
        ("hub.connected=perhaps", 'hub.connected: "perhaps" is neither yes nor no.', "Write yes or no."),
        (
            "departure.minutes_to_gate=soon",
            'departure.minutes_to_gate: "soon" is no number here.',
            "Write a whole number such as 12 or -5.",
        ),
        ("hub.data_age=1e9", 'hub.data_age: "1e9" is no number here.', "Write a whole number such as 12 or -5."),
        ("hub.data_age=٣", 'hub.data_age: "٣" is no number here.', "Write a whole number such as 12 or -5."),
        (
            "departure.minutes_to_gate=9999999",
            "departure.minutes_to_gate: 9999999 minutes are too far away.",
            "At most 1000000 minutes are shown.",
        ),
        ("text=300", 'text: "300" is not known.', "Write one of: 100, 150, 200."),
        ("shape=round", 'shape: "round" is not known.', "Write one of: usual, upright, wide."),
        (
            "subject.stat=ready",
            'There is nothing called "subject.stat" to be chosen.',
            "Correct the address, or begin anew.",
        ),
        ("says.row=x", 'There is nothing called "says.row" to be chosen.', "Correct the address, or begin anew."),
        ("name=%0a", '"name" holds characters that can\'t be shown.', "Write one line of words."),
        ("name=" + "x" * 201, '"name" is too long.', "Write at most 200 characters."),
        ("name=%ff", "The address can't be read: it is not UTF-8, or too long.", "Begin anew."),
        ("&".join(["a=b"] * 301), "The address can't be read: it is not UTF-8, or too long.", "Begin anew."),
        ("a" * 8001, "The address has more than 8000 characters.", "Begin anew."),
    ],
)
def test_what_cannot_be_chosen_is_told(query: str, what: str, todo: str) -> None:
    assert _problems(query) == [(what, todo)]


@given(st.binary(max_size=300).map(lambda body: body.decode("latin-1")))
@example("order.0.state=ready&orders.99.state=ready")
@example("departure=yes&order0.state=x&order1.state=x")
@example("orders=x&departure..=y&.=z")
@example("=&==&&;%00=%00")
def test_any_bytes_are_a_situation_or_told(query: str) -> None:
    assert all(what and todo for what, todo in _problems(query))


_NAMES = st.sampled_from(
    [each.name for each in entries(Situation(PLAIN))] + ["order.place", "order3.state", "text", "x"]
)


@given(
    st.dictionaries(_NAMES, st.text(max_size=12) | st.sampled_from(["ready", "yes", "no", "-5", "unknown", "on_time"]))
)
def test_any_values_are_a_situation_or_told(choices: dict[str, str]) -> None:
    query = write_query(choices)
    problems = _problems(query)
    assert all(what and todo for what, todo in problems)
    if not problems:
        situation = _read(query)
        assert read_situation(write_situation(situation), DEFAULTS) == situation


def _controls(act: Act) -> dict[str, Any]:
    offered = Offered(small_pack(), ["car"])
    groups = offered.groups(Situation(act), {"gate": "Gate 7 (1 min)"})
    return {control.name: control for group in groups for control in group.controls}


def test_each_type_has_its_control() -> None:
    controls = _controls(replace(PLAIN, departure=Sailing(PlaceId("moon"), 60)))
    assert controls["journey.state"].kind is Kind.CHOICE
    assert controls["journey.state"].options[0] == ("unknown", "unknown")
    assert controls["at"].options == tuple((name, name) for name in ("kiosk-1", "desk-1", "board-1"))
    assert [value for value, _ in controls["subject.step_free"].options] == ["yes", "no"]
    assert controls["departure.gate"].options == (("moon", "moon (not known here)"), ("gate", "Gate 7 (1 min)"))
    assert controls["departure.minutes_to_gate"].kind is Kind.NUMBER
    assert (controls["time"].kind, controls["name"].kind) == (Kind.MOMENT, Kind.TEXT)
    assert controls["order.state"].value == "unknown"


def test_numbers_are_offered_by_the_stretches_that_matter() -> None:
    """Those that are declared, and those that the pack's own conditions tell apart; the chosen one is marked."""
    controls = _controls(replace(PLAIN, departure=Sailing(PlaceId("gate"), 25), data_age=3))
    stretches = controls["departure.minutes_to_gate"].stretches
    assert [(each.value, each.words) for each in stretches] == [
        ("-1", "under 0"),
        ("0", "0–9"),
        ("10", "10–19"),
        ("20", "20 and more"),
    ]
    assert [each.words for each in stretches if each.chosen] == ["10–19"]
    age = controls["hub.data_age"].stretches
    assert (age[0].value, [each.words for each in age if each.chosen]) == ("unknown", ["under 5"])
    far = _controls(replace(PLAIN, data_age=99_999))["hub.data_age"].stretches
    assert [each.words for each in far if each.chosen] == ["720 and more"]


def test_what_a_list_may_hold_is_offered_to_be_put_in_and_taken_out() -> None:
    control = _controls(replace(PLAIN, closed=("moon", "lift")))["closed"]
    assert (control.kind, control.value) == (Kind.TEXT, "moon, lift")
    found = {each.words: (each.value, each.chosen) for each in control.stretches}
    assert found == {"stairs": ("moon, lift, stairs", False), "lift": ("moon", True)}
    consents = _controls(PLAIN)["consents"].stretches
    assert ("personalisation", False) in [(each.value, each.chosen) for each in consents]


def test_a_situation_can_be_copied_into_the_scenarios(tmp_path: Path) -> None:
    """As TOML that the check of a pack reads again."""
    said = 'Say "hello" \\ world'
    order = Order("A17", OrderState.READY, PlaceId("shop"), lines=("Tea", "Jam"), arrived=True)
    act = replace(PLAIN, name=said, departure=Sailing(PlaceId("gate"), 25, late=5), orders=(order,), data_age=3)
    step = Step(act.outcome, Tone.GO, Lang("en"), MessageKey("x"), "x", PackVersion("x"), said)
    (tmp_path / "scenarios.toml").write_text(f'[[scenarios]]\nname = "x"\n{as_step(act, step)}', encoding="utf-8")
    (found,) = Scenarios(tmp_path).all[0].steps
    assert replace(found, says=Said()) == act
    assert found.says == Said(row="x", tone=Tone.GO, headline=said)
