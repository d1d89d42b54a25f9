"""The part of the admin API that puts things right: what lies in quarantine, and people who want to be forgotten."""

from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, Epoch, EpochMs, Seq, SiteId, SubjectId
from sync.hub.api.http import answer, body_of, read_form
from sync.hub.erasure import Proof, erase, proof_of
from sync.hub.errors import Refused
from sync.hub.replay import AT_ONCE, Replayed, replay
from sync.hub.store.interface import HubStore
from sync.hub.store.rows import Quarantined

_FORM_BYTES = 100_000


class Care(msgspec.Struct, frozen=True):
    """What these routes work with; `changed` is called after a site's data changed."""

    store: HubStore
    clock: Clock
    changed: Callable[[SiteId], None]


class ReplayForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The items to take in, by number; none for the oldest ones."""

    numbers: tuple[int, ...] = ()


class Aside(msgspec.Struct, frozen=True):
    """One item of the quarantine; `text` is its body as it came, as far as it is text."""

    number: int
    device: DeviceId
    epoch: Epoch
    seq: Seq
    received_at: EpochMs
    why: str
    text: str


def add_care(router: APIRouter, care: Care) -> None:
    """The routes; who asks is known to be an administrator."""

    @router.get("/quarantine")
    def quarantine(after: int = 0, limit: int = 100) -> Response:
        if not 0 <= after < 2**62 or not 1 <= limit <= AT_ONCE:
            raise Refused("after or limit is out of range.", f"Send after >= 0 and limit from 1 to {AT_ONCE}.")
        with care.store.reading() as reading:
            return answer([_aside(item) for item in reading.quarantine(after, limit)])

    @router.post("/quarantine/replay")
    async def again(request: Request) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), ReplayForm)
        return await run_in_threadpool(_replay, care, form)

    @router.delete("/sites/{site}/subjects/{subject}")
    def forget(site: str, subject: str) -> Response:
        return answer(_forget(care, SiteId(site), SubjectId(subject)))

    @router.get("/erasures")
    def erasures() -> Response:
        with care.store.reading() as reading:
            devices = reading.devices()
            return answer([proof_of(erasure, devices) for erasure in reading.erasures()])


def _replay(care: Care, form: ReplayForm) -> Response:
    if len(form.numbers) > AT_ONCE or not all(0 < number < 2**62 for number in form.numbers):
        raise Refused("These are no numbers of items.", f"Send at most {AT_ONCE} of GET /v1/quarantine.")
    with care.store.writing() as writing:
        items = writing.quarantined(form.numbers) if form.numbers else writing.quarantine(0, AT_ONCE)
        done: Replayed = replay(writing, items, care.clock.now().wall_ms)
    for site in sorted(done.sites):
        care.changed(site)
    return answer({"replayed": done.replayed, "aside": done.aside})


def _forget(care: Care, site: SiteId, subject: SubjectId) -> Proof:
    with care.store.writing() as writing:
        erasure = erase(writing, site, subject, care.clock.now().wall_ms)
    care.changed(site)
    with care.store.reading() as reading:
        return proof_of(erasure, reading.devices())


def _aside(item: Quarantined) -> Aside:
    text = item.body.decode("utf-8", "replace")
    return Aside(item.number, item.device, item.epoch, item.seq, item.received_at, item.why, text)
