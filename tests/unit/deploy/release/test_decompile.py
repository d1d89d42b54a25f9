"""Conditions are shown back: what a plain expression compiles to reads as that expression again, and in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.release.decompile import NotOurs, decompile, in_words
from deploy.release.expression import NoExpression, compile_expression
from kiosk.guidance.declared import DECLARED, UNKNOWN, FactType

_NUMBERS = [fact.name for fact in DECLARED.values() if fact.type is FactType.NUMBER]
_FLAGS = [fact.name for fact in DECLARED.values() if fact.type is FactType.FLAG]
_WORDS = [(fact.name, word) for fact in DECLARED.values() for word in (*fact.words, UNKNOWN) if fact.words]
_TERMS = st.lists(st.sampled_from(_NUMBERS) | st.integers(-2000, 2000).map(str), min_size=1, max_size=3).map(" + ".join)
_TESTS = st.one_of(
    st.sampled_from(_FLAGS),
    st.sampled_from(_FLAGS).map(lambda name: f"{name} is {UNKNOWN}"),
    st.sampled_from(_WORDS).map(" is ".join),
    st.sampled_from(_WORDS).map(" is not ".join),
    st.sampled_from(_WORDS).map(lambda pair: f"{pair[0]} in ({pair[1]}, {UNKNOWN})"),
    st.builds("{} {} {}".format, st.sampled_from(_NUMBERS), st.sampled_from(["<", "<=", ">", ">="]), _TERMS),
    st.builds("{} is {}".format, st.sampled_from(_NUMBERS), st.integers(-5, 5)),
)
_EXPRESSIONS = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
        inner.map(lambda part: f"not {part}"),
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(_EXPRESSIONS)
def test_what_is_shown_back_compiles_to_the_same(expression: str) -> None:
    logic = compile_expression(expression)
    assert compile_expression(decompile(logic)) == logic
    assert in_words(logic)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "always"),
        ("order.state is ready", "the order is ready"),
        (
            "departure.minutes_to_gate < departure.walk + 5",
            "the time until the gate closes is less than the walk to the gate plus 5 min",
        ),
        ("order.state in (ready, handing_over)", "the order is one of (ready, handing over)"),
        (
            "journey.state is booked and (order.fits or order.here)",
            "the journey is booked and (there is time to collect the order first or the order is here)",
        ),
        ("not subject.step_free", "not: ways must be step-free"),
    ],
)
def test_a_condition_in_words(expression: str, words: str) -> None:
    assert in_words(compile_expression(expression)) == words


@pytest.mark.parametrize(
    "logic",
    [
        {"reduce": [1, 2, 3]},
        {"if": [{"===": [{"var": "order.here"}, True]}, 1, False]},
        {"if": [{"===": [{"var": "order.days"}, "unknown"]}, False, {"===": [{"var": "order.days"}, 1]}]},
        {"a": 1, "b": 2},
    ],
)
def test_logic_of_another_origin_is_shown_as_it_is(logic: dict[str, object]) -> None:
    with pytest.raises(NotOurs):
        decompile(logic)
    assert in_words(logic) == str(logic)


def test_a_hostile_expression_is_refused_not_followed_down() -> None:
    with pytest.raises(NoExpression):
        compile_expression("not " * 5000 + "order.here")
    with pytest.raises(NoExpression):
        compile_expression("(" * 5000)
