"""The life of a device's agent: claimed where it must be, at work, turned out perhaps, and claimed again."""

import contextlib
import logging
import queue
import random
from collections.abc import Callable

from kiosk.errors import OpasError, StoreError
from kiosk.model.clock import Clock
from kiosk.model.identity import Granted, Notice, Standing
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.identity import IdentityFiles
from sync.agent.agent import Agent
from sync.agent.heartbeat import last_will
from sync.agent.hub import HubClient
from sync.agent.identity.asking import Asking
from sync.agent.identity.enrolling import Card, Enrolling
from sync.agent.identity.keeper import Keeper, Reports
from sync.agent.settings import AgentSettings, FreshSettings
from sync.agent.surroundings import Surroundings
from sync.link import BrokerAddress, LinkSettings, MqttLink, Renewable
from sync.link.fallback import FallbackLink, Patience
from sync.wire import topics
from sync.wire.messages import Route

_log = logging.getLogger(__name__)


class Life:
    """Runs in the thread that calls `work` or `belong`; `stop` ends it from any other, or from a signal."""

    def __init__(self, clock: Clock, release: str) -> None:
        self._clock = clock
        self._release = release
        self._draw = random.SystemRandom().random
        self._stopped = False
        # A signal's handler may ring it whatever the thread that it interrupts is doing; an event's lock it might not get.
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._agent: Agent | None = None
        self._standing = Standing.CLAIMED

    def stop(self) -> None:
        """End soon."""
        self._stopped = True
        self._bell.put(None)
        self._end_work()

    def belong(self, fresh: FreshSettings, settings_for: Callable[[Granted], AgentSettings]) -> None:
        """Be claimed and work; when turned out, wait to be claimed again. Raises `OpasError`."""
        files = IdentityFiles(fresh.data)
        while not self._stopped:
            granted = files.granted() if files.read(files.certificate) is not None else None
            if granted is None:
                granted = Enrolling(files, self._card(fresh, files), self._wait).run()
            if granted is None:
                return
            files.drop_notice()
            self._standing = Standing.CLAIMED
            self.work(settings_for(granted))
            if self._standing in {Standing.REMOVED, Standing.EXPIRED}:
                # The key is spent. Who this device was stays written down, and so do its data.
                files.remove(files.next)
                files.remove(files.certificate)

    def work(self, settings: AgentSettings) -> None:
        """Put the agent together and let it work until it is stopped or turned out. Raises `OpasError`."""
        device, files = settings.device, settings.identity
        link = _link(settings)
        ways = (_home_of(link), _route_of(link))
        around = Surroundings(device.id, device.site, device.role, self._release, link, self._clock, self._draw, *ways)
        store = AgentStore(Place(settings.database, device.id, device.site, self._clock, device.max_megabytes))
        hub = HubClient(settings.hub, settings.database.parent, files)
        agent = self._agent = Agent(store, hub, around, settings.keep_ms)
        if isinstance(link, FallbackLink):
            link.tell_of_ways(agent.on_other_way)
        keeper = None if files is None else self._keeper(settings, files, (link, hub, agent))
        try:
            if keeper is not None:
                keeper.start()
            if not self._stopped:
                agent.run()
        finally:
            self._agent = None
            if keeper is not None:
                keeper.stop()
            hub.close()
            store.close()

    def _keeper(
        self, settings: AgentSettings, files: IdentityFiles, parts: tuple[Renewable, HubClient, Agent]
    ) -> Keeper:
        link, hub, agent = parts

        def renewed() -> None:
            hub.come_anew()
            link.come_anew()

        def out(standing: Standing, error: OpasError) -> None:
            self._standing = standing
            try:
                files.put_notice(Notice(standing, hub=settings.hub.url, problem=error.what, todo=error.todo))
            except StoreError as trouble:
                _log.error("the screen can't be told: %s", trouble)
            agent.stop()

        reports = Reports(renewed, out, self._end_work, lambda: agent.hears_hub)
        asking = Asking(settings.hub.url, files.trusted)
        return Keeper(files, asking, (self._clock, self._draw), reports, settings.hub.check_s)

    def _card(self, fresh: FreshSettings, files: IdentityFiles) -> Card:
        before = files.granted()
        standing = self._standing
        if standing is Standing.CLAIMED:
            kept = files.notice()
            standing = Standing.UNCLAIMED if before is None or kept is None else kept.standing
        hub = fresh.hub
        was = "" if before is None else before.device
        return Card(hub.url, hub.tls_ca, hub.ca_sha256, was, self._release, standing)

    def _wait(self, seconds: float) -> bool:
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=max(0.001, seconds))
        return not self._stopped

    def _end_work(self) -> None:
        agent = self._agent
        if agent is not None:
            agent.stop()


def _home_of(link: Renewable) -> Callable[[], bool]:
    return (lambda: link.at_home) if isinstance(link, FallbackLink) else (lambda: True)


def _route_of(link: Renewable) -> Callable[[], Route]:
    if not isinstance(link, FallbackLink):
        return lambda: Route.DIRECT
    return lambda: Route.PAST if link.past_bridge else Route.BRIDGE if link.at_home else Route.CENTRAL


def _link(settings: AgentSettings) -> Renewable:
    """The way to the broker; where the site has one of its own, that one first."""

    def one(address: BrokerAddress) -> Renewable:
        name = settings.device.id
        return MqttLink(LinkSettings(address, client_id=name, will=last_will(name)))

    site, table = settings.site_address, settings.sitebroker
    if site is None or table is None:
        return one(settings.address)
    patience = Patience(table.patience_s, table.patience_s / 2, table.silence_s)
    among_neighbours = {topics.claims(settings.device.site)}
    return FallbackLink(one(site), lambda: one(settings.address), patience, among_neighbours)
