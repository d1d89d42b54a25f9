"""Puts the hub together: what is started last is stopped first."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack

from fastapi import FastAPI

from kiosk.model.clock import Clock
from kiosk.model.ids import SiteId
from sync.hub.api.admin import Admin, admin_routes
from sync.hub.api.device import device_app
from sync.hub.api.door import CertificateDoor, TokenDoor
from sync.hub.api.enrolling import add_enrolling
from sync.hub.broker import BrokerEnd
from sync.hub.fleet import publish_keys
from sync.hub.identity.authority import open_authority
from sync.hub.identity.own import OwnIdentity
from sync.hub.identity.registry import BrokerOfDevices, Registry, Terms
from sync.hub.ingest import Ingest
from sync.hub.intake import Taken
from sync.hub.issuing import Issuer, open_issuer
from sync.hub.notices import Notifier
from sync.hub.pulse import Pulse
from sync.hub.servers import Served, Servers, bind
from sync.hub.settings import Address, Settings
from sync.hub.store.interface import HubStore
from sync.hub.store.opening import open_hub_store
from sync.hub.upkeep import Upkeep
from sync.hub.web.app import Console, console_app
from sync.hub.web.claiming import add_claiming
from sync.hub.web.closing import add_closing
from sync.hub.web.feed import Feed
from sync.link import Link

_log = logging.getLogger(__name__)


class Hub:
    """One hub process. The constructor takes what can fail: sockets, data, keys; it raises `HubError`."""

    def __init__(self, settings: Settings, link: Link, clock: Clock) -> None:
        self._settings = settings
        self._link = link
        with ExitStack() as undo:
            self._sockets = [_bound(undo, settings.listen), _bound(undo, settings.console)]
            self._store: HubStore = open_hub_store(settings.data, settings.hub.database, clock)
            undo.callback(self._store.close)
            issuer = open_issuer(settings.data, clock.now().wall_ms)
            authority = open_authority(settings.ca, clock.now().wall_ms)
            _publish_everywhere(self._store, issuer, clock)
            undo.pop_all()
        self._pulse = Pulse()
        self._notifier = Notifier(self._store, clock, link.publish)
        self._ingest = Ingest(self._store, clock, link.publish, self._taken)
        self._broker = BrokerEnd(self._ingest, clock, self._pulse, self._notifier.call_all)
        self._upkeep = Upkeep(self._store, clock, self._changed, settings.retention.days)
        changed = self._changed_at
        registry = Registry(self._store, clock, authority, _terms(settings), changed)
        self._own = OwnIdentity(registry, settings) if settings.identity.tls else None
        admin = Admin(self._store, clock, issuer, self._ingest.tally, settings.hub.admin_token, changed, registry)
        page, self._feed = self._console(admin)
        devices = _device_port(self._store, clock, registry)
        tls = None if self._own is None else self._own.server
        self._servers = Servers([Served(devices, self._sockets[0], tls), Served(page, self._sockets[1])])

    def _console(self, admin: Admin) -> tuple[FastAPI, Feed]:
        console = Console(
            admin.store,
            admin.clock,
            self._pulse,
            admin.tally,
            admin.registry,
            lambda: self._broker.state,
            lambda: self._ingest.problem,
            lambda: self._ingest.queued,
        )
        page, feed = console_app(console, admin_routes(admin), _host_names(self._settings))
        add_claiming(page, admin.store, admin.clock)
        add_closing(page, admin.store, admin.clock)
        return page, feed

    @property
    def addresses(self) -> tuple[Address, Address]:
        """Where the hub really listens: for devices, and the console."""
        first, second = (Address(*listener.getsockname()[:2]) for listener in self._sockets)
        return first, second

    @property
    def urls(self) -> tuple[str, str]:
        """The same as addresses of the web."""
        devices, console = self.addresses
        return f"http{'s' if self._own is not None else ''}://{devices}", f"http://{console}"

    async def run(self, until: asyncio.Event, ready: Callable[[], None]) -> None:
        """Start everything, call `ready`, serve until the event, stop everything in reverse."""
        self._ingest.start()
        self._notifier.start()
        self._upkeep.start()
        if self._own is not None:
            self._own.start()
        self._broker.start(self._link)
        serving = asyncio.create_task(self._servers.serve())
        stopped = asyncio.create_task(until.wait())
        ready()
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._feed.close()
        self._servers.stop()
        await serving
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        # First the notices and the ingest, which publish; the link last, so that their last words still go out.
        if self._own is not None:
            self._own.stop()
        self._upkeep.stop()
        self._notifier.stop()
        self._ingest.stop()
        self._link.stop()
        self._store.close()

    def _taken(self, taken: Taken) -> None:
        if taken.sites:
            self._notifier.changed(taken.sites)
        for device in taken.greeted:
            self._notifier.greet(device.site, device.id)
        self._pulse.beat()

    def _changed_at(self, site: SiteId) -> None:
        self._changed({site})

    def _changed(self, sites: set[SiteId]) -> None:
        self._notifier.changed(sites)
        self._pulse.beat()


def _device_port(store: HubStore, clock: Clock, registry: Registry) -> FastAPI:
    if not registry.terms.tls:
        return device_app(store, clock, TokenDoor())
    door = CertificateDoor(store, clock)
    app = device_app(store, clock, door)
    add_enrolling(app, registry, door)
    return app


def _terms(settings: Settings) -> Terms:
    broker = settings.broker_of_devices
    return Terms(settings.identity.tls, settings.identity.device_days, BrokerOfDevices(broker.host, broker.port))


def _bound(undo: ExitStack, address: Address) -> socket.socket:
    listener = bind(address)
    undo.callback(listener.close)
    return listener


def _publish_everywhere(store: HubStore, issuer: Issuer, clock: Clock) -> None:
    with store.writing() as writing:
        for site in writing.sites():
            if publish_keys(writing, site.id, issuer, clock.now().wall_ms):
                _log.info("site %s was given the public key %s", site.id, issuer.key_id)


def _host_names(settings: Settings) -> list[str]:
    return sorted({settings.console.host, f"[{settings.console.host}]", "localhost", "127.0.0.1"})
