"""What the parts of the agent share."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, SiteId
from sync.link import Link
from sync.wire.messages import Route


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Who this device is, and how it reaches the world. `draw` gives numbers in [0, 1), to spread a fleet in time."""

    device: DeviceId
    site: SiteId
    role: str
    release: str
    link: Link
    clock: Clock
    draw: Callable[[], float]
    at_home: Callable[[], bool] = lambda: True
    """Whether the broker in use is the one that all devices of the site use."""
    route: Callable[[], Route] = lambda: Route.DIRECT
    """By which way the hub is reached now."""
