"""What the devices' ways say of a site's own broker."""

import pytest

from kiosk.model.event import Health
from kiosk.model.ids import EpochMs
from sync.hub.routes import SILENT_AFTER_MS, Fault, SiteRoutes, is_heard, route_name, routes_of
from tests.fakes.clock import NOON
from tests.unit.sync.hub.web.test_views import SITE, state


@pytest.mark.parametrize(
    ("counts", "fault", "detours", "of", "strays"),
    [
        ({}, None, 0, 0, False),
        ({"": 3, "direct": 4}, None, 0, 0, False),
        ({"bridge": 50}, None, 0, 50, False),
        ({"bridge": 47, "past": 3}, Fault.BRIDGE, 3, 50, False),
        ({"past": 50, "": 1}, Fault.BRIDGE, 50, 50, False),
        ({"central": 50}, Fault.AWAY, 50, 50, False),
        ({"central": 1, "bridge": 49}, None, 0, 50, True),
        ({"central": 2, "past": 48}, Fault.BRIDGE, 48, 50, True),
    ],
)
def test_a_sites_broker_is_judged_by_all_that_are_heard(
    counts: dict[str, int], fault: Fault | None, detours: int, of: int, strays: bool
) -> None:
    """One device alone at the central broker accuses nobody but itself."""
    routes = SiteRoutes(counts)
    assert (routes.fault, routes.detours, routes.of, routes.has_strays) == (fault, detours, of, strays)


def test_each_site_is_counted_for_itself_and_strange_ways_as_none() -> None:
    """A newer release may know ways that this one does not."""
    devices = [state(route="past"), state(route="past"), state(route="by satellite"), state()]
    assert routes_of(devices) == {SITE.id: SiteRoutes({"past": 2, "": 2})}
    assert [route_name(device) for device in devices] == ["past", "past", "", ""]


@pytest.mark.parametrize(
    ("changes", "heard"),
    [
        ({}, True),
        ({"health": Health.DEGRADED}, True),
        ({"health": Health.OFFLINE}, False),
        ({"health": None, "seen_at": None}, False),
        ({"removed": True}, False),
        ({"seen_at": EpochMs(NOON - SILENT_AFTER_MS - 1)}, False),
    ],
)
def test_only_who_has_told_of_itself_lately_is_heard(changes: dict[str, object], heard: bool) -> None:
    """What the others said last may be long over."""
    assert is_heard(state(**changes), NOON) is heard
