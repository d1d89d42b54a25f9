"""Why each row answers or not, in words, with the file and line that it stands in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from deploy.release.preview.folder import PackFolder
from deploy.release.preview.why import Judgement, judge
from deploy.release.replay import facts_of
from deploy.release.scenarios import Act, Order, Said, Sailing
from kiosk.guidance.guide import LAST_RESORT
from kiosk.model.ids import DeviceId, Lang, PlaceId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.ticket import DepartureState, Entitlement, JourneyState
from tests.fakes.quay import line_of, write_quay

EN = Lang("en")
KIOSK = DeviceId("terminal-kiosk-1")
ADMITTED = Act(KIOSK, Outcome.INFORMED, Said())


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory) -> PackFolder:
    """A pack with few rows."""
    return PackFolder(write_quay(tmp_path_factory.mktemp("packs") / "quay"))


def _judge(act: Act, folder: PackFolder) -> Judgement:
    reading = folder.read()
    assert reading.pack is not None, reading.findings
    guide = folder.guide(reading, act.at)
    return judge(guide, facts_of(act, reading.pack), EN, reading)


def test_the_row_that_answers_is_named_with_its_line_and_its_condition(quay: PackFolder) -> None:
    order = Order("A17", OrderState.READY, PlaceId("shop-desk"), due_in=5)
    act = replace(ADMITTED, journey=JourneyState.CHECKED_IN, ticket=Entitlement.VALID, orders=(order,))
    found = _judge(replace(act, departure=Sailing(PlaceId("gate-7"), 50)), quay)
    assert found.answers is not None
    assert found.answers.row.id == "k-again-collect"
    assert found.answers.where == line_of(quay.path, "k-again-collect")
    assert found.answers.words.startswith("the journey is checked in and the order is one of (ready")
    assert len(found.above) + 1 + len(found.below) == 20


def test_each_row_above_says_which_part_failed(quay: PackFolder) -> None:
    act = replace(ADMITTED, journey=JourneyState.CHECKED_IN, departure=Sailing(PlaceId("gate-7"), 50))
    why = {each.row.id: each for each in _judge(act, quay).above}
    assert why["cancelled"].why == ("departure.state is cancelled: it is on_time",)
    assert why["k-aboard"].why == ("journey.state in (boarding, done): it is checked_in",)
    assert why["k-again-named"].why == ("{name} has no value: nobody's name is known",)
    assert why["k-in"].why == ("it is for checked_in: the outcome is informed",)
    assert [why[row].apart for row in ("k-in", "cancelled", "k-again-named")] == [True, False, False]
    gate = {each.row.id: each.why for each in _judge(replace(act, at=DeviceId("terminal-gate-1")), quay).above}
    assert gate["k-in"] == ("it is for kiosk: this is a gate",)


@pytest.fixture
def folder(tmp_path: Path) -> PackFolder:
    """A source to be changed."""
    return PackFolder(write_quay(tmp_path / "quay"))


def _first(folder: PackFolder, columns: str, row: str) -> tuple[str, ...]:
    """What becomes of a row that is put above all others."""
    path = folder.path / "rows.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    names = head.split(",")
    extra = [name for name in columns.split(",") if name not in names]
    values = dict(zip(columns.split(","), row.split(","), strict=True))
    first = ",".join(values.get(name, "") for name in (*names, *extra))
    path.write_text("\n".join((",".join((*names, *extra)), first, *lines, "")), encoding="utf-8")
    judged = _judge(replace(ADMITTED, time="2026-11-21 15:00"), folder)
    return (*judged.above, judged.answers)[0].why  # type: ignore[union-attr]


_ROW = "id,at,outcome,when,tone,message,lead,place,moment,time"


@pytest.mark.parametrize(
    ("columns", "values", "why"),
    [
        (f"{_ROW}", "x,kiosk,informed,,info,quay_in,,,,", ()),
        (
            f"{_ROW},valid_from,valid_until",
            "x,kiosk,informed,,info,quay_in,,,,,2026-11-21 16:00,2026-11-22 04:00",
            (
                (
                    "not yet in force: it is from 2026-11-21 16:00 until 2026-11-22 04:00, "
                    "and now is 2026-11-21 15:00"
                ),
            ),
        ),
        (
            f"{_ROW},valid_until",
            "x,kiosk,informed,,info,quay_in,,,,,2026-11-21 15:00",
            ("no longer in force: it is until 2026-11-21 15:00, and now is 2026-11-21 15:00",),
        ),
        (_ROW, "x,kiosk,informed,,info,quay_in,lead.help,@gate,,", ("@gate: the departure's gate is not known here",)),
        (
            _ROW,
            "x,kiosk,informed,,info,quay_in,,,departs,time.departs",
            ("{time} has no value: no time is known for departs",),
        ),
    ],
)  # fmt: skip
def test_a_row_that_is_not_in_force_or_can_t_be_said_tells_so(
    folder: PackFolder, columns: str, values: str, why: tuple[str, ...]
) -> None:
    assert _first(folder, columns, values) == why


def test_a_row_for_another_variant_tells_which_one_holds(folder: PackFolder) -> None:
    with (folder.path / "pack.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[experiments]]\nid = "hello"\nvariants = ["usual", "warm"]\nby = "journey"\n')
    why = _first(folder, f"{_ROW},variant", "x,kiosk,informed,,info,quay_in,,,,,hello/warm")
    assert why == ('it is for variant "warm" of hello: here it is "usual"',)


_ACTS = st.builds(
    Act,
    at=st.sampled_from(["terminal-kiosk-1", "terminal-gate-1", "terminal-desk-1"]).map(DeviceId),
    outcome=st.sampled_from(list(Outcome)),
    says=st.just(Said()),
    name=st.sampled_from(["", "Anna K."]),
    ticket=st.none() | st.sampled_from(list(Entitlement)),
    product=st.sampled_from(["foot passenger", "car", "child"]),
    journey=st.none() | st.sampled_from(list(JourneyState)),
    departure=st.none()
    | st.builds(
        Sailing,
        gate=st.sampled_from(["gate-7", "moon"]).map(PlaceId),
        leaves_in=st.integers(-60, 200),
        state=st.sampled_from(list(DepartureState)),
    ),
    orders=st.lists(
        st.builds(Order, st.just("A17"), st.sampled_from(list(OrderState)), st.just(PlaceId("shop-desk"))), max_size=1
    ).map(tuple),
)


@given(_ACTS)
def test_the_row_that_is_explained_is_the_row_that_is_shown(quay: PackFolder, act: Act) -> None:
    """And every row above it says why it is not."""
    reading = quay.read()
    assert reading.pack is not None
    found = _judge(act, quay)
    step = quay.guide(reading, act.at).step(facts_of(act, reading.pack), EN)
    assert step.row == (found.answers.row.id if found.answers else LAST_RESORT)
    assert all(each.why for each in found.above)


def test_an_edited_folder_is_read_again_and_a_broken_one_tells_what_is_wrong(folder: PackFolder) -> None:
    before = folder.read()
    assert folder.read() is before
    rows = folder.path / "rows.csv"
    text = rows.read_text(encoding="utf-8")
    rows.write_text(text.replace("departure.state is cancelled", "departure.state is canceled"), encoding="utf-8")
    (finding,) = folder.read().findings
    place = line_of(folder.path, "cancelled")
    assert f"{finding.file}:{finding.line}" == place
    assert finding.todo == 'Did you mean "cancelled"?'
    assert folder.read().pack is None
    rows.write_text(text.replace("k-welcome,kiosk,", "k-welcome,kiosk gate,"), encoding="utf-8")
    assert folder.read().pack is not None
    rows.unlink()
    assert "can't be read" in folder.read().findings[0].what
