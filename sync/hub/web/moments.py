"""Times on the page. Pure."""

from datetime import UTC, datetime

import msgspec

from kiosk.model.ids import EpochMs

_LAST_MS = 253_402_300_799_000
"""The end of the year 9999, beyond which no browser follows."""


class Moment(msgspec.Struct, frozen=True):
    """A time for `<time>`: `iso` for the browser, which shows it in its own zone; `text` until it does."""

    iso: str
    text: str


def moment(at: EpochMs) -> Moment:
    """A time, in UTC until the browser knows better."""
    when = datetime.fromtimestamp(min(max(at, 0), _LAST_MS) / 1000, UTC)
    return Moment(when.isoformat(timespec="milliseconds").replace("+00:00", "Z"), f"{when:%H:%M:%S} UTC")
