"""Which row answers: the first that holds and can be said; and what the guide tells of its site."""

import pytest

from kiosk.guidance import Facts, NotInPack
from kiosk.guidance.guide import LAST_RESORT
from kiosk.model.ids import DeviceId, Lang, PlaceId
from kiosk.model.outcome import Outcome
from kiosk.model.step import Tone
from tests.fakes.packs import NOW, a_departure, minutes
from tests.unit.kiosk.guidance.harbour import CHECKED_IN, EN, FI, a_row, facts_with, guide_of


def test_without_a_name_the_row_that_greets_by_name_is_passed_over() -> None:
    step = guide_of().step(facts_with(name=""), EN)
    assert (step.row, step.headline) == ("soon", "60 minutes left")


def test_a_gate_that_the_pack_does_not_know_is_no_place_to_send_to() -> None:
    assert guide_of().step(facts_with(departure=a_departure(gate="gate-99")), EN).row == "soon"


def test_minutes_that_are_past_are_never_told() -> None:
    step = guide_of().step(facts_with(name="", departure=a_departure(in_minutes=-5)), EN)
    assert (step.row, step.headline, step.place) == (LAST_RESORT, "Come: Hall", "Hall")


def test_where_no_row_holds_the_last_resort_answers() -> None:
    step = guide_of().step(Facts(NOW, Outcome.FORGED), FI)
    assert (step.row, step.tone, step.headline) == (LAST_RESORT, Tone.INFO, "Tule: Halli")


def test_another_language_is_answered_in_the_packs_main_one() -> None:
    guide = guide_of()
    assert guide.step(CHECKED_IN, Lang("de")).lang == FI
    assert guide.attract(Lang("de")) == ("Tervetuloa: Satama", "Näytä koodi")
    assert guide.attract(EN) == ("Welcome to Harbour", "Show a code")
    assert guide.place_name(PlaceId("gate"), Lang("de")) == "Portti 7"


def test_a_place_that_is_not_in_the_pack_is_called_by_its_id() -> None:
    assert guide_of().place_name(PlaceId("gate-99"), EN) == "gate-99"
    assert guide_of().place_name(PlaceId("core"), EN) == "core"


def test_a_device_that_the_pack_does_not_name_is_told_so() -> None:
    with pytest.raises(NotInPack, match="names no touchpoint kiosk-9"):
        guide_of(DeviceId("kiosk-9"))


def test_the_guide_tells_what_the_pack_says_of_its_site() -> None:
    guide = guide_of()
    assert guide.pack.site == "harbour"
    assert guide.settings.clear_after_s == 20
    assert guide.languages == (FI, EN)
    assert guide.zone == "Europe/Helsinki"
    assert guide.local_time(NOW) == "18:00"


@pytest.mark.parametrize(
    ("begin", "end", "holds"), [(-1, 1, True), (0, None, True), (1, None, False), (None, 0, False), (None, 1, True)]
)
def test_a_row_speaks_only_within_its_time(begin: int | None, end: int | None, holds: bool) -> None:
    times = {"valid_from": begin, "valid_until": end}
    row = a_row(**{name: NOW + minutes(value) for name, value in times.items() if value is not None})
    assert (guide_of(rows=[row]).step(CHECKED_IN, EN).row == "only") is holds


def test_a_row_about_the_gate_needs_a_departure() -> None:
    rows = [a_row(message="gone", moment="departs", place="@order"), a_row(id="other")]
    assert guide_of(rows=rows).step(Facts(NOW, Outcome.CHECKED_IN), EN).row == "other"
    told = guide_of(rows=[a_row(message="gone", moment="departs")]).step(CHECKED_IN, EN)
    assert told.headline == "Gate 7 to Gate 7 Saturday 21 November!"
    assert told.speech == told.headline
