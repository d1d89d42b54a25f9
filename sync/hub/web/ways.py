"""The ways of a site that are not as one expects: closed, opened against the content pack, or closing soon. Pure."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from kiosk.guidance.effective import pack_at, pack_with
from kiosk.model.floor import Pathway, PathwayMode, Place
from kiosk.model.ids import DeviceId, EpochMs, HubVersion, Lang, PlaceId
from kiosk.model.pack import Pack
from kiosk.model.pathway import Opened, PathwayState, in_force
from sync.hub.store.rows import DeviceState, Site
from sync.hub.web import words
from sync.hub.web.fleet import Tone
from sync.hub.web.leading import ScreensView, led
from sync.hub.web.moments import Moment, moment

_ENGLISH = Lang("en")
_LIKELY = (PathwayMode.LIFT, PathwayMode.ESCALATOR, PathwayMode.MOVING_WALKWAY, PathwayMode.STAIRS, PathwayMode.GATE)
"""What is closed most often stands first where one chooses."""


class WayState(StrEnum):
    """How a way stands that is worth a line, the gravest first."""

    CLOSED = "closed"
    OPENED = "opened"
    PLANNED = "planned"


_TONE = {WayState.CLOSED: Tone.WARN, WayState.OPENED: Tone.GOOD, WayState.PLANNED: Tone.IDLE}


class Said(msgspec.Struct, frozen=True):
    """What the site's people say of a way, and the hub's version that carries it."""

    state: PathwayState
    version: HubVersion


class SiteFacts(msgspec.Struct, frozen=True):
    """What the ways of one site, with its `devices`, are decided from; `pack` is None where none can be read."""

    site: Site
    pack: Pack | None
    said: Sequence[Said]
    devices: Sequence[DeviceState]
    now: EpochMs


class Heard(msgspec.Struct, frozen=True):
    """Which devices of a site know what was said."""

    count: int
    missing: tuple[DeviceId, ...]


class WayView(msgspec.Struct, frozen=True):
    """One way. `heard` is None for the content pack's own word, which nobody at the site can take back."""

    id: str
    name: str
    state: WayState
    tone: Tone
    since: Moment | None
    until: Moment | None
    by: str
    why: str = ""
    heard: Heard | None = None


class Choice(msgspec.Struct, frozen=True):
    """A way that can be chosen to be closed or opened."""

    id: str
    name: str


class SiteWays(msgspec.Struct, frozen=True):
    """A site's ways that are worth a line, and what its screens tell because some are closed. Without a `map` none is known."""

    id: str
    name: str
    map: bool
    ways: tuple[WayView, ...] = ()
    screens: tuple[ScreensView, ...] = ()
    choices: tuple[Choice, ...] = ()


def slim(pack: Pack) -> Pack:
    """What of a pack the page needs, in the one language that it speaks."""
    lang = language(pack)
    kept = {lang: pack.messages[lang]}
    return msgspec.structs.replace(
        pack, languages=(lang,), messages=kept, rows=(), pickup_rows=(), changes=(), experiments=(), offers=()
    )


def language(pack: Pack) -> Lang:
    """English where the pack speaks it, as the console does; else its main language."""
    return _ENGLISH if _ENGLISH in pack.languages else pack.languages[0]


def ways_of(facts: SiteFacts) -> SiteWays:
    """What the page tells of one site."""
    site, pack = facts.site, facts.pack
    if pack is None:
        return SiteWays(site.id, site.name, map=False)
    said = {each.state.id: each for each in facts.said if in_force((each.state,), facts.now)}
    ways = zip(pack.pathways, pack_at(pack, facts.now).pathways, strict=True)
    views = [
        _said(facts, way_name(pack, way), said[way.id]) if way.id in said else _planned(facts, pack, way, today)
        for way, today in ways
    ]
    worth = [view for view in views if view is not None]
    open_now = with_ways(pack, facts)
    return SiteWays(
        site.id,
        site.name,
        map=True,
        ways=tuple(sorted(worth, key=lambda view: list(WayState).index(view.state))),
        screens=led(_all_open(open_now), open_now, language(pack)),
        choices=tuple(Choice(way.id, way_name(pack, way)) for way in sorted(pack.pathways, key=_rank)),
    )


def with_ways(pack: Pack, facts: SiteFacts, *more: tuple[str, bool | None]) -> Pack:
    """The pack with the ways that are open now, and where `more` says it, others: open, closed, or None as the pack says."""
    said: dict[str, bool | None] = {**dict(in_force((each.state for each in facts.said), facts.now)), **dict(more)}
    opened: Opened = frozenset((way, is_open) for way, is_open in said.items() if is_open is not None)
    return pack_with(pack_at(pack, facts.now), opened)


def way_name(pack: Pack, way: Pathway) -> str:
    """What a way is and where: between places by name; ends without one by their level."""
    places = {place.id: place for place in pack.places}
    ends = dict.fromkeys(_place_name(pack, places, end) for end in (way.start, way.end))
    return f"{words.MODE[way.mode]}: {' – '.join(ends)}"


def _said(facts: SiteFacts, name: str, said: Said) -> WayView:
    told = said.state
    state = WayState.OPENED if told.open else WayState.CLOSED
    times = moment(told.at), _moment(told.until)
    return WayView(told.id, name, state, _TONE[state], *times, words.BY_HUB, told.why, _heard(facts, said.version))


def _planned(facts: SiteFacts, pack: Pack, way: Pathway, today: Pathway) -> WayView | None:
    """A way as the content pack alone has it, None for one that is open and stays so."""
    if today.open and (way.closed_from is None or way.closed_from <= facts.now):
        return None
    state = WayState.PLANNED if today.open else WayState.CLOSED
    times = (_moment(way.closed_from), _moment(way.closed_until)) if way.open else (None, None)
    return WayView(way.id, way_name(pack, way), state, _TONE[state], *times, words.BY_PACK.format(pack=pack.version))


def _heard(facts: SiteFacts, version: HubVersion) -> Heard:
    at_site = [device for device in facts.devices if not device.removed]
    missing = tuple(device.id for device in at_site if device.version < version)
    return Heard(len(at_site) - len(missing), missing)


def _all_open(pack: Pack) -> Pack:
    return pack_with(pack, frozenset((way.id, True) for way in pack.pathways))


def _moment(at: EpochMs | None) -> Moment | None:
    return None if at is None else moment(at)


def _rank(way: Pathway) -> int:
    return _LIKELY.index(way.mode) if way.mode in _LIKELY else len(_LIKELY)


def _place_name(pack: Pack, places: dict[PlaceId, Place], end: PlaceId) -> str:
    texts = pack.messages[language(pack)]
    place = places[end]
    levels = {level.id: level.name for level in pack.levels}
    return texts.get(place.name or levels[place.level], end)
