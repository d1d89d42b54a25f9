"""What each row lacks: the first that lacks nothing is the one that answers, whatever the situation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.guidance import Facts, Guide
from kiosk.guidance.guide import LAST_RESORT
from kiosk.guidance.tried import Lack
from kiosk.model.ids import DeviceId, EpochMs, Lang
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from tests.fakes.packs import NOW, a_departure, a_subject, an_order, small_body, small_pack

EN = Lang("en")
KIOSK = DeviceId("kiosk-1")
_PATHWAYS: list[dict[str, Any]] = small_body()["pathways"]
NOBODY = Facts(now=NOW, outcome=Outcome.CHECKED_IN)


def _row(**changes: Any) -> dict[str, Any]:
    return {"id": "only", "tone": "info", "message": "plain", **changes}


def _guide(*rows: dict[str, Any], **changes: Any) -> Guide:
    return Guide(small_pack({**small_body(), "rows": list(rows), **changes}), KIOSK)


@pytest.mark.parametrize(
    ("row", "lack", "words"),
    [
        (_row(), None, ()),
        (_row(at=["kiosk"], outcomes=["checked_in"], valid_from=NOW, valid_until=NOW + 1), None, ()),
        (_row(at=["desk"], outcomes=["informed"]), Lack.TOUCHPOINT, ()),
        (_row(outcomes=["informed"], valid_from=NOW + 1), Lack.OUTCOME, ()),
        (_row(variant="try/b", valid_from=NOW + 1), Lack.VARIANT, ()),
        (_row(variant="try/a"), None, ()),
        (_row(valid_from=NOW + 1, when={"===": [{"var": "order.state"}, "ready"]}), Lack.NOT_YET, ()),
        (_row(valid_until=NOW), Lack.NO_LONGER, ()),
        (_row(when={"===": [{"var": "order.state"}, "ready"]}, place="@gate"), Lack.CONDITION, ()),
        (_row(place="@gate", message="named"), Lack.PLACE, ()),
        (_row(place="hall", message="named"), Lack.WORDS, ("destination", "name", "vessel")),
    ],
)
def test_a_row_tells_the_first_thing_that_it_lacks(
    row: dict[str, Any], lack: Lack | None, words: tuple[str, ...]
) -> None:
    guide = _guide(row, experiments=[{"id": "try", "variants": ["a", "b"]}])
    (found,) = guide.tried(NOBODY, EN)
    assert (found.lack, found.words) == (lack, words)


def test_rows_below_the_answer_are_tried_too() -> None:
    found = list(_guide(_row(), _row(id="next")).tried(NOBODY, EN))
    assert [(each.row.id, each.lack) for each in found] == [("only", None), ("next", None)]


_FACTS = st.builds(
    Facts,
    now=st.integers(0, 2 * NOW).map(EpochMs),
    outcome=st.sampled_from(list(Outcome)),
    departure=st.none() | st.builds(a_departure, st.integers(-90, 90), st.sampled_from(["gate", "moon"])),
    orders=st.just(())
    | st.builds(an_order, st.just("A1"), st.sampled_from(list(OrderState))).map(lambda order: (order,)),
    subject=st.none() | st.just(a_subject()),
    name=st.sampled_from(["", "Anna K."]),
)


@given(_FACTS, st.sampled_from(["kiosk-1", "desk-1"]), st.sampled_from(["fi", "en", "xx"]))
def test_the_first_row_that_lacks_nothing_answers(facts: Facts, device: str, lang: str) -> None:
    guide = Guide(small_pack(), DeviceId(device))
    answering = (each.row.id for each in guide.tried(facts, Lang(lang)) if each.lack is None)
    assert guide.step(facts, Lang(lang)).row == next(answering, LAST_RESORT)


def test_the_situation_is_seen_at_its_own_moment() -> None:
    """Once the stairs and the lift are closed, no walk to the gate is known."""
    closed = [{**each, "closed_from": NOW} if each["id"] in {"lift", "stairs"} else each for each in _PATHWAYS]
    guide = _guide(_row(), pathways=closed)
    now = replace(NOBODY, departure=a_departure())
    before = replace(now, now=EpochMs(NOW - 1))
    walks = [guide.situation(facts).document()["departure"]["walk"] for facts in (before, now)]
    assert walks == [1, "unknown"]
