"""The admin API on the console's port: sites, devices, content, imports, and what the hub holds."""

import base64
import json
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, SiteId
from kiosk.model.records import Collection
from sync.hub import packs
from sync.hub.api.care import Care, add_care
from sync.hub.api.fleet import add_fleet
from sync.hub.api.http import answer, bearer, body_of, read_form, same_token, unauthorized
from sync.hub.api.live import Live, add_live
from sync.hub.cloudevents import BATCH_TYPE, to_cloud
from sync.hub.errors import Refused
from sync.hub.fleet import DeviceForm, SiteForm, need_site, put_device, put_site, token_hash
from sync.hub.identity.registry import Registry
from sync.hub.importing.apply import Imported, issue, take_over
from sync.hub.importing.request import read_import
from sync.hub.ingest import Tally
from sync.hub.issuing import Issuer
from sync.hub.store.interface import HubStore
from sync.hub.store.rows import StoredEvent

_FORM_BYTES = 10_000
_PACK_BYTES = 8_000_000
_IMPORT_BYTES = 64_000_000
_MOST_EVENTS = 10_000


class Admin(msgspec.Struct, frozen=True):
    """What the routes work with; `changed` is called after a site's data or content changed."""

    store: HubStore
    clock: Clock
    issuer: Issuer
    tally: Tally
    token: str
    changed: Callable[[SiteId], None]
    registry: Registry


def admin_routes(admin: Admin) -> APIRouter:
    """All routes, each asking for the admin token."""
    expected = token_hash(admin.token)

    def authorized(request: Request) -> None:
        if not same_token(bearer(request), expected):
            raise unauthorized("That is not the admin token.")

    router = APIRouter(prefix="/v1", dependencies=[Depends(authorized)])
    _add_writes(router, admin)
    _add_events(router, admin.store)
    _add_reads(router, admin)
    add_care(router, Care(admin.store, admin.clock, admin.changed))
    add_live(router, Live(admin.store, admin.clock, admin.changed))
    add_fleet(router, admin.registry)
    return router


def _add_writes(router: APIRouter, admin: Admin) -> None:
    @router.put("/sites/{site}")
    async def site(request: Request, site: str) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), SiteForm)
        return await run_in_threadpool(_put_site, admin, SiteId(site), form)

    @router.put("/devices/{device}")
    async def device(request: Request, device: str) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), DeviceForm)
        return await run_in_threadpool(_put_device, admin, DeviceId(device), form)

    @router.put("/sites/{site}/pack")
    async def pack(request: Request, site: str) -> Response:
        return await run_in_threadpool(_put_pack, admin, SiteId(site), await body_of(request, _PACK_BYTES))

    @router.post("/sites/{site}/import")
    async def take(request: Request, site: str) -> Response:
        return await run_in_threadpool(_import, admin, SiteId(site), await body_of(request, _IMPORT_BYTES))


def _add_events(router: APIRouter, store: HubStore) -> None:
    @router.get("/events")
    def events(after: int = 0, limit: int = 1000) -> Response:
        return answer([_event(event) for event in _events(store, after, limit)])

    @router.get("/cloudevents")
    def cloudevents(after: int = 0, limit: int = 1000) -> Response:
        batch = [to_cloud(event) for event in _events(store, after, limit)]
        return Response(answer(batch).body, media_type=BATCH_TYPE)


def _add_reads(router: APIRouter, admin: Admin) -> None:
    store = admin.store

    @router.get("/devices")
    def devices() -> Response:
        with store.reading() as reading:
            return answer(reading.devices())

    @router.get("/sites/{site}/records/{collection}")
    def records(site: str, collection: str) -> Response:
        if collection not in set(Collection):
            todo = f"Name one of {', '.join(Collection)}."
            raise Refused("There is no such collection.", todo, status=404)
        with store.reading() as reading:
            found = reading.collection(need_site(reading, SiteId(site)).id, Collection(collection))
        return answer([msgspec.Raw(record.body or b"null") for record in found])

    @router.get("/state")
    def state() -> Response:
        with store.reading() as reading:
            return answer(
                {
                    "version": reading.version(),
                    "devices": reading.all_watermarks(),
                    "counts": reading.counts(),
                    "refused": admin.tally,
                }
            )


def _events(store: HubStore, after: int, limit: int) -> tuple[StoredEvent, ...]:
    if not 0 <= after < 2**62 or not 1 <= limit <= _MOST_EVENTS:
        todo = f"Send after >= 0 and limit from 1 to {_MOST_EVENTS}."
        raise Refused("after or limit is out of range.", todo, field="limit")
    with store.reading() as reading:
        return reading.events(after, limit)


def _put_site(admin: Admin, site: SiteId, form: SiteForm) -> Response:
    with admin.store.writing() as writing:
        made = put_site(writing, site, form, admin.issuer, admin.clock.now().wall_ms)
    admin.changed(site)
    return answer({"site": made.id, "site_key": base64.b64encode(made.key).decode()})


def _put_device(admin: Admin, device: DeviceId, form: DeviceForm) -> Response:
    with admin.store.writing() as writing:
        token = put_device(writing, device, form)
    admin.changed(form.site)
    return answer({"device": device, "token": token})


def _put_pack(admin: Admin, site: SiteId, body: bytes) -> Response:
    with admin.store.reading() as reading:
        known = need_site(reading, site)
    pack = packs.checked(known, body)
    with admin.store.writing() as writing:
        packs.publish(writing, pack, admin.clock.now().wall_ms)
    admin.changed(site)
    return answer({"version": pack.version, "sha256": pack.sha256})


def _import(admin: Admin, site: SiteId, body: bytes) -> Response:
    request = read_import(body, site)
    with admin.store.writing() as writing:
        known = need_site(writing, site)
        version, ungranted = take_over(writing, known, request, admin.clock.now().wall_ms)
    admin.changed(site)
    return answer(Imported(version, issue(request, known, admin.issuer), ungranted))


def _event(event: StoredEvent) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(event.body)
    return {
        **body,
        "rowid": event.number,
        "device": event.device,
        "epoch": event.epoch,
        "seq": event.seq,
        "received_at": event.received_at,
        "committed_at": event.committed_at,
        "type": event.type,
        "conflict": event.conflict,
    }
