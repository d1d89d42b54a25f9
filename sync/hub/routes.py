"""By which way the devices of each site reach the hub, and what that says of the site's own broker. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from kiosk.model.event import Health
from kiosk.model.ids import EpochMs, SiteId
from sync.hub.store.rows import DeviceState
from sync.wire.messages import Route

SILENT_AFTER_MS = 90_000
"""A device tells of itself at least twice in this time."""
_AT_SITE = (Route.BRIDGE, Route.PAST)


class Fault(StrEnum):
    """What is wrong with a site's own broker."""

    BRIDGE = "bridge"
    """It is there, and its bridge to the central one is dead."""
    AWAY = "away"
    """Nobody reaches it."""


class SiteRoutes(msgspec.Struct, frozen=True):
    """How many of a site's devices go by which way; only those that are heard."""

    counts: Mapping[str, int]

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the site's broker, as far as its devices tell.

        One device that found its bridge dead is enough: it has heard the hub elsewhere, and the others look one by one.
        """
        if self.counts.get(Route.PAST):
            return Fault.BRIDGE
        return Fault.AWAY if self.counts.get(Route.CENTRAL) and not self.counts.get(Route.BRIDGE) else None

    @property
    def detours(self) -> int:
        """The devices that don't go as they should because of that."""
        return self.counts.get(Route.PAST if self.fault is Fault.BRIDGE else Route.CENTRAL, 0) if self.fault else 0

    @property
    def of(self) -> int:
        """The devices that should reach the hub over the site's broker."""
        return sum(self.counts.get(route, 0) for route in (*_AT_SITE, Route.CENTRAL))

    @property
    def has_strays(self) -> bool:
        """Whether some can't reach the site's broker though others do: what is wrong is on their side of it."""
        return any(self.counts.get(route) for route in _AT_SITE) and bool(self.counts.get(Route.CENTRAL))


def routes_of(heard: Iterable[DeviceState]) -> Mapping[SiteId, SiteRoutes]:
    """By site; `heard` are the devices of which it is known how they are now."""
    counts: dict[SiteId, Counter[str]] = defaultdict(Counter)
    for device in heard:
        counts[device.site][route_name(device)] += 1
    return {site: SiteRoutes(count) for site, count in counts.items()}


def route_name(device: DeviceState) -> str:
    """The route of a device, empty where it tells none that is known here."""
    return device.route if device.route in _KNOWN else ""


def is_heard(device: DeviceState, now: EpochMs) -> bool:
    """Whether it has told of itself lately, and is neither gone nor taken out."""
    told = device.health not in {None, Health.OFFLINE} and not device.removed
    return told and device.seen_at is not None and now - device.seen_at <= SILENT_AFTER_MS


_KNOWN = frozenset(Route)
