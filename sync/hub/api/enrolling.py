"""The device port's routes for who a device is: asking to be let in, which needs no certificate, and the rest, which does."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kiosk.model.ids import DurationMs
from sync.hub.api.door import CertificateDoor, peer_on
from sync.hub.api.http import answer, body_of, read_form
from sync.hub.identity.kinds import Kind
from sync.hub.identity.limits import Limiter
from sync.hub.identity.registry import Registry
from sync.wire.enrolment import Enrol, Renewal, Renewed

_FORM_BYTES = 10_000
_MOST_ASKED = 240
_ASKED_WITHIN = DurationMs(60_000)
"""Ten devices behind one address ask 200 times a minute."""


def add_enrolling(app: FastAPI, registry: Registry, door: CertificateDoor) -> None:
    """The routes."""
    _add_way_in(app, registry)
    _add_identity(app, registry, door)
    _add_access(app, registry, door)


def _add_way_in(app: FastAPI, registry: Registry) -> None:
    """What is open to who has no certificate yet."""
    asked = Limiter(registry.clock, _MOST_ASKED, _ASKED_WITHIN)

    @app.get("/v1/authority")
    async def authority() -> Response:
        return Response(registry.authority.root_pem, media_type="application/x-pem-file")

    @app.post("/v1/enrolments")
    async def enrol(request: Request) -> Response:
        address = request.client.host if request.client is not None else ""
        asked.check(address)
        asked.count(address)
        form = read_form(await body_of(request, _FORM_BYTES), Enrol)
        return answer(await run_in_threadpool(registry.ask, form))


def _add_identity(app: FastAPI, registry: Registry, door: CertificateDoor) -> None:
    @app.get("/v1/identity")
    def identity(request: Request) -> Response:
        with registry.store.reading() as reading:
            shown, device = door.shown(reading, request, Kind.DEVICE), door.device(reading, request)
        return answer(registry.identity(shown, device))

    @app.post("/v1/identity/renewal")
    async def renewal(request: Request) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), Renewal)
        return answer(await run_in_threadpool(_renew, registry, door, request, form))


def _add_access(app: FastAPI, registry: Registry, door: CertificateDoor) -> None:
    @app.get("/v1/broker/access")
    def access(request: Request) -> Response:
        with registry.store.reading() as reading:
            shown = door.shown(reading, request, Kind.BROKER)
        told = registry.access(shown)
        tag = f'"{told.revision}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        response = answer(told)
        response.headers["ETag"] = tag
        return response


def _renew(registry: Registry, door: CertificateDoor, request: Request, form: Renewal) -> Renewed:
    with registry.store.reading() as reading:
        peer = peer_on(request)
        kind = Kind.BROKER if peer is not None and peer.holder.kind is Kind.BROKER else Kind.DEVICE
        shown = door.shown(reading, request, kind)
        if kind is Kind.DEVICE:
            door.device(reading, request)
    return Renewed(registry.renew(shown, form.csr))
