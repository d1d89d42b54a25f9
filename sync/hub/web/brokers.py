"""The sites' own brokers that are in trouble, and by which way devices come instead, in words. Pure."""

from collections.abc import Mapping

import msgspec

from kiosk.model.ids import SiteId
from sync.hub.routes import Fault, SiteRoutes
from sync.hub.store.rows import Site
from sync.wire.messages import Route

_MOST = 4
"""So many sites have a line of their own."""

ROUTE = {
    Route.BRIDGE: "Through the site’s broker",
    Route.PAST: "Past the dead bridge of the site’s broker",
    Route.CENTRAL: "Central broker, as the site’s is away",
    Route.DIRECT: "Central broker, as the site has none",
}
DETOUR: Mapping[str, str] = {
    Route.PAST: "Reaches the hub past the dead bridge of the site’s broker",
    Route.CENTRAL: "At the central broker, as the site’s is away",
}


class BrokerWords(msgspec.Struct, frozen=True):
    """What is told of a site's broker that is in trouble: what is wrong, what it means for customers, what to do."""

    short: str
    what: str
    means: str
    todo: str


BROKER = {
    Fault.BRIDGE: BrokerWords(
        "Bridge dead",
        "the site’s broker has lost the hub: its bridge is dead. {detours} of {of} devices reach the hub past it.",
        "Customers notice nothing: what screens tell stays current, and the gates still tell each other whom they let in.",
        "Look into the log of the site’s broker: a wrong password, a certificate that has run out, a firewall? The"
        " devices go back by themselves within minutes.",
    ),
    Fault.AWAY: BrokerWords(
        "Broker away",
        "the site’s broker can’t be reached. {detours} of {of} devices use the central one instead.",
        "Customers notice nothing yet. If the site is cut off now, each gate decides alone, and two of them may let in"
        " the same ticket.",
        "Start the site’s broker, or look at its power, its network and its certificate. The devices go back by"
        " themselves within seconds.",
    ),
}


class BrokerView(msgspec.Struct, frozen=True):
    """A site's own broker that is in trouble: told once for the site, not once for each of its devices."""

    site: str
    name: str
    what: str
    means: str
    todo: str
    way: str
    """The filter that shows the devices which go another way because of it."""


class BrokersView(msgspec.Struct, frozen=True):
    """The first of them, the gravest first, and how many more there are."""

    shown: tuple[BrokerView, ...]
    more: int

    @property
    def ill(self) -> int:
        """How many there are in all."""
        return len(self.shown) + self.more


def brokers_of(sites: Mapping[SiteId, Site], routes: Mapping[SiteId, SiteRoutes]) -> BrokersView:
    """One that is away before a dead bridge, many devices before few."""
    ill = [(site, routes[site.id], fault) for site in sites.values() if (fault := _fault(routes, site.id)) is not None]
    ill.sort(key=lambda each: (each[2] is not Fault.AWAY, -each[1].detours, each[0].name, each[0].id))
    return BrokersView(tuple(_view(*each) for each in ill[:_MOST]), max(0, len(ill) - _MOST))


def fault_in_short(routes: Mapping[SiteId, SiteRoutes], site: SiteId) -> str:
    """What is wrong with a site's broker, empty where nothing is."""
    fault = _fault(routes, site)
    return "" if fault is None else BROKER[fault].short


def _fault(routes: Mapping[SiteId, SiteRoutes], site: SiteId) -> Fault | None:
    return routes[site].fault if site in routes else None


def _view(site: Site, routes: SiteRoutes, fault: Fault) -> BrokerView:
    told = BROKER[fault]
    what = told.what.format(detours=routes.detours, of=routes.of)
    way = Route.PAST if fault is Fault.BRIDGE else Route.CENTRAL
    return BrokerView(site.id, site.name, what, told.means, told.todo, way.value)
