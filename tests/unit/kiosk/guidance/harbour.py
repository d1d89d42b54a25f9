"""A small harbour's guide and what it is asked: a passenger who has just checked in, and what may be different."""

from typing import Any

import msgspec

from kiosk.guidance import Facts, Guide
from kiosk.model.ids import DeviceId, Lang
from kiosk.model.outcome import Outcome
from tests.fakes.packs import NOW, a_departure, a_journey, a_subject, a_ticket, small_body, small_pack

EN, FI = Lang("en"), Lang("fi")
KIOSK, DESK = DeviceId("kiosk-1"), DeviceId("desk-1")
CHECKED_IN = Facts(
    now=NOW,
    outcome=Outcome.CHECKED_IN,
    ticket=a_ticket(),
    journey=a_journey(),
    departure=a_departure(),
    subject=a_subject(),
    name="Anna K.",
    as_of=NOW,
)


def guide_of(device: DeviceId = KIOSK, **changes: Any) -> Guide:
    return Guide(small_pack({**small_body(), **changes}), device)


def facts_with(facts: Facts = CHECKED_IN, **changes: Any) -> Facts:
    return msgspec.structs.replace(facts, **changes)


def a_row(**changes: Any) -> dict[str, Any]:
    return {"id": "only", "tone": "info", "message": "plain", **changes}
