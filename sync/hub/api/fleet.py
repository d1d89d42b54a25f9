"""The part of the admin API that lets devices and brokers in, lists them, and turns them out."""

from collections.abc import Mapping

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kiosk.model.identity import Fingerprint
from kiosk.model.ids import DeviceId, DurationMs, EpochMs, SiteId
from sync.hub.api.http import answer, body_of, read_form
from sync.hub.identity.claiming import Claimed, ClaimForm, NoSuchCode
from sync.hub.identity.kinds import Kind
from sync.hub.identity.limits import Limiter
from sync.hub.identity.registry import Registry
from sync.hub.store.identity_rows import Term
from sync.hub.store.rows import DeviceState

_FORM_BYTES = 20_000
_MOST_WRONG = 10
_WRONG_WITHIN = DurationMs(60_000)
_EVERYBODY = "administrators"


class BrokerForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A broker's request for a certificate (PKCS #10, PEM), and the host names and addresses by which it is called.

    `site` is there for a site's own broker, which lets in that site's devices only.
    """

    csr: str
    names: tuple[str, ...]
    site: SiteId | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A device that waits to be claimed; never its code, which must be read from its screen."""

    fingerprint: Fingerprint
    was: str
    asked_at: EpochMs
    expires_at: EpochMs
    contested: bool


class Member(msgspec.Struct, frozen=True):
    """A device and the certificate it has. `standing` is claimed, expired, removed, or token for one without any."""

    device: DeviceId
    site: str
    role: str
    name: str
    standing: str
    not_after: EpochMs | None
    used_at: EpochMs | None
    cloned: bool


def add_fleet(router: APIRouter, registry: Registry) -> None:
    """The routes; who asks is known to be an administrator."""
    _add_claims(router, registry)
    _add_devices(router, registry)
    _add_authority(router, registry)


def _add_claims(router: APIRouter, registry: Registry) -> None:
    wrong = Limiter(registry.clock, _MOST_WRONG, _WRONG_WITHIN)

    @router.post("/claims")
    async def claim(request: Request) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), ClaimForm)
        return answer(await run_in_threadpool(_claim, registry, wrong, form))

    @router.get("/enrolments")
    def enrolments() -> Response:
        with registry.store.reading() as reading:
            waiting = reading.identities.waiting(registry.clock.now().wall_ms)
        return answer([Waiting(e.fingerprint, e.was, e.asked_at, e.expires_at, e.contested) for e in waiting])


def _add_devices(router: APIRouter, registry: Registry) -> None:
    @router.get("/fleet")
    def fleet() -> Response:
        return answer(_members(registry))

    @router.delete("/devices/{device}/certificates")
    def revoke(device: str) -> Response:
        return answer({"device": device, "taken_back": registry.revoke(DeviceId(device))})

    @router.post("/devices/{device}/renewal")
    def rotate(device: str) -> Response:
        registry.rotate(DeviceId(device))
        return answer({"device": device, "renew": True})


def _add_authority(router: APIRouter, registry: Registry) -> None:
    @router.get("/authority")
    def authority() -> Response:
        held = registry.authority
        return answer({"pin": held.pin, "root": held.root_pem.decode(), "chain": held.chain_pem.decode()})

    @router.post("/brokers/{name}")
    async def broker(request: Request, name: str) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), BrokerForm)
        pem = await run_in_threadpool(registry.admit_broker, name, form.csr, form.names, form.site)
        return answer({"certificate": pem, "chain": registry.authority.chain_pem.decode()})


def _claim(registry: Registry, wrong: Limiter, form: ClaimForm) -> Claimed:
    wrong.check(_EVERYBODY)
    try:
        return registry.claim(form)
    except NoSuchCode:
        wrong.count(_EVERYBODY)
        raise


def _members(registry: Registry) -> list[Member]:
    now = registry.clock.now().wall_ms
    with registry.store.reading() as reading:
        devices = reading.devices()
        terms = reading.identities.terms(Kind.DEVICE)
    return [_member(device, terms, now) for device in devices]


def _member(device: DeviceState, terms: Mapping[str, Term | None], now: EpochMs) -> Member:
    last = terms.get(device.id)
    standing = "claimed"
    if last is None:
        standing = "removed" if device.id in terms else "token"
    elif last.not_after <= now:
        standing = "expired"
    return Member(
        device.id,
        device.site,
        device.role,
        device.name,
        standing,
        None if last is None else last.not_after,
        None if last is None else last.used_at,
        device.cloned,
    )
