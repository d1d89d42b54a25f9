"""CertLogic: what it gives, what it refuses, and that it always does one of the two."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.guidance.certdates import parse_date_time, shift
from kiosk.guidance.certlogic import (
    MAX_DEPTH,
    MAX_WORK,
    Logic,
    Refusal,
    Refused,
    compile_logic,
    evaluate,
)

_X: dict[str, Any] = {"var": "x"}


@pytest.mark.parametrize(
    ("expression", "data", "value"),
    [
        (True, None, True),
        ("word", None, "word"),
        (7, None, 7),
        ([1, {"var": "x"}], {"x": 2}, [1, 2]),
        ({"var": ""}, 5, 5),
        ({"var": "a.b"}, {"a": {"b": 3}}, 3),
        ({"var": "a.1"}, {"a": [4, 5]}, 5),
        ({"var": "a.2"}, {"a": [4, 5]}, None),
        ({"var": "a.x"}, {"a": [4, 5]}, None),
        ({"var": "a.b.c"}, {"a": 1}, None),
        ({"var": "a.9999999999"}, {"a": [1]}, None),
        ({"if": [_X, "yes", "no"]}, {"x": "s"}, "yes"),
        ({"if": [_X, "yes", "no"]}, {"x": []}, "no"),
        ({"if": [_X, "yes", "no"]}, {"x": False}, "no"),
        ({"and": [1, _X, {"+": ["never", "reached"]}]}, {"x": 0}, 0),
        ({"and": [1, "last"]}, None, "last"),
        ({"!": [_X]}, {"x": {}}, True),
        ({"===": [_X, "a"]}, {"x": "a"}, True),
        ({"===": [1, True]}, None, False),
        ({"===": [_X, 1]}, {"x": True}, False),
        ({"===": [_X, 1]}, {"x": 1.0}, True),
        ({"===": [_X, "1"]}, {"x": 1}, False),
        ({"===": [_X, {"var": "y"}]}, {}, True),
        ({"===": [_X, _X]}, {"x": []}, False),
        ({"in": [_X, ["a", 1]]}, {"x": 1}, True),
        ({"in": [_X, ["a", 1]]}, {"x": True}, False),
        ({"+": [_X, 2]}, {"x": 40}, 42),
        ({"<": [1, _X, 3]}, {"x": 2}, True),
        ({"<": [1, _X, 3]}, {"x": 3}, False),
        ({">": [2, 1]}, None, True),
        ({"<=": [2, 2]}, None, True),
        ({">=": [1, 2]}, None, False),
        ({"reduce": [_X, {"+": [{"var": "current"}, {"var": "accumulator"}]}, 0]}, {"x": [1, 2, 3]}, 6),
        ({"reduce": [_X, 1, "start"]}, {}, "start"),
        ({"before": [{"plusTime": ["2026-11-21", 1, "day"]}, {"plusTime": ["2026-11-23", 0, "day"]}]}, None, True),
        ({"after": [{"plusTime": ["2026", 0, "day"]}, {"plusTime": ["2026-12-31", 0, "day"]}]}, None, False),
        ({"not-after": [{"plusTime": ["2026-02", 0, "day"]}, {"plusTime": ["2026-02-28", 0, "day"]}]}, None, True),
        ({"not-before": [{"plusTime": ["2026-02-01", 0, "day"]}, {"plusTime": ["2026-02", 0, "day"]}]}, None, False),
    ],
)
def test_an_expression_has_the_value_that_the_specification_gives_it(expression: Any, data: Any, value: Any) -> None:
    found = evaluate(expression, data)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("expression", "refused"),
    [
        (None, Refused(Refusal.NOT_AN_EXPRESSION)),
        (1.5, Refused(Refusal.NOT_AN_EXPRESSION)),
        ({}, Refused(Refusal.NOT_AN_EXPRESSION)),
        ({"a": 1, "b": 2}, Refused(Refusal.NOT_AN_EXPRESSION)),
        ({"exec": ["rm"]}, Refused(Refusal.UNKNOWN_OPERATION)),
        ({"var": 1}, Refused(Refusal.WRONG_OPERANDS, "var")),
        ({"if": [True, 1]}, Refused(Refusal.WRONG_OPERANDS, "if")),
        ({"and": "ab"}, Refused(Refusal.WRONG_OPERANDS, "and")),
        ({"plusTime": ["2026", 1]}, Refused(Refusal.WRONG_OPERANDS, "plusTime")),
        ({"plusTime": ["2026", "1", "day"]}, Refused(Refusal.WRONG_TYPE, "plusTime")),
        ({"plusTime": ["2026", 1, "week"]}, Refused(Refusal.WRONG_TYPE, "plusTime")),
        ({"plusTime": [1, 1, "day"]}, Refused(Refusal.WRONG_TYPE, "plusTime")),
        ({"plusTime": ["tomorrow", 1, "day"]}, Refused(Refusal.NOT_A_DATE, "plusTime")),
        ({"plusTime": ["2026", 10**9, "day"]}, Refused(Refusal.OUT_OF_RANGE, "plusTime")),
        ({"in": ["a", "abc"]}, Refused(Refusal.WRONG_TYPE, "in")),
        ({"+": [1, "1"]}, Refused(Refusal.WRONG_TYPE, "+")),
        ({"+": [2**53, 1]}, Refused(Refusal.OUT_OF_RANGE, "+")),
        ({"<": [1, True]}, Refused(Refusal.WRONG_TYPE, "<")),
        ({"before": ["2026", "2027"]}, Refused(Refusal.WRONG_TYPE, "before")),
        ({"reduce": ["abc", 1, 0]}, Refused(Refusal.WRONG_TYPE, "reduce")),
        ({"!": [{"plusTime": ["2026", 0, "day"]}]}, Refused(Refusal.WRONG_TYPE, "!")),
    ],
)
def test_what_is_no_expression_or_has_no_value_is_refused_with_the_reason(expression: Any, refused: Refused) -> None:
    assert evaluate(expression, {}) == refused


def test_an_expression_that_nests_too_deep_is_refused() -> None:
    deep: Any = True
    for _ in range(MAX_DEPTH + 1):
        deep = {"!": [deep]}
    assert evaluate(deep, {}) == Refused(Refusal.TOO_DEEP)


def test_an_expression_that_is_too_large_is_refused() -> None:
    assert evaluate([1] * MAX_WORK, {}) == Refused(Refusal.TOO_MUCH_WORK)


def test_nested_loops_end_with_their_budget() -> None:
    loop: Any = {"var": "accumulator"}
    for _ in range(5):
        loop = {"reduce": [[1] * 20, loop, 0]}
    assert evaluate(loop, {}) == Refused(Refusal.TOO_MUCH_WORK)


def test_a_compiled_expression_names_what_it_reads() -> None:
    logic = compile_logic({"and": [{"var": "a.b"}, {"in": [{"var": "c"}, ["x"]]}]})
    assert isinstance(logic, Logic)
    assert logic.names == {"a.b", "c"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
_NAMES = ["if", "and", "!", "===", "in", "+", "<", ">", "before", "not-after", "plusTime", "reduce", "other"]
_EXPRESSIONS = st.recursive(
    _JSON | st.builds(lambda path: {"var": path}, st.sampled_from(["", "a", "a.b", "current", "accumulator", "a.0"])),
    lambda inner: st.builds(lambda name, of: {name: of}, st.sampled_from(_NAMES), st.lists(inner, max_size=4)),
    max_leaves=20,
)


@settings(max_examples=400)
@given(_EXPRESSIONS, st.dictionaries(st.sampled_from(["a", "b"]), _JSON))
def test_every_expression_on_every_document_gives_a_value_or_a_typed_refusal(expression: Any, data: Any) -> None:
    value = evaluate(expression, data)
    kinds = (bool, int, float, str, list, dict, datetime, Refused)
    assert value is None or isinstance(value, kinds)
    assert repr(evaluate(expression, data)) == repr(value)


@given(st.integers(-20, 20), st.integers(-20, 20))
def test_comparisons_agree_with_those_of_whole_numbers(left: int, right: int) -> None:
    assert evaluate({"<": [left, right]}, {}) is (left < right)
    assert evaluate({">=": [left, right]}, {}) is (left >= right)
    assert evaluate({"===": [left, right]}, {}) is (left == right)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026", "2026-12-31T00:00:00+00:00"),
        ("2024-02", "2024-02-29T00:00:00+00:00"),
        ("2026-11-21", "2026-11-21T00:00:00+00:00"),
        ("2026-11-21T10:00:00", "2026-11-21T10:00:00+00:00"),
        ("2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.500000+00:00"),
        ("2026-11-21T10:00:00.12399Z", "2026-11-21T10:00:00.123000+00:00"),
        ("2026-11-21T10:00:00+2", "2026-11-21T08:00:00+00:00"),
        ("2026-11-21T10:00:00-02:30", "2026-11-21T12:30:00+00:00"),
        ("2026-11-21T10:00:00+0230", "2026-11-21T07:30:00+00:00"),
    ],
)
def test_dates_are_read_in_the_allowed_forms(text: str, moment: str) -> None:
    assert parse_date_time(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-02-30", "0000", "21.11.2026", "9999-12-31T23:00:00-09", "now"])
def test_other_texts_are_no_dates(text: str) -> None:
    assert parse_date_time(text) is None


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2020-02-29", 1, "day", "2020-03-01"),
        ("2020-02-29", 1, "month", "2020-03-29"),
        ("2020-02-29", 1, "year", "2021-03-01"),
        ("2020-01-31", 1, "month", "2020-03-02"),
        ("2020-01-31", -1, "month", "2019-12-31"),
        ("2020-03-01", -24, "hour", "2020-02-29"),
    ],
)
def test_a_date_is_shifted_as_the_specification_tables_it(start: str, amount: int, unit: str, end: str) -> None:
    moment = parse_date_time(start)
    assert moment is not None
    assert shift(moment, amount, unit) == parse_date_time(end)


@pytest.mark.parametrize("unit", ["year", "hour"])
def test_a_shift_out_of_the_calendar_gives_nothing(unit: str) -> None:
    moment = parse_date_time("2026-11-21")
    assert moment is not None
    assert shift(moment, 10**8, unit) is None
