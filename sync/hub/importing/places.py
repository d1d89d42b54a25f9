"""The places that a site's content pack can send people to, so that no order waits where nobody can be sent."""

from difflib import get_close_matches

import msgspec

from kiosk.model.floor import Place
from kiosk.model.ids import PlaceId
from sync.hub.errors import Refused
from sync.hub.store.interface import Writing
from sync.hub.store.rows import Site


class _Places(msgspec.Struct, frozen=True):
    """Of a content pack only what is needed here."""

    places: tuple[Place, ...] = ()


class Places:
    """The named places of a site's present pack. Without a pack, or with one of a newer release, any place will do."""

    def __init__(self, writing: Writing, site: Site) -> None:
        pack = None if site.pack is None else writing.pack(site.id, site.pack)
        self._known: frozenset[PlaceId] | None = None
        if pack is not None:
            try:
                places = msgspec.json.decode(pack.body, type=_Places).places
            except msgspec.MsgspecError:
                return
            self._known = frozenset(place.id for place in places if place.name)

    def need(self, place: PlaceId, field: str) -> None:
        """Raises `Refused` when screens could not send anybody to `place`."""
        if self._known is None or place in self._known:
            return
        near = get_close_matches(place, self._known, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        todo = f"Name a stop of the site's content pack, or add it there and publish the pack first.{meant}"
        raise Refused("The site's content pack has no such place, so no screen could show the way.", todo, field=field)
