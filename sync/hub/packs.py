"""Content packs on their way from whoever publishes to the devices of a site."""

import hashlib

from kiosk.errors import PackError
from kiosk.guidance import load_pack
from kiosk.model.ids import EpochMs
from sync.hub.errors import Refused
from sync.hub.store.interface import Writing
from sync.hub.store.rows import Site, StoredPack


def checked(site: Site, body: bytes) -> StoredPack:
    """The pack in `body`, as the devices will read it. Raises `Refused` for one that they would refuse."""
    try:
        pack = load_pack(body)
    except PackError as error:
        raise Refused(error.what, error.todo) from error
    if pack.site != site.id:
        todo = f'Set site = "{site.id}" in its source and build it again, or publish it there.'
        raise Refused("This content pack is made for another site.", todo, field="$.site")
    return StoredPack(site.id, pack.version, hashlib.sha256(body).hexdigest(), body)


def publish(writing: Writing, pack: StoredPack, now: EpochMs) -> None:
    """Make `pack` the site's current one. A version stands for one content for ever."""
    known = writing.pack(pack.site, pack.version)
    if known is not None and known.sha256 != pack.sha256:
        todo = "Build the pack again, so that it gets a version of its own."
        raise Refused("This version is already published with other content.", todo, status=409)
    writing.put_pack(pack, now)
