"""Plain expressions: what they compile to means what they say, and a mistake is pointed at."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deploy.release.expression import NoExpression, compile_expression
from kiosk.guidance.certlogic import Logic, compile_logic, evaluate

_DOCUMENT: dict[str, Any] = {
    "order": {"state": "ready", "minutes_left": 12, "here": True, "count": 2},
    "departure": {"minutes_to_gate": "unknown", "walk": 3},
    "journey": {"state": "unknown"},
    "subject": {"step_free": False},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("order.state is ready", True),
        ("order.state is not ready", False),
        ("order.state in (called, ready)", True),
        ("not order.state in (called, ready)", False),
        ("order.minutes_left < 20 and order.here", True),
        ("order.minutes_left >= 12", True),
        ("order.minutes_left > -5", True),
        ("order.count is 2", True),
        ("not subject.step_free", True),
        ("order.minutes_left < departure.walk + 9 + 1", True),
        ("order.minutes_left < departure.walk + 5", False),
        ("departure.minutes_to_gate < 20", False),
        ("not departure.minutes_to_gate < 20", False),
        ("departure.walk < departure.minutes_to_gate", False),
        ("departure.minutes_to_gate is unknown", True),
        ("departure.minutes_to_gate is not unknown", False),
        ("journey.state is not booked", True),
        ("order.here is unknown", False),
        ("departure.minutes_to_gate < 20 or order.here", True),
        ("not (order.here or subject.step_free)", False),
        ("not (order.here and subject.step_free)", True),
        ("subject.step_free or not (order.state is ready and order.count > 2)", True),
    ],
)
def test_an_expression_means_what_it_says(text: str, holds: bool) -> None:
    assert evaluate(compile_expression(text), _DOCUMENT) is holds


def test_an_empty_expression_always_holds() -> None:
    assert compile_expression("  ") is True


@pytest.mark.parametrize(
    ("text", "column", "what", "todo"),
    [
        ("order.stat is ready", 1, 'no fact "order.stat"', '"order.state"'),
        ("order.state is redy", 16, '"redy" is no value of order.state', '"ready"'),
        ("order.state is 5", 16, "no value", "Write one of"),
        ("order.count is ready", 16, "no value", "a number"),
        ("order.here is ready", 15, "no value", "unknown"),
        ("order.state", 12, "could stand alone", "in (…)"),
        ("order.state < 5", 13, "order.state is no number", "minutes"),
        ("order.count < order.state", 13, "order.state is no number", "minutes"),
        ("order.here and", 15, "A fact is missing", "Write one of"),
        ("order.here order.here", 12, "can't stand here", "and or or"),
        ("(order.here", 12, "the end can't stand here", '")"'),
        ("order.state in ready", 16, '"ready" can\'t stand here', '"("'),
        ("order.state is ready; drop", 21, "';' can't stand here", "facts"),
        ("  ! order.here", 3, "'!' can't stand here", "facts"),
        ("not " * 12 + "order.here", 45, "too deep", "Split"),
        ("touchpoint.id is", 17, "no value", "unknown"),
    ],
)
def test_a_mistake_is_named_with_its_column_and_what_to_write(text: str, column: int, what: str, todo: str) -> None:
    with pytest.raises(NoExpression) as caught:
        compile_expression(text)
    error = caught.value
    assert (error.column, what in error.what, todo in error.todo) == (column, True, True), (error.what, error.todo)


def test_a_word_without_a_closed_list_may_be_any() -> None:
    document = {"touchpoint": {"id": "gate-2"}}
    assert evaluate(compile_expression("touchpoint.id is gate-2"), document) is True


class _Said:
    """An expression together with what it means, worked out beside the compiler."""

    def __init__(self, text: str, means: bool | None) -> None:
        self.text = text
        self.means = means


def _negate(said: _Said) -> _Said:
    return _Said(f"not ({said.text})", None if said.means is None else not said.means)


def _join(word: str, parts: list[_Said]) -> _Said:
    means = [part.means for part in parts]
    held = all(means) if word == "and" else any(means)
    return _Said(f"({f' {word} '.join(part.text for part in parts)})", held)


_TESTS = st.sampled_from(
    [
        _Said("order.state is ready", means=True),
        _Said("order.state in (called)", means=False),
        _Said("order.minutes_left < 12", means=False),
        _Said("order.minutes_left <= 12", means=True),
        _Said("order.here", means=True),
        _Said("subject.step_free", means=False),
        _Said("journey.state is unknown", means=True),
    ]
)


@settings(max_examples=200)
@given(
    st.recursive(
        _TESTS,
        lambda inner: (
            st.builds(_negate, inner)
            | st.builds(_join, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3))
        ),
        max_leaves=6,
    )
)
def test_and_or_and_not_mean_the_same_compiled(said: _Said) -> None:
    assume(said.text.count("not") < 6)
    assert evaluate(compile_expression(said.text), _DOCUMENT) is said.means


@given(st.text(max_size=40))
def test_any_text_is_compiled_to_sound_logic_or_refused(text: str) -> None:
    column, logic = 1, None
    try:
        logic = compile_expression(text)
    except NoExpression as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
    assert logic is None or isinstance(compile_logic(logic), Logic)
