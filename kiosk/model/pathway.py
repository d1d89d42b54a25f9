"""What the site's people say of a way just now: the lift is closed, the stairs are open again."""

from collections.abc import Iterable

import msgspec

from kiosk.model.ids import EpochMs, SiteId


class PathwayState(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pathway as the hub knows it to be; it counts above what the content pack says of it, until `until`.

    `id` is the pathway's id in the pack. Without a state the pack's own word holds.
    """

    id: str
    site: SiteId
    open: bool
    at: EpochMs
    until: EpochMs | None = None
    why: str = ""
    """For colleagues, in a few words; no screen shows it."""


Opened = frozenset[tuple[str, bool]]
"""Pathways by id, each open or closed whatever the pack says."""


def in_force(states: Iterable[PathwayState], now: EpochMs) -> Opened:
    """Which pathways are said to be open or closed at `now`."""
    return frozenset((state.id, state.open) for state in states if state.until is None or now < state.until)
