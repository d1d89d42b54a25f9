"""The proof decides what the guide decides, finds every hole, and tells it as a person would."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from deploy.release.checking import Report, check
from deploy.release.pack import build_pack, main
from deploy.release.proof import prove
from deploy.release.proof.prove import decide
from deploy.release.proof.table import cells
from kiosk.guidance import Facts, Guide, load_pack
from kiosk.guidance.declared import UNKNOWN, Thing
from kiosk.guidance.floor import Floor
from kiosk.guidance.situation import Site, Situation
from kiosk.guidance.words import Words
from kiosk.model.ids import EpochMs, Lang, PlaceId
from kiosk.model.order import CallPromise, OrderState, PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Moment, Pack, Touchpoint
from kiosk.model.ticket import DepartureState, Entitlement, JourneyState, Papers
from tests.fakes.packs import NOW, a_departure, a_journey, a_subject, a_ticket, an_order, minutes

PACKS = Path(__file__).resolve().parents[5] / "assets" / "packs"
TERMINAL = load_pack(build_pack(PACKS / "terminal"))
WORDS = Words(TERMINAL.messages, TERMINAL.zone)
CELLS = {each.where: each for each in cells(TERMINAL, WORDS)}
ANSWERING = [touchpoint for touchpoint in TERMINAL.touchpoints if touchpoint.operation is not None]
GUIDES = {touchpoint.id: Guide(TERMINAL, touchpoint.id) for touchpoint in ANSWERING}

_DEPARTURES = st.none() | st.builds(
    lambda minute, gate, state, papers: replace(a_departure(minute, gate), state=state, papers=papers),
    st.integers(-60, 200),
    st.sampled_from(["gate-5", "gate-7", "gate-99", "bend-1"]),
    st.sampled_from(list(DepartureState)),
    st.sampled_from(list(Papers)),
)
_JOURNEYS = st.builds(
    lambda state, gate: replace(a_journey(state), gate=gate),
    st.sampled_from(list(JourneyState)),
    st.sampled_from([None, PlaceId("gate-5"), PlaceId("gate-99")]),
)
_TICKETS = st.builds(
    lambda state, product, lane: replace(a_ticket(), state=state, product=product, lane=lane),
    st.sampled_from(list(Entitlement)),
    st.sampled_from(["foot passenger", "car", "child"]),
    st.sampled_from(["", "3"]),
)
_CALLS = st.none() | st.builds(
    lambda due, kept: CallPromise(
        EpochMs(NOW + minutes(due)), EpochMs(NOW - minutes(90)), kept_at=None if kept is None else EpochMs(NOW + kept)
    ),
    st.integers(-50, 90),
    st.sampled_from([None, -1]),
)


def _an_order(*about: Any, later: int | None, faulty: bool, call: CallPromise | None) -> PickupOrder:
    expected_at = None if later is None else EpochMs(NOW + minutes(later))
    return replace(an_order(*about), expected_at=expected_at, fault_at=NOW if faulty else None, call=call)


_ORDERS = st.lists(
    st.builds(
        _an_order,
        st.sampled_from(["A17", "S41"]),
        st.sampled_from(list(OrderState)),
        st.integers(-40, 1600),
        st.sampled_from(["shop-desk", "moon"]),
        st.sampled_from([None, -3]),
        later=st.none() | st.integers(-40, 1600),
        faulty=st.booleans(),
        call=_CALLS,
    ),
    max_size=2,
    unique_by=lambda order: order.number,
).map(tuple)
_FACTS = st.builds(
    Facts,
    now=st.just(NOW),
    outcome=st.sampled_from(list(Outcome)),
    ticket=st.none() | _TICKETS,
    journey=st.none() | _JOURNEYS,
    departure=_DEPARTURES,
    orders=_ORDERS,
    subject=st.sampled_from([None, a_subject(), a_subject(step_free=True)]),
    name=st.sampled_from(["", "Anna K."]),
    as_of=st.sampled_from([None, EpochMs(NOW - minutes(9))]),
    next_departure=st.sampled_from([None, a_departure(300, "gate-6")]),
    ahead=st.sampled_from([0, 2]),
)


def _values(facts: Facts, touchpoint: Touchpoint, pack: Pack) -> dict[str, Any]:
    """A concrete situation as the proof sees it."""
    floor = Floor(pack, WORDS)
    situation = Situation(facts, Site(floor, WORDS, touchpoint, pack.settings, pack.name))
    values: dict[str, Any] = {"now": facts.now}
    for group, part in situation.document().items():
        values |= {f"{group}.{leaf}": value for leaf, value in part.items()} if isinstance(part, dict) else {}
    lang = Lang("en")
    there = {
        Thing.JOURNEY: facts.journey,
        Thing.TICKET: facts.ticket,
        Thing.DEPARTURE: facts.departure,
        Thing.ORDER: situation.order,
        Thing.SUBJECT: facts.subject,
        Thing.HUB: facts.as_of,
    }
    values |= {thing: found is not None for thing, found in there.items()}
    names = ("name", "vessel", "destination", "lines", "old_gate", "lane", "ahead")
    values |= {f"{{{name}}}": situation.value(name, lang) is not None for name in names}
    values |= {role: situation.place(role) is not None for role in ("@gate", "@order")}
    moments = (Moment.NEXT_DEPARTS, Moment.CALL_DUE, Moment.VALID_FROM, Moment.VALID_UNTIL)
    values |= {each.value: situation.moment(each) is not None for each in (*moments, Moment.USED, Moment.COLLECTED)}
    return values | {f"minutes:{each}": situation.told(each, "minutes", lang) is not None for each in moments}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@settings(max_examples=250)
@given(_FACTS, st.sampled_from(ANSWERING))
def test_the_proof_decides_what_the_guide_decides(facts: Facts, touchpoint: Touchpoint) -> None:
    if facts.subject is None:
        facts = replace(facts, name="")
    cell = CELLS[f"{touchpoint.id}, {facts.outcome}"]
    assert decide(cell, _values(facts, touchpoint, TERMINAL)) == GUIDES[touchpoint.id].step(facts, Lang("en")).row


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The terminal's source, to be changed."""
    return Path(shutil.copytree(PACKS / "terminal", tmp_path / "terminal"))


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def test_the_demo_packs_are_proved_over_more_than_a_hundred_thousand_situations() -> None:
    proof = prove(TERMINAL, WORDS)
    assert proof.situations > 1_000_000
    assert proof.cases < 100_000
    assert (proof.holes, proof.on_last_resort, proof.unreached) == ([], [], {})
    shop = load_pack(build_pack(PACKS / "shop"))
    assert prove(shop, Words(shop.messages, shop.zone)).holes == []


def test_what_is_decided_is_every_situation_once() -> None:
    proof = prove(TERMINAL, WORDS)
    assert sum(proof.answered.values()) == proof.situations


def test_progress_tells_where_the_proof_is() -> None:
    told: list[tuple[str, int]] = []
    prove(TERMINAL, WORDS, lambda where, situations: told.append((where, situations)))
    assert told[0] == ("terminal-kiosk-1, checked_in", 0)
    assert [situations for _, situations in told] == sorted(situations for _, situations in told)


def _only(report: Report) -> Any:
    assert len(report.findings) == 1, [str(each) for each in report.findings]
    return report.findings[0]


def test_a_hole_is_told_by_the_fewest_facts_and_drawn(folder: Path, tmp_path: Path) -> None:
    _change(
        folder / "rows.csv",
        "g-check-in,kiosk gate,not_checked_in,,",
        "g-check-in,kiosk gate,not_checked_in,ticket.state is valid,",
    )
    found = check(folder, pictures=tmp_path / "pictures")
    gate = next(each for each in found.findings if each.what.startswith("terminal-gate-1"))
    assert (gate.file, gate.gate) == ("rows.csv", "answers")
    assert gate.counterexample == (
        "At terminal-gate-1, a passenger whose scan comes to not checked in, without a departure, without a ticket, "
        "in every language: no row matches."
    )
    picture = Path(gate.picture).read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "nobody" in picture
    assert "g-check-in: only when the ticket is valid" in picture


def test_a_hole_beyond_a_number_of_minutes_is_found(folder: Path) -> None:
    _change(
        *(folder / "rows.csv", "k-welcome,kiosk,informed,,"),
        "k-welcome,kiosk,informed,departure.minutes_to_gate < 61 or departure.minutes_to_gate is unknown,",
    )
    found = _only(check(folder))
    assert "61 minutes before the gate closes" in found.counterexample
    assert "nobody is known by the code" in found.counterexample


def test_a_comparison_of_two_facts_is_exact_to_the_minute(folder: Path) -> None:
    rule = "departure.minutes_to_gate < departure.walk + 7 or departure.minutes_to_gate >= departure.walk + 8"
    _change(folder / "rows.csv", "g-welcome,,admitted,,", f"g-welcome,,admitted,{rule} or departure.walk is unknown,")
    holes = [each.counterexample for each in check(folder).findings]
    told = next(each for each in holes if each.startswith("At terminal-gate-1"))
    assert "14 minutes before the gate closes, the gate is 7 min away" in told or "min away" in told


def test_a_row_for_everything_counts_only_where_the_last_resort_is_declared(folder: Path) -> None:
    _change(folder / "rows.csv", "\nblocked,kiosk gate,blocked,", "\nblocked,gate,blocked,")
    refused = _only(check(folder))
    assert "terminal-kiosk-1, a passenger whose scan comes to blocked, whatever else is known" in refused.counterexample
    _change(folder / "pack.toml", 'lead = "lead.help"', 'lead = "lead.help"\noutcomes = ["blocked"]')
    report = check(folder)
    assert report.findings == []
    assert len(report.on_last_resort) == 1
    assert "whose scan comes to blocked" in report.on_last_resort[0]


def test_rows_that_nothing_comes_to_are_named_with_the_row_above(folder: Path) -> None:
    _append(folder / "rows.csv", "dead,kiosk,informed,order.state is ready and order.state is called,go,welcome")
    _append(folder / "rows.csv", "shadow,kiosk,unknown,order.state is ready,go,welcome")
    last = _lines(folder / "rows.csv")
    assert [(each.line, each.what) for each in check(folder).findings] == [
        (last - 1, "dead: No situation comes to this row: its condition can't hold where it stands."),
        (last, 'shadow: No situation comes to this row: row "unknown" above answers first.'),
    ]


def test_findings_for_machines(folder: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _append(folder / "rows.csv", "shadow,kiosk,unknown,order.state is ready,go,welcome")
    assert main(["check", str(folder), "--json", "--pictures", str(tmp_path)]) == 1
    told = msgspec.json.decode(capfdbinary.readouterr().out)
    assert told["ok"] is False
    assert {key: told["findings"][0][key] for key in ("file", "line", "gate")} == {
        "file": "rows.csv",
        "line": _lines(folder / "rows.csv"),
        "gate": "answers",
    }
    assert main(["check", str(PACKS / "shop"), "--json"]) == 0
    assert msgspec.json.decode(capfdbinary.readouterr().out)["findings"] == []


def test_a_value_that_is_unknown_is_one_of_the_values() -> None:
    facts = Facts(NOW, Outcome.INFORMED)
    assert _values(facts, ANSWERING[0], TERMINAL)["departure.minutes_to_gate"] == UNKNOWN


def test_each_variant_of_an_experiment_is_proved(folder: Path) -> None:
    _append(folder / "pack.toml", '[[experiments]]\nid = "words"\nvariants = ["usual", "short"]')
    rows = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    rows[0] += ",variant"
    at = next(number for number, line in enumerate(rows) if line.startswith("g-used-any,"))
    rows[at] += ",words/short"
    (folder / "rows.csv").write_text("\n".join(rows), encoding="utf-8")
    found = _only(check(folder))
    assert 'who gets variant "usual" of words' in found.counterexample
    usual = rows[at].replace("g-used-any", "g-used-usual").replace("words/short", "words/usual")
    (folder / "rows.csv").write_text("\n".join([*rows[: at + 1], usual, *rows[at + 1 :]]), encoding="utf-8")
    assert check(folder).findings == []
