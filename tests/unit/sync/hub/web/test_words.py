"""Every value that can be shown has its words."""

from enum import StrEnum
from typing import get_args

import pytest

from kiosk.model.changes import Refusal
from kiosk.model.event import EventBody, Health
from kiosk.model.floor import PathwayMode
from kiosk.model.outcome import Outcome
from kiosk.model.pack import TouchpointKind
from kiosk.model.ticket import Decision
from sync.hub.routes import Fault
from sync.hub.web import brokers, sentences, words
from sync.wire.messages import Route


@pytest.mark.parametrize(
    ("members", "table"),
    [
        (Health, words.HEALTH),
        (Outcome, words.OUTCOME),
        (Refusal, words.REFUSAL),
        (TouchpointKind, words.ROLE),
        (PathwayMode, words.MODE),
        (Route, brokers.ROUTE),
        (Fault, brokers.BROKER),
    ],
)
def test_every_member_has_words(members: type[StrEnum], table: dict[object, str]) -> None:
    """Else a page with a new outcome would not come."""
    assert set(members) == set(table)
    assert all(table.values())


def test_every_event_has_a_sentence() -> None:
    """And every decision its words."""
    assert set(sentences.SENTENCES) == set(get_args(EventBody))
    assert set(sentences.SURE) == set(Decision)
