"""Spans of time in words."""

import pytest

from kiosk.i18n import Texts
from kiosk.model.ids import Lang
from kiosk.screens import timeleft

_MINUTE = 60_000


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-1.0, ""),
        (-0.5, "now"),
        (0.2, "in 1 min"),
        (24, "in 24 min"),
        (60, "in 1 h"),
        (61, "in 1 h 1 min"),
        (120, "in 2 h"),
    ],
)
def test_a_deadline_is_told_without_empty_minutes(minutes: float, words: str) -> None:
    """Full hours are told as such; what is over for a minute is told no more."""
    assert timeleft.until(Texts({}), Lang("en"), round(minutes * _MINUTE)) == words
