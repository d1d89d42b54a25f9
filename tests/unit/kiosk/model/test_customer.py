"""What may be held and used of a person: only what the last answer for each purpose permits."""

import pytest

from kiosk.model.customer import Basis, Consent, ConsentState, Interest, Purpose, consented, permitted

_COFFEE = Interest("coffee", Basis.STATED)
_GAMES = Interest("games", Basis.INFERRED)


def _said(purpose: Purpose, *states: ConsentState) -> tuple[Consent, ...]:
    return tuple(Consent(purpose, state, "v1") for state in states)


@pytest.mark.parametrize(
    ("states", "may"),
    [
        ((), False),
        ((ConsentState.GRANTED,), True),
        ((ConsentState.DENIED,), False),
        ((ConsentState.GRANTED, ConsentState.REVOKED), False),
        ((ConsentState.REVOKED, ConsentState.GRANTED), True),
    ],
)
def test_the_last_answer_for_a_purpose_counts(states: tuple[ConsentState, ...], may: bool) -> None:
    """No answer is a no."""
    assert consented(_said(Purpose.MARKETING, *states), Purpose.MARKETING) is may


def test_a_yes_to_one_purpose_is_none_to_another() -> None:
    """Each is asked for by itself."""
    assert not consented(_said(Purpose.MARKETING, ConsentState.GRANTED), Purpose.PERSONALISATION)


def test_inferred_interests_may_be_held_only_with_both_consents() -> None:
    """Stated ones with the one for personalisation."""
    personal = _said(Purpose.PERSONALISATION, ConsentState.GRANTED)
    profiling = _said(Purpose.PROFILING, ConsentState.GRANTED)
    assert permitted((), (_COFFEE, _GAMES)) == ()
    assert permitted(profiling, (_COFFEE, _GAMES)) == ()
    assert permitted(personal, (_COFFEE, _GAMES)) == (_COFFEE,)
    assert permitted((*personal, *profiling), (_COFFEE, _GAMES)) == (_COFFEE, _GAMES)
