"""How the age of the data is shown: not at all while it is current, else since when it is old."""

from kiosk.model.view import Freshness
from kiosk.session.parts import Parts

_GRACE_MS = 10_000
"""A connection that comes back within this time is not worth a mark on the screen."""
CURRENT = Freshness(connected=True, as_of=None)


def freshness_shown(parts: Parts) -> Freshness:
    """`CURRENT`, or the stored freshness once it is older than the grace time.

    Current data is shown without its time, so that a screen is not drawn anew with every sign of life.
    """
    stored = parts.store.freshness()
    age = None if stored.as_of is None else parts.clock.now().wall_ms - stored.as_of
    if stored.connected or (age is not None and 0 <= age < _GRACE_MS):
        return CURRENT
    return Freshness(connected=False, as_of=stored.as_of)
