"""The part of the admin API for what counts at once: ways that are open or closed, and people's consents."""

from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kiosk.model.clock import Clock
from kiosk.model.customer import Consent, Interest, Purpose, Subject
from kiosk.model.ids import SiteId, SubjectId
from sync.hub.api.http import answer, body_of, read_form
from sync.hub.live import (
    ConsentForm,
    PathwayForm,
    drop_pathway,
    pathways_of,
    put_consent,
    put_pathway,
    subject_of,
    withdraw,
)
from sync.hub.store.interface import HubStore

_FORM_BYTES = 10_000


class Live(msgspec.Struct, frozen=True):
    """What these routes work with; `changed` is called after a site's data changed."""

    store: HubStore
    clock: Clock
    changed: Callable[[SiteId], None]


class Answers(msgspec.Struct, frozen=True):
    """What a person answered, and what may be held of them because of it; no name."""

    subject: SubjectId
    consents: tuple[Consent, ...]
    interests: tuple[Interest, ...]
    declined: tuple[str, ...]


def add_live(router: APIRouter, live: Live) -> None:
    """The routes; who asks is known to be an administrator."""
    _add_pathways(router, live)
    _add_consents(router, live)


def _add_pathways(router: APIRouter, live: Live) -> None:
    @router.get("/sites/{site}/pathways")
    def pathways(site: str) -> Response:
        with live.store.reading() as reading:
            return answer(pathways_of(reading, SiteId(site)))

    @router.put("/sites/{site}/pathways/{pathway}")
    async def say(request: Request, site: str, pathway: str) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), PathwayForm)
        return await run_in_threadpool(_say, live, SiteId(site), pathway, form)

    @router.delete("/sites/{site}/pathways/{pathway}")
    def unsay(site: str, pathway: str) -> Response:
        with live.store.writing() as writing:
            version = drop_pathway(writing, SiteId(site), pathway, live.clock.now().wall_ms)
        live.changed(SiteId(site))
        return answer({"version": version})


def _add_consents(router: APIRouter, live: Live) -> None:
    path = "/sites/{site}/subjects/{subject}/consents"

    @router.get(path)
    def consents(site: str, subject: str) -> Response:
        with live.store.reading() as reading:
            return answer(_told(subject_of(reading, SiteId(site), SubjectId(subject))))

    @router.put(path)
    async def consent(request: Request, site: str, subject: str) -> Response:
        form = read_form(await body_of(request, _FORM_BYTES), ConsentForm)
        return await run_in_threadpool(_consent, live, SiteId(site), SubjectId(subject), form)

    @router.delete(path)
    def withdraw_all(site: str, subject: str) -> Response:
        return _withdraw(live, SiteId(site), SubjectId(subject), frozenset(Purpose))

    @router.delete(f"{path}/{{purpose}}")
    def withdraw_one(site: str, subject: str, purpose: Purpose) -> Response:
        return _withdraw(live, SiteId(site), SubjectId(subject), frozenset({purpose}))


def _say(live: Live, site: SiteId, pathway: str, form: PathwayForm) -> Response:
    with live.store.writing() as writing:
        state = put_pathway(writing, site, pathway, form, live.clock.now().wall_ms)
    live.changed(site)
    return answer(state)


def _consent(live: Live, site: SiteId, subject: SubjectId, form: ConsentForm) -> Response:
    with live.store.writing() as writing:
        after = put_consent(writing, site, subject, form, live.clock.now().wall_ms)
    live.changed(site)
    return answer(_told(after))


def _withdraw(live: Live, site: SiteId, subject: SubjectId, purposes: frozenset[Purpose]) -> Response:
    with live.store.writing() as writing:
        after = withdraw(writing, site, subject, purposes, live.clock.now().wall_ms)
    live.changed(site)
    return answer(_told(after))


def _told(person: Subject) -> Answers:
    return Answers(person.id, person.consents, person.interests, person.declined)
