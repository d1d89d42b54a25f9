"""`opas hub consent`: what a person allowed, as an administrator reads it, and what became of a withdrawal."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.model.customer import Purpose
from sync.hub.commands.consent import main, told, withdrawn

_BEFORE: dict[str, Any] = {
    "subject": "00000000000000c1",
    "consents": [
        {"purpose": "marketing", "state": "denied", "text_version": "2026-1"},
        {"purpose": "personalisation", "state": "granted", "text_version": "2026-2"},
    ],
    "interests": [{"topic": "coffee", "basis": "stated"}],
    "declined": ["coffee-deal"],
}
_AFTER: dict[str, Any] = {
    **_BEFORE,
    "consents": [{"purpose": "personalisation", "state": "revoked", "text_version": "2026-2"}],
    "interests": [],
}


def test_every_purpose_is_told_also_one_that_was_never_answered() -> None:
    """With what is held because of the answers, and never a name."""
    assert list(told(_BEFORE)) == [
        "personalisation  granted, text 2026-2",
        "profiling        no answer",
        "marketing        denied, text 2026-1",
        "interests        coffee (stated)",
        "not for them     coffee-deal",
    ]
    assert "interests        none held" in list(told(_AFTER))


def test_a_withdrawal_says_what_it_ended_and_what_there_was_nothing_to_end_of() -> None:
    """No answer is made up for a purpose that nobody was asked about."""
    assert list(withdrawn(_BEFORE, _AFTER, tuple(Purpose))) == [
        "personalisation: withdrawn, text 2026-2.",
        "profiling: nothing to withdraw (no answer).",
        "marketing: nothing to withdraw (denied).",
        "1 interest dropped.",
    ]


def test_a_purpose_that_is_none_is_refused_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names those that there are."""
    with pytest.raises(SystemExit):
        main(["withdraw", "harbour", "00000000000000c1", "offers", "--config", str(tmp_path / "none.toml")])
    assert "name personalisation, profiling, marketing" in capsys.readouterr().err
