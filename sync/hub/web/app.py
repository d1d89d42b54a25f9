"""The console's app: the page, its feed, its files, and the admin API beside them; loopback only."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from kiosk.model.clock import Clock
from sync.hub.api.http import make_app
from sync.hub.broker import BrokerState
from sync.hub.errors import Refused
from sync.hub.identity.registry import Registry
from sync.hub.ingest import Tally
from sync.hub.metrics import CONTENT_TYPE, Readings, metrics_text
from sync.hub.pulse import Pulse
from sync.hub.store.interface import HubStore
from sync.hub.web.feed import Feed
from sync.hub.web.fleet import Wanted, wanted_of
from sync.hub.web.page import Drawing
from sync.hub.web.views import Facts, PageView, page_of

_LAST_EVENTS = 50
_FIRST_ASIDE = 20
_LAST_CONFLICTS = 20
_LAST_ERASURES = 20
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


class Console(msgspec.Struct, frozen=True):
    """What the page is drawn from."""

    store: HubStore
    clock: Clock
    pulse: Pulse
    tally: Tally
    registry: Registry
    broker: Callable[[], BrokerState]
    storage_problem: Callable[[], str]
    queued: Callable[[], int] = lambda: 0


def look(console: Console, wanted: Wanted) -> PageView:
    """The page as it is now, with the devices that are wanted."""
    with console.store.reading() as reading:
        return page_of(
            Facts(
                now=console.clock.now().wall_ms,
                broker=console.broker(),
                storage_problem=console.storage_problem(),
                tally=console.tally,
                counts=reading.counts(),
                sites=reading.sites(),
                devices=reading.devices(),
                events=reading.last_events(_LAST_EVENTS),
                aside=reading.quarantine(0, _FIRST_ASIDE),
                erasures=reading.erasures()[:_LAST_ERASURES],
                conflicts=reading.last_conflicts(_LAST_CONFLICTS),
                wanted=wanted,
            )
        )


def measure(console: Console) -> str:
    """The metrics as they are now."""
    now = console.clock.now().wall_ms
    with console.store.reading() as reading:
        return metrics_text(
            Readings(
                now=now,
                broker_connected=console.broker().connected,
                storage_well=not console.storage_problem(),
                queued=console.queued(),
                tally=console.tally,
                counts=reading.counts(),
                duplicates=reading.duplicates(),
                sites=reading.sites(),
                devices=reading.devices(),
                erasures=reading.erasures(),
                standings=reading.identities.standings(now),
                authority_ends=console.registry.authority.ends,
            )
        )


def console_app(console: Console, admin: APIRouter, hosts: list[str]) -> tuple[FastAPI, Feed]:
    """The app of the console's port, and its feed to close before the server stops. `hosts` may stand in Host."""
    app = make_app()
    drawing = Drawing()
    feed = Feed(lambda wanted: look(console, wanted), drawing, console.pulse)
    _guard(app, hosts)
    _add_page(app, console, drawing, feed)
    _add_files(app)
    app.include_router(admin)
    return app, feed


def _guard(app: FastAPI, hosts: list[str]) -> None:
    @app.middleware("http")
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await go_on(request)
        response.headers.update(_HEADERS)
        return response

    # Refuses pages of other sites that point their own name at this address.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)


def _add_page(app: FastAPI, console: Console, drawing: Drawing, feed: Feed) -> None:
    @app.get("/")
    async def page(request: Request) -> Response:
        wanted = wanted_of(request.query_params)
        return HTMLResponse(await run_in_threadpool(lambda: drawing.whole(look(console, wanted))))

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(await run_in_threadpool(measure, console), media_type=CONTENT_TYPE)

    @app.get("/live")
    async def live(request: Request) -> Response:
        return StreamingResponse(feed.stream(wanted_of(request.query_params)), media_type="text/event-stream")


def _add_files(app: FastAPI) -> None:
    folder = files("sync.hub.web") / "static"
    static = {part.name: part.read_bytes() for part in folder.iterdir()}

    @app.get("/static/{name}")
    async def file(name: str) -> Response:
        if name not in static:
            raise Refused("There is no such file.", "Load the page again.", status=404)
        return Response(static[name], media_type=_TYPES[name.rpartition(".")[2]])
