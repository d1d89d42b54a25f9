"""Which devices the page shows: a few of ten thousand, the worst first."""

import msgspec
import pytest

from kiosk.model.event import Health
from kiosk.model.ids import DeviceId, EpochMs, SiteId
from sync.hub.store.rows import DeviceState, Site
from sync.hub.web.fleet import PAGE, FleetView, Tone, Wanted, device_view, fleet_of, wanted_of
from sync.wire.messages import Route
from tests.fakes.clock import NOON
from tests.unit.sync.hub.web.test_views import READY, SITE, UP, state

SHOP = Site(SiteId("shop"), "Shop", b"")


def named(name: str, **changes: object) -> DeviceState:
    return state(id=DeviceId(name), name=name.title(), **changes)


def many(count: int) -> list[DeviceState]:
    """Of every fifth something is to be told."""
    kinds: list[dict[str, object]] = [{}, {"health": Health.OFFLINE}, {"health": Health.DEGRADED, "problem": "camera"}]
    kinds += [{"seen_at": None, "health": None}, {"waiting": 7, "unsent_since": EpochMs(NOON - 60_000)}]
    return [named(f"gate-{n:05}", **(kinds[n % 25] if n % 25 < len(kinds) else {})) for n in range(count)]


def fleet(devices: list[DeviceState], **wanted: object) -> FleetView:
    return fleet_of(devices, [SITE, SHOP], UP, NOON, msgspec.structs.replace(Wanted(), **wanted))


def ids(view: FleetView) -> list[str]:
    return [device.id for device in view.devices]


def test_the_worst_stands_first_and_of_those_alike_the_one_that_has_waited_longest() -> None:
    """Offline before what needs attention, before what was never seen, before what is ready."""
    view = fleet(
        [
            named("ready"),
            named("ready-late", waiting=1, unsent_since=EpochMs(NOON - 9_000)),
            named("ready-later", waiting=90, unsent_since=EpochMs(NOON - 5_000)),
            named("new", seen_at=None),
            named("ill", health=Health.DEGRADED),
            named("off", health=Health.OFFLINE),
            named("off-late", health=Health.OFFLINE, waiting=2, unsent_since=EpochMs(NOON - 10)),
        ]
    )
    assert ids(view) == ["off-late", "off", "ill", "new", "ready-late", "ready-later", "ready"]
    assert (view.total, view.troubled, view.previous, view.next) == (7, 4, "", "")


def test_pages_lead_to_each_other_and_hold_every_device_once() -> None:
    """Whatever page is asked for, there is one."""
    devices = many(3 * PAGE - 1)
    seen: list[str] = []
    for page in (1, 2, 3):
        view = fleet(devices, page=page)
        seen += ids(view)
        assert (view.first, view.last, view.matching) == (page * PAGE - PAGE + 1, len(seen), len(devices))
    assert sorted(seen) == sorted(device.id for device in devices)
    assert fleet(devices, page=1).next == "?page=2"
    assert fleet(devices, page=2).previous == "?"
    assert (fleet(devices, page=999).wanted.page, fleet(devices, page=999).next) == (3, "")
    assert fleet(devices, page=1, text="gate", health="good").next == "?health=good&text=gate&page=2"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"site": "shop"}, ["b"]),
        ({"site": "nowhere"}, []),
        ({"health": "bad"}, ["b"]),
        ({"health": "good"}, ["a", "c"]),
        ({"text": "C", "health": "good"}, ["c"]),
        ({"text": "camera", "health": "warn"}, ["d"]),
        ({"text": "camera", "health": "bad"}, []),
    ],
)
def test_it_shows_what_was_asked_for(wanted: dict[str, str], found: list[str]) -> None:
    """By site, by health, by a part of the name, the id or the problem."""
    devices = [
        named("a"),
        named("b", site=SHOP.id, told_site=SHOP.id, health=Health.OFFLINE),
        named("c"),
        named("d", health=Health.DEGRADED, problem="camera"),
    ]
    view = fleet(devices, **wanted)
    assert ids(view) == found
    assert (view.total, view.matching) == (4, len(found))
    assert (view.first, view.last) == ((1, len(found)) if found else (0, 0))


def test_the_sites_that_need_somebody_stand_first() -> None:
    """With how many devices they have."""
    view = fleet([named("a"), named("b", site=SHOP.id, health=Health.OFFLINE)])
    assert [(site.id, site.devices, site.troubled) for site in view.sites] == [("shop", 1, 1), ("terminal", 1, 0)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, Wanted()),
        ({"site": "shop", "health": "warn", "text": " x ", "page": "7"}, Wanted("shop", "warn", "x", 7)),
        ({"health": "purple", "page": "-1"}, Wanted()),
        ({"way": "past"}, Wanted(way="past")),
        ({"way": "by satellite"}, Wanted()),
        ({"page": "0"}, Wanted()),
        ({"page": "9" * 40}, Wanted()),
        ({"page": "٣"}, Wanted()),
        ({"text": "y" * 500}, Wanted(text="y" * 64)),
    ],
)
def test_an_address_is_understood_or_passed_over(query: dict[str, str], wanted: Wanted) -> None:
    """Whoever wrote it."""
    assert wanted_of(query) == wanted


def test_an_address_says_only_what_is_asked_for() -> None:
    """And what it says is escaped."""
    assert Wanted().query() == ""
    assert Wanted(text="a&b=<").query(page=2) == "?text=a%26b%3D%3C&page=2"


def test_a_device_tells_since_when_something_waits_and_how_current_its_data_is() -> None:
    """Neither where it is not known; a time beyond all calendars is no trouble."""
    view = device_view(state(waiting=3, unsent_since=EpochMs(NOON), data_as_of=EpochMs(NOON)), SITE, UP, NOON)
    assert view.unsent is not None
    assert view.data_as_of == view.unsent
    none = device_view(state(waiting=0, unsent_since=EpochMs(NOON)), SITE, UP, NOON)
    assert (none.unsent, none.data_as_of) == (None, None)
    assert device_view(state(data_as_of=EpochMs(2**53 - 1)), SITE, UP, NOON).data_as_of is not None


def test_ten_thousand_devices_are_one_page() -> None:
    """Of which the reader gets fifty."""
    devices = many(10_000)
    view = fleet(devices)
    assert (len(view.devices), view.total, view.matching, view.last) == (PAGE, 10_000, 10_000, PAGE)
    assert all(device.tone is Tone.BAD for device in view.devices)
    assert READY.id not in ids(view)


def test_a_dead_bridge_is_one_line_for_its_site_and_no_trouble_of_its_fifty_devices() -> None:
    """It says what is wrong, what it means and what to do, and leads to the devices."""
    devices = [named(f"gate-{n}", route="past" if n else "bridge") for n in range(50)]
    view = fleet([*devices, named("far", site=SHOP.id, told_site=SHOP.id, route="direct")])
    (line,) = view.brokers.shown
    assert (line.site, line.name, line.way, view.brokers.ill) == (SITE.id, SITE.name, "past", 1)
    assert "49 of 50 devices" in line.what
    assert "Customers notice nothing" in line.means
    assert "log of the site’s broker" in line.todo
    assert view.troubled == 0
    assert [(site.id, site.broker) for site in view.sites] == [("terminal", "Bridge dead"), ("shop", "")]
    assert {device.way != "" for device in view.devices if device.id not in {"gate-0", "far"}} == {True}
    assert fleet(devices, way="past").matching == 49
    assert fleet(devices, way="central").matching == 0


def test_a_sites_broker_that_nobody_reaches_is_told_with_what_may_happen() -> None:
    """One device that alone does not reach it is in trouble itself."""
    view = fleet([named("a", route="central"), named("b", route="central")])
    (line,) = view.brokers.shown
    assert (line.way, view.troubled) == ("central", 0)
    assert "let in the same ticket" in " ".join(line.means.split())
    view = fleet([named("a", route="central"), named("b", route="bridge")])
    assert (view.brokers.ill, view.troubled) == (0, 1)
    assert (view.devices[0].id, view.devices[0].tone, view.devices[0].way) == ("a", Tone.WARN, "")
    assert "others of the site can" in view.devices[0].problem
    assert (
        fleet([named("a", route="central", problem="camera"), named("b", route="bridge")]).devices[0].problem
        == "camera"
    )


def test_what_a_device_said_before_it_went_accuses_no_broker() -> None:
    """Nor does it while the hub hears nobody, and who asks for a way is shown those that are heard."""
    gone = [named("a", route="past", health=Health.OFFLINE), named("b", route="past", removed=True)]
    assert fleet(gone).brokers.ill == 0
    assert fleet(gone, way="past").matching == 0
    assert [device.way for device in fleet(gone).devices] == ["", ""]


def test_very_many_dead_bridges_are_a_few_lines_and_a_number() -> None:
    """The central broker's own certificate may have run out."""
    sites = [Site(SiteId(f"s{n:03}"), f"Site {n:03}", b"") for n in range(200)]
    devices = [named(f"d{n:03}", site=site.id, told_site=site.id, route="past") for n, site in enumerate(sites)]
    devices[150] = msgspec.structs.replace(devices[150], route="central")
    view = fleet_of(devices, sites, UP, NOON, Wanted())
    assert [line.site for line in view.brokers.shown] == ["s150", "s000", "s001", "s002"]
    assert (view.brokers.more, view.brokers.ill) == (196, 200)


def test_ways_can_be_chosen_where_a_site_has_a_broker_of_its_own() -> None:
    """Else there is nothing to choose."""
    assert fleet([named("a", route="direct"), named("b")]).ways == ()
    assert {way for way, _ in fleet([named("a", route="bridge")]).ways} == set(Route)
    assert fleet([named("a")], way="past").ways
