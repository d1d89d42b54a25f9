"""The devices that the page shows: those that were asked for, the worst first, some at a time. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from urllib.parse import urlencode

import msgspec

from kiosk.model.event import Health
from kiosk.model.ids import DeviceId, EpochMs, SiteId
from kiosk.model.pack import TouchpointKind
from sync.hub.broker import BrokerState
from sync.hub.routes import SILENT_AFTER_MS, SiteRoutes, route_name, routes_of
from sync.hub.store.rows import DeviceState, Site
from sync.hub.web import words
from sync.hub.web.brokers import DETOUR, ROUTE, BrokersView, brokers_of, fault_in_short
from sync.hub.web.moments import Moment, moment
from sync.wire.messages import Route

PAGE = 50
_LONGEST_TEXT = 64
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


class Tone(StrEnum):
    """How something stands; each has a colour, an icon and words, never a colour alone."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    IDLE = "idle"


_HEARD = frozenset({Tone.GOOD, Tone.WARN})
"""How a device stands of which it is known how it is now."""
_WORST_FIRST = {tone: rank for rank, tone in enumerate((Tone.BAD, Tone.WARN, Tone.IDLE, Tone.GOOD))}


class Wanted(msgspec.Struct, frozen=True):
    """What the reader asked for, as it stands in the page's address; each empty for all."""

    site: str = ""
    health: str = ""
    text: str = ""
    page: int = 1
    way: str = ""

    def query(self, **other: str | int) -> str:
        """The address of this, with `other` values; without what is not asked for."""
        asked = {**msgspec.structs.asdict(self), **other}
        kept = {name: value for name, value in asked.items() if value and (name, value) != ("page", 1)}
        return f"?{urlencode(kept)}" if kept else ""


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what can't be understood is passed over."""
    page = _PAGE_NUMBER.fullmatch(query.get("page", ""))
    health, way = query.get("health", ""), query.get("way", "")
    return Wanted(
        query.get("site", "")[:_LONGEST_TEXT],
        health if health in set(Tone) else "",
        query.get("text", "").strip()[:_LONGEST_TEXT],
        1 if page is None else int(page[0]),
        way if way in set(Route) else "",
    )


class DeviceView(msgspec.Struct, frozen=True):
    """One line of the devices. `unsent` is since when the oldest event waits, `data_as_of` how current its data is."""

    id: str
    name: str
    site: str
    role: str
    tone: Tone
    health: str
    problem: str
    release: str
    pack: str
    pack_current: bool
    version: int
    data_current: bool
    data_as_of: Moment | None
    waiting: int
    unsent: Moment | None
    seen: Moment | None
    way: str
    """Said only of one that goes another way than it should."""


class SiteView(msgspec.Struct, frozen=True):
    """One site, and how many devices it has, and how many of them need somebody."""

    id: str
    name: str
    pack: str
    devices: int
    troubled: int
    broker: str


class FleetView(msgspec.Struct, frozen=True):
    """One page of the devices: `first` to `last` of the `matching` ones, out of `total`."""

    wanted: Wanted
    devices: tuple[DeviceView, ...]
    sites: tuple[SiteView, ...]
    total: int
    troubled: int
    matching: int
    first: int
    last: int
    previous: str
    """Its address, empty where there is none."""
    next: str
    brokers: BrokersView
    ways: tuple[tuple[str, str], ...]
    """What can be asked for, and how that is called; none where no site has a broker of its own."""


class _Standing(msgspec.Struct, frozen=True):
    """How every device stands. `strays` don't reach their site's broker though others do."""

    tones: Mapping[DeviceId, Tone]
    routes: Mapping[SiteId, SiteRoutes]
    strays: Collection[DeviceId]


def fleet_of(
    devices: Sequence[DeviceState], sites: Sequence[Site], broker: BrokerState, now: EpochMs, wanted: Wanted
) -> FleetView:
    """What is shown of the devices."""
    by_id = {site.id: site for site in sites}
    known = [device for device in devices if device.site in by_id]
    standing = _standing(known, broker, now)
    tones = standing.tones
    matching = [device for device in known if _matches(device, tones[device.id], wanted)]
    matching.sort(key=lambda device: _rank(device, tones[device.id]))
    pages = max(1, -(-len(matching) // PAGE))
    page = min(wanted.page, pages)
    shown = matching[(page - 1) * PAGE : page * PAGE]
    here = msgspec.structs.replace(wanted, page=page)
    return FleetView(
        wanted=here,
        devices=tuple(
            device_view(device, by_id[device.site], broker, now, stray=device.id in standing.strays) for device in shown
        ),
        sites=_sites(sites, known, standing),
        total=len(known),
        troubled=sum(tone is not Tone.GOOD for tone in tones.values()),
        matching=len(matching),
        first=(page - 1) * PAGE + 1 if shown else 0,
        last=(page - 1) * PAGE + len(shown),
        previous=here.query(page=page - 1) or "?" if page > 1 else "",
        next=here.query(page=page + 1) if page < pages else "",
        brokers=brokers_of(by_id, standing.routes),
        ways=_ways(standing.routes, wanted),
    )


def _standing(devices: Sequence[DeviceState], broker: BrokerState, now: EpochMs) -> _Standing:
    tones = {device.id: health_of(device, broker, now)[0] for device in devices}
    heard = [device for device in devices if tones[device.id] in _HEARD]
    routes = routes_of(heard)
    strays = {device.id for device in heard if device.route == Route.CENTRAL and routes[device.site].has_strays}
    return _Standing({**tones, **dict.fromkeys(strays, Tone.WARN)}, routes, strays)


def _ways(routes: Mapping[SiteId, SiteRoutes], wanted: Wanted) -> tuple[tuple[str, str], ...]:
    needed = wanted.way or any(each.of for each in routes.values())
    return tuple((way.value, says) for way, says in ROUTE.items()) if needed else ()


def _matches(device: DeviceState, tone: Tone, wanted: Wanted) -> bool:
    text = wanted.text.casefold()
    return (
        wanted.site in {"", device.site}
        and wanted.health in {"", tone}
        and (not wanted.way or (tone in _HEARD and wanted.way == device.route))
        and (not text or any(text in part.casefold() for part in (device.id, device.name, device.problem)))
    )


def _rank(device: DeviceState, tone: Tone) -> tuple[int, int, int, str, str]:
    """The worst first: by how it stands, then by how long and how much waits there."""
    since = device.unsent_since or 0
    return _WORST_FIRST[tone], since if device.waiting and since else 1 << 53, -device.waiting, device.site, device.name


def _sites(sites: Sequence[Site], devices: Sequence[DeviceState], standing: _Standing) -> tuple[SiteView, ...]:
    counts: Counter[SiteId] = Counter(device.site for device in devices)
    troubled = Counter(device.site for device in devices if standing.tones[device.id] is not Tone.GOOD)
    views = (
        SiteView(
            id=site.id,
            name=site.name,
            pack=site.pack or "",
            devices=counts[site.id],
            troubled=troubled[site.id],
            broker=fault_in_short(standing.routes, site.id),
        )
        for site in sites
    )
    return tuple(sorted(views, key=lambda site: (not site.broker, -site.troubled, site.name, site.id)))


def device_view(
    device: DeviceState, site: Site, broker: BrokerState, now: EpochMs, *, stray: bool = False
) -> DeviceView:
    """One device, the gravest thing first; `stray`: it does not reach its site's broker, and others do."""
    tone, health, problem = health_of(device, broker, now)
    way = DETOUR.get(route_name(device), "") if tone in _HEARD and not stray else ""
    if stray:
        tone, health, problem = Tone.WARN, words.HEALTH[Health.DEGRADED], problem or words.PROBLEM_STRAY
    return DeviceView(
        id=device.id,
        name=device.name,
        site=site.name,
        role=words.ROLE[TouchpointKind(device.role)],
        tone=tone,
        health=health,
        problem=problem,
        release=device.release,
        pack=device.pack or "",
        pack_current=site.pack in {None, device.pack},
        version=device.version,
        data_current=device.version >= site.version,
        data_as_of=moment(device.data_as_of) if device.data_as_of else None,
        waiting=device.waiting,
        unsent=moment(device.unsent_since) if device.waiting and device.unsent_since else None,
        seen=None if device.seen_at is None else moment(device.seen_at),
        way=way,
    )


_TAKEN_OUT = (words.REMOVED, words.PROBLEM_REMOVED)
_UNSEEN = (words.UNSEEN, words.PROBLEM_UNSEEN)


def health_of(device: DeviceState, broker: BrokerState, now: EpochMs) -> tuple[Tone, str, str]:
    """How a device stands, in a word, and what to do where there is something to do."""
    if device.seen_at is None or device.removed:
        return (Tone.IDLE, *(_TAKEN_OUT if device.removed else _UNSEEN))
    if device.health is Health.OFFLINE:
        return Tone.BAD, words.HEALTH[Health.OFFLINE], words.PROBLEM_OFFLINE
    if not broker.connected:
        return Tone.IDLE, words.UNHEARD, words.PROBLEM_UNHEARD
    # Nobody can be heard while the hub or the broker is away.
    if now - max(device.seen_at, broker.since) > SILENT_AFTER_MS:
        return Tone.BAD, words.SILENT, words.PROBLEM_SILENT
    problem = _identity_problem(device) or device.problem
    if problem or device.health is not Health.READY:
        return Tone.WARN, words.HEALTH[Health.DEGRADED], problem
    return Tone.GOOD, words.HEALTH[Health.READY], ""


def _identity_problem(device: DeviceState) -> str:
    if device.cloned:
        return words.PROBLEM_CLONED
    if device.told_site not in {None, device.site}:
        return words.PROBLEM_SITE.format(told=device.told_site, site=device.site)
    return ""
