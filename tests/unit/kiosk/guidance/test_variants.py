"""Experiments: one journey sees one variant everywhere, shared displays change by the hour, nobody is left without."""

from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.errors import PackError
from kiosk.guidance import Facts, Guide
from kiosk.guidance.variants import variants_of
from kiosk.model.ids import DeviceId, EpochMs, JourneyId, Lang
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Experiment, SplitBy
from tests.fakes.packs import NOW, a_journey, minutes, small_body, small_pack

_TRIED = Experiment("words", ("usual", "short"))
_HOURLY = Experiment("board", ("a", "b"), SplitBy.HOUR)


def _facts(journey: int | None = None, now: int = NOW) -> Facts:
    found = None if journey is None else replace(a_journey(), id=JourneyId(f"{journey:016x}"))
    return Facts(EpochMs(now), Outcome.INFORMED, journey=found)


def test_variants_are_dealt_evenly_by_journey() -> None:
    dealt = Counter(variant for journey in range(1000) for variant in variants_of([_TRIED], _facts(journey)))
    assert set(dealt) == {"words/usual", "words/short"}
    assert min(dealt.values()) > 400


def test_one_journey_sees_one_variant_whenever_it_is_asked() -> None:
    for journey in range(20):
        assert len({variants_of([_TRIED], _facts(journey, NOW + minutes(at))) for at in range(0, 600, 60)}) == 1


def test_who_has_no_journey_gets_the_first_variant() -> None:
    assert variants_of([_TRIED], _facts()) == {"words/usual"}


def test_shared_displays_change_by_the_hour_only() -> None:
    hour = NOW - NOW % minutes(60)
    within = {variants_of([_HOURLY], _facts(now=hour + minutes(at))) for at in range(60)}
    assert len(within) == 1
    assert len({variants_of([_HOURLY], _facts(at, hour)) for at in range(20)}) == 1
    assert len({variants_of([_HOURLY], _facts(now=hour + minutes(60 * at))) for at in range(24)}) == 2


def _body(**changes: Any) -> dict[str, Any]:
    body = small_body()
    body["experiments"] = [{"id": "words", "variants": ["usual", "short"]}]
    body["rows"].insert(0, {"id": "tried", "tone": "info", "message": "plain", "outcomes": ["informed"]})
    body["rows"][0]["variant"] = "words/short"
    return {**body, **changes}


def test_a_row_of_a_variant_is_said_to_those_who_got_it() -> None:
    guide = Guide(small_pack(_body()), DeviceId("kiosk-1"))
    for journey in range(20):
        facts = _facts(journey)
        row = "tried" if "words/short" in variants_of([_TRIED], facts) else "others"
        assert guide.step(facts, Lang("en")).row == row


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"experiments": []}, 'no variant "words/short"'),
        ({"experiments": [{"id": "words", "variants": ["short"]}]}, "fewer than two variants"),
        ({"experiments": [{"id": "words", "variants": ["short", "short"]}]}, "one twice"),
        ({"experiments": [{"id": "words", "variants": ["a", "b"]}]}, 'no variant "words/short"'),
    ],
)
def test_an_experiment_that_is_none_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(PackError, match=what):
        small_pack(_body(**changes))
