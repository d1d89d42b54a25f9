"""`opas hub pathway`: times as people write them, and the list as they read it."""

from zoneinfo import ZoneInfo

import pytest

from kiosk.model.ids import EpochMs
from sync.hub.commands.pathway import NoTime, ending, told

_HELSINKI = ZoneInfo("Europe/Helsinki")
_NOW = EpochMs(1_795_276_800_000)
"""21 November 2026, 18:00 in Helsinki."""
_MINUTE = 60_000


@pytest.mark.parametrize(
    ("until", "minutes", "expected"),
    [
        (None, None, None),
        (None, 90, _NOW + 90 * _MINUTE),
        ("2026-11-21T18:45", None, _NOW + 45 * _MINUTE),
        ("2026-11-21 17:45+01:00", None, _NOW + 45 * _MINUTE),
    ],
)
def test_an_end_is_told_in_minutes_or_as_a_time_at_the_site(
    until: str | None, minutes: int | None, expected: int | None
) -> None:
    """Wherever the administrator sits."""
    assert ending(until, minutes, _HELSINKI, _NOW) == expected


def test_what_is_no_time_is_refused_with_how_to_write_one() -> None:
    """Nothing is closed then."""
    with pytest.raises(NoTime) as caught:
        ending("soon", None, _HELSINKI, _NOW)
    assert '"soon" is no time' in caught.value.what
    assert "2027-03-28T16:00" in caught.value.todo


def test_the_list_tells_every_way_and_what_is_said_of_it() -> None:
    """A closed one stands out."""
    lift = {"id": "lift", "mode": "lift", "start": "a", "end": "b", "step_free": True, "said": None}
    said = {"id": "lift", "site": "s", "open": False, "at": _NOW, "until": _NOW + 5 * _MINUTE}
    ways = [lift, {**lift, "said": said}, {**lift, "said": {**said, "open": True, "until": None, "why": "repaired"}}]
    lines = [line.partition(": ")[2] for line in told({"zone": "Europe/Helsinki", "pathways": ways})]
    assert lines == ["as in the pack", "CLOSED until 2026-11-21 18:05", "open (repaired)"]
