"""How long an event is worth keeping: its class, and the months by which kept events are put away and dropped. Pure."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from kiosk.model.event import (
    AnswerShown,
    CodeScanned,
    DatabaseRebuilt,
    HealthChanged,
    PackActivated,
    TouchpointStarted,
)
from kiosk.model.ids import EpochMs


class EventClass(StrEnum):
    """What an event is to those who look back on it."""

    DEED = "deed"
    """It changed what somebody is owed: redemptions, orders, help. Whatever has no class of its own is one."""
    READING = "reading"
    """It only reported: scans, answers, health. By far the most."""


READINGS = frozenset(
    kind.__name__
    for kind in (CodeScanned, AnswerShown, TouchpointStarted, HealthChanged, PackActivated, DatabaseRebuilt)
)


def class_of(event_type: str) -> EventClass:
    """The class of a type of event, by the name that it has on the wire."""
    return EventClass.READING if event_type in READINGS else EventClass.DEED


class Month(msgspec.Struct, frozen=True):
    """One calendar month in UTC, [`first`, `after`)."""

    name: str
    first: EpochMs
    after: EpochMs


def month_of(at: EpochMs) -> Month:
    """The month that `at` lies in."""
    when = datetime.fromtimestamp(at / 1000, UTC)
    year, month = when.year, when.month
    return Month(f"{year:04}_{month:02}", _start(year, month), _start(year + month // 12, month % 12 + 1))


def _start(year: int, month: int) -> EpochMs:
    return EpochMs(int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000)
