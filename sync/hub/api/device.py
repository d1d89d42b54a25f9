"""The device port: what a device may fetch, known by its certificate or its token, of its own site only."""

import asyncio
import hashlib
from collections.abc import Callable

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kiosk.model.clock import Clock
from kiosk.model.ids import HubVersion, PackVersion
from sync.hub.api.answers import Answers
from sync.hub.api.door import Door
from sync.hub.api.http import make_app
from sync.hub.api.ranges import partial
from sync.hub.errors import Refused
from sync.hub.fleet import need_site
from sync.hub.store.interface import HubStore, Reading
from sync.hub.store.rows import Device, Site, StoredPack, StoredRecord
from sync.wire.codec import checksum, encode_changes
from sync.wire.messages import TOMBSTONE, WIRE_VERSION, Changes, ChangesKind, Row

_LARGEST_VERSION = 2**53
_PARALLEL_CHANGES = 4
"""A fleet that comes back at once takes its turns, so that memory holds few snapshots at a time."""


def device_app(store: HubStore, clock: Clock, door: Door) -> FastAPI:
    """The app of the device port."""
    app = make_app()
    turns = asyncio.Semaphore(_PARALLEL_CHANGES)
    source = _Source(store, clock, Answers())

    @app.get("/v1/changes")
    async def changes(request: Request, since: str = "0") -> Response:
        version = _version(since)
        async with turns:
            body, digest = await run_in_threadpool(
                source.changes, lambda reading: door.device(reading, request), version
            )
        headers = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes", "Cache-Control": "no-store"}
        wanted = request.headers.get("range", "")
        if wanted and request.headers.get("if-range") == f'"{digest}"':
            return partial(body, wanted, headers, "application/zstd")
        return Response(body, media_type="application/zstd", headers=headers)

    @app.get("/v1/packs/{version}")
    def pack(request: Request, version: str) -> Response:
        with store.reading() as reading:
            device = door.device(reading, request)
            found = reading.pack(device.site, PackVersion(version))
        if found is None:
            todo = "Fetch the one of the last notice."
            raise Refused("There is no such content pack for this site.", todo, status=404)
        return _served(request, found)

    return app


class _Source:
    """Where changes come from. The last snapshots are kept, so that one that broke off goes on with the same bytes."""

    def __init__(self, store: HubStore, clock: Clock, snapshots: Answers) -> None:
        self._store = store
        self._clock = clock
        self._snapshots = snapshots

    def changes(self, who: Callable[[Reading], Device], since: HubVersion) -> tuple[bytes, str]:
        """What the device lacks, compressed, and the hex SHA-256 of that. Raises `Refused` where `who` does."""
        with self._store.reading() as reading:
            site = need_site(reading, who(reading).site)
            delta = since > 0 and reading.knows(site.id, since)
            key = (site.id, since, site.version, site.pack)
            known = None if delta else self._snapshots.get(key)
            if known is not None:
                return known
            stored = reading.changed(site.id, since if delta else HubVersion(0))
        body = encode_changes(self._changes_of(site, since, delta=delta, rows=tuple(map(_row, stored))))
        answer = body, hashlib.sha256(body).hexdigest()
        if not delta:
            self._snapshots.put(key, answer)
        return answer

    def _changes_of(self, site: Site, since: HubVersion, *, delta: bool, rows: tuple[Row, ...]) -> Changes:
        return Changes(
            v=WIRE_VERSION,
            kind=ChangesKind.DELTA if delta else ChangesKind.SNAPSHOT,
            site=site.id,
            since=since,
            version=site.version,
            checksum=checksum(rows),
            pack=site.pack,
            at=self._clock.now().wall_ms,
            rows=rows,
        )


def _row(record: StoredRecord) -> Row:
    body = TOMBSTONE if record.body is None else msgspec.Raw(record.body)
    return Row(record.collection, record.key, record.version, body)


def _version(text: str) -> HubVersion:
    if not text.isascii() or not text.isdecimal() or not 0 <= int(text[:20]) < _LARGEST_VERSION:
        raise Refused("That is no version.", "Send since=<the version you hold>, 0 for none.", field="since")
    return HubVersion(int(text))


def _served(request: Request, pack: StoredPack) -> Response:
    tag = f'"{pack.sha256}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": "private, immutable, max-age=31536000"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range", "")
    if wanted and request.headers.get("if-range", tag) == tag:
        return partial(pack.body, wanted, headers)
    return Response(pack.body, media_type="application/json", headers=headers)
