"""The failing part of a condition, with the value that was there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.release.expression import compile_expression
from deploy.release.preview.failing import failing, value_told
from kiosk.guidance.certlogic import evaluate

SEEN = {
    "outcome": "informed",
    "order": {"state": "preparing", "minutes_left": 12, "here": False, "count": 2},
    "departure": {"state": "unknown", "minutes_to_gate": "unknown", "walk": 3, "minutes_to_departure": 50},
    "subject": {"known": True, "step_free": "unknown"},
}


@pytest.mark.parametrize(
    ("condition", "parts"),
    [
        ("order.state is preparing", ()),
        ("order.state is ready", ("order.state is ready: it is preparing",)),
        ("not order.state is preparing", ("not order.state is preparing: it is preparing",)),
        ("order.state in (ready, called)", ("order.state in (ready, called): it is preparing",)),
        ("order.here", ("order.here: it is not so",)),
        ("not subject.known", ("not subject.known: it is so",)),
        ("subject.step_free", ("subject.step_free: it is unknown",)),
        ("order.minutes_left < 5", ("order.minutes_left < 5: it is 12 min",)),
        ("not order.minutes_left > 5", ("order.minutes_left <= 5: it is 12 min",)),
        ("departure.minutes_to_gate < 20", ("departure.minutes_to_gate < 20: it is unknown",)),
        (
            "departure.minutes_to_departure < departure.walk + 5",
            ("departure.minutes_to_departure < departure.walk + 5: it is 50 min, and departure.walk is 3 min",),
        ),
        ("subject.known and order.here and order.state is ready", ("order.here: it is not so",)),
        (
            "order.state is ready or order.minutes_left < 5 or order.here",
            ("order.state is ready: it is preparing", "order.minutes_left < 5: it is 12 min", "order.here: it is not so"),
        ),
        ("subject.known and (order.here or order.minutes_left < 5 and order.state is ready)",
            ("order.here: it is not so", "order.minutes_left < 5: it is 12 min")),
        ("not (order.state is ready or subject.known)", ("not subject.known: it is so",)),
        ("order.count is 1", ("order.count is 1: it is 2 orders",)),
    ],
)  # fmt: skip
def test_the_smallest_part_that_failed_is_named(condition: str, parts: tuple[str, ...]) -> None:
    assert failing(compile_expression(condition), SEEN) == parts


@pytest.mark.parametrize(
    ("logic", "part"),
    [
        ({"<": [{"var": "order.state"}, 3]}, "wrong type"),
        ({"if": [{"var": "x"}]}, "wrong operands"),
        ({"nonsense": [1]}, "unknown operation"),
        ({"and": [True, {"var": "nothing.there"}]}, "None"),
        (False, "false: it never holds"),
        (7, "7: it never holds"),
        ([], "[]: it never holds"),
        ({"reduce": [[], True, False]}, "it never holds"),
    ],
)
def test_logic_that_no_author_wrote_is_shown_as_it_is(logic: Any, part: str) -> None:
    (told,) = failing(logic, SEEN)
    assert part in told


_LOGIC = st.recursive(
    st.sampled_from([True, False, 1, "x", {"var": "order.state"}, {"var": "order.minutes_left"}, {"var": ""}, None]),
    lambda inner: st.builds(
        lambda name, parts: {name: parts},
        st.sampled_from(["and", "if", "!", "===", "in", "<", "+", "reduce", "var", "nonsense"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@given(_LOGIC)
def test_whatever_does_not_hold_has_a_failing_part(logic: Any) -> None:
    """And what holds has none."""
    assert bool(failing(logic, SEEN)) is (evaluate(logic, SEEN) is not True)


def test_a_value_is_told_with_its_unit() -> None:
    told = [value_told(name, SEEN) for name in ("order.minutes_left", "order.state", "order.here", "departure.state")]
    assert told == ["12 min", "preparing", "not so", "unknown"]
