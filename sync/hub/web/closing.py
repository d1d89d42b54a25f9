"""The console's page for ways that are closed: which, since when, by whose word, and what the screens tell because of it.

The page itself asks nobody who they are, as the rest of the console; its form sends the admin token that is typed into it,
after it has shown what would change, and the browser keeps it nowhere.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable

import msgspec
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from kiosk.errors import PackError
from kiosk.guidance import load_pack
from kiosk.model.clock import Clock
from kiosk.model.ids import EpochMs, PackVersion, SiteId
from kiosk.model.pack import Pack
from kiosk.model.pathway import PathwayState
from kiosk.model.records import Collection, decode_record
from sync.hub.errors import Refused
from sync.hub.fleet import need_site
from sync.hub.store.interface import HubStore, Reading
from sync.hub.store.rows import DeviceState, Site, StoredRecord
from sync.hub.web.leading import led
from sync.hub.web.moments import moment
from sync.hub.web.page import templates
from sync.hub.web.ways import Said, SiteFacts, language, slim, way_name, ways_of, with_ways
from sync.hub.web.words import WaysWords

SITES = 20
"""So many are shown at once, those first where something is said."""
_PACKS_KEPT = 64
_MOST_MINUTES = 366 * 24 * 60
_MINUTE_MS = 60_000
_ACTS: dict[str, bool | None] = {"close": False, "open": True, "clear": None}


class _Packs:
    """What the page needs of packs; the last ones are kept, because reading one takes longer than all the rest. From any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[SiteId, PackVersion], Pack | None] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, reading: Reading, site: Site) -> Pack | None:
        """The site's pack, None where there is none that this release reads."""
        if site.pack is None:
            return None
        key = (site.id, site.pack)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = _read(reading, *key)
            self._kept.move_to_end(key)
            while len(self._kept) > _PACKS_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]


class Asked(msgspec.Struct, frozen=True):
    """What somebody is about to say of a way."""

    site: SiteId
    way: str
    act: str
    minutes: int = 0


class _Look:
    """Reads what the page shows."""

    def __init__(self, store: HubStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._packs = _Packs()

    def values(self, wanted: str) -> dict[str, object]:
        """The values of the page: all sites, and the ways of those that are shown."""
        with self._store.reading() as reading:
            sites = reading.sites()
            asked = [site for site in sites if site.id == wanted] or sites
            said = {site.id: _said(reading, site.id) for site in asked}
            shown = sorted(asked, key=lambda site: not said[site.id])[:SITES]
            devices = _by_site(reading.devices())
            facts = [
                SiteFacts(site, self._packs.of(reading, site), said[site.id], devices.get(site.id, ()), self._now())
                for site in shown
            ]
        ways = [ways_of(each) for each in facts]
        return {"sites": sites, "wanted": wanted, "shown": ways, "more": len(asked) - len(shown)}

    def asked(self, asked: Asked) -> dict[str, object]:
        """What would become of it. Raises `Refused` for what can't be said."""
        if asked.act not in _ACTS or not 0 <= asked.minutes <= _MOST_MINUTES:
            todo = f"Choose {', '.join(_ACTS)}, and at most {_MOST_MINUTES} minutes."
            raise Refused("That can't be said of a way.", todo, field="act")
        act, now = _ACTS[asked.act], self._now()
        with self._store.reading() as reading:
            site = need_site(reading, asked.site)
            facts = SiteFacts(site, self._packs.of(reading, site), _said(reading, site.id), (), now)
        pack = facts.pack
        way = next((each for each in pack.pathways if each.id == asked.way), None) if pack is not None else None
        if pack is None or way is None:
            raise Refused("The site has no such way.", "Load the page again and choose one of its list.", status=404)
        until = EpochMs(now + asked.minutes * _MINUTE_MS) if asked.minutes and act is not None else None
        return {
            "asked": asked,
            "site": site,
            "way": way_name(pack, way),
            "until": until,
            "ends": None if until is None else moment(until),
            "screens": led(with_ways(pack, facts), with_ways(pack, facts, (way.id, act)), language(pack)),
        }

    def _now(self) -> EpochMs:
        return self._clock.now().wall_ms


def add_closing(app: FastAPI, store: HubStore, clock: Clock) -> None:
    """The page, the part of it that is asked for again and again, and what is asked before something is said."""
    drawing, look = templates(), _Look(store, clock)

    def drawn(name: str, values: dict[str, object]) -> Response:
        return HTMLResponse(drawing.get_template(name).render(w=WaysWords(), **values))

    @app.get("/ways")
    def page(site: str = "") -> Response:
        return drawn("ways.html", look.values(site))

    @app.get("/ways/now")
    def now(site: str = "") -> Response:
        return drawn("ways-now.html", look.values(site))

    @app.get("/ways/asked")
    def asked(site: str, way: str, act: str, minutes: int = 0) -> Response:
        return drawn("ways-asked.html", look.asked(Asked(SiteId(site), way, act, minutes)))


def _read(reading: Reading, site: SiteId, version: PackVersion) -> Pack | None:
    stored = reading.pack(site, version)
    try:
        return None if stored is None else slim(load_pack(stored.body))
    except PackError:
        # Of a release that ran here before; the devices say what they make of it.
        return None


def _by_site(devices: Iterable[DeviceState]) -> dict[SiteId, list[DeviceState]]:
    found: dict[SiteId, list[DeviceState]] = {}
    for device in devices:
        found.setdefault(device.site, []).append(device)
    return found


def _said(reading: Reading, site: SiteId) -> tuple[Said, ...]:
    found = ((_state(stored), stored.version) for stored in reading.collection(site, Collection.PATHWAYS))
    return tuple(Said(state, version) for state, version in found if state is not None)


def _state(stored: StoredRecord) -> PathwayState | None:
    record = None if stored.body is None else decode_record(Collection.PATHWAYS, stored.body)
    return record if isinstance(record, PathwayState) else None
