"""Texts: filled, in the right number, at the site's time."""

from datetime import UTC, datetime

import pytest

from kiosk.guidance.words import Words, plural_forms
from kiosk.model.ids import EpochMs, Lang

FI, EN, LT, ET = Lang("fi"), Lang("en"), Lang("lt"), Lang("et")


def _at(text: str) -> EpochMs:
    return EpochMs(round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000))


def _words(texts: dict[str, str], lang: Lang = EN) -> Words:
    return Words({lang: texts}, "Europe/Helsinki")


def test_placeholders_are_filled_and_nothing_else_is() -> None:
    words = _words({"hello": "Hello, {name}: {name}!"})
    assert words.text(EN, "hello", {"name": "{oops} %s {0.__class__}"}) == (
        "Hello, {oops} %s {0.__class__}: {oops} %s {0.__class__}!"
    )


def test_a_message_that_is_not_there_is_empty() -> None:
    assert _words({}).text(EN, "none") == ""


@pytest.mark.parametrize(
    ("count", "text"), [(1, "minuutti"), (0, "0 minuuttia"), (2, "2 minuuttia"), (21, "21 minuuttia")]
)
def test_the_plural_form_is_that_of_the_language(count: int, text: str) -> None:
    words = _words({"left|one": "minuutti", "left|other": "{minutes} minuuttia"}, FI)
    assert words.text(FI, "left", {"minutes": count}) == text


def test_lithuanian_has_its_three_forms_of_whole_numbers() -> None:
    assert plural_forms(LT) == {"one", "few", "other"}
    texts = {"left|one": "{count} minutė", "left|few": "{count} minutės", "left|other": "{count} minučių"}
    words = _words(texts, LT)
    assert [words.text(LT, "left", {"count": count}) for count in (1, 2, 10)] == ["1 minutė", "2 minutės", "10 minučių"]


def test_what_a_message_needs_is_known_over_all_languages_and_forms() -> None:
    words = Words({EN: {"a|one": "one", "a|other": "{count}"}, FI: {"a": "{name}"}}, "UTC")
    assert words.needs(("a", "b")) == {"count", "name"}


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2027-03-28T00:59:00", "02:59"),
        ("2027-03-28T01:00:00", "04:00"),
        ("2027-10-31T00:59:00", "03:59"),
        ("2027-10-31T01:00:00", "03:00"),
        ("2027-10-31T02:00:00", "04:00"),
    ],
)
def test_the_clock_is_right_through_the_nights_when_it_changes(utc: str, local: str) -> None:
    assert _words({}).local_time(_at(utc)) == local


def test_days_are_counted_by_local_midnights() -> None:
    words = _words({})
    assert words.days_between(_at("2027-03-27T21:59:00"), _at("2027-03-27T22:00:00")) == 1
    assert words.days_between(_at("2027-10-30T21:00:00"), _at("2027-10-31T21:59:00")) == 0


@pytest.mark.parametrize(
    ("lang", "date"),
    [
        ("fi", "ma 23. marraskuuta"),
        ("sv", "mån 23 november"),
        ("en", "Monday 23 November"),
        ("et", "esmaspäev, 23. november"),
    ],
)
def test_dates_are_in_the_words_of_the_language(lang: str, date: str) -> None:
    assert _words({}, Lang(lang)).local_date(_at("2026-11-22T22:30:00"), Lang(lang)) == date


@pytest.mark.parametrize("moment", [-(10**18), 10**18])
def test_an_impossible_time_is_told_somehow(moment: int) -> None:
    assert len(_words({}).local_time(EpochMs(moment))) == 5
