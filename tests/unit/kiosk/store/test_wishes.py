"""How sure a redemption is: the hub's word, the site's, or the gate's own."""

import threading
import time

from kiosk.model.ids import HubVersion
from kiosk.model.ticket import Decision
from kiosk.store.agentside import AgentStore
from kiosk.store.device import DeviceStore
from tests.fakes.clock import FakeClock
from tests.unit.kiosk.store.samples import ORDER, TICKET, row

LONG_S = 20.0


class Site:
    """An agent that answers each wish, or none."""

    def __init__(self, agent: AgentStore, *, grants: bool) -> None:
        self._agent = agent
        self._grants = grants
        self.asked: list[str] = []
        self._stop = threading.Event()
        self._bell = agent.doorbell(lambda: None)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bell.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            wish = self._agent.wishes.open()
            if wish is not None and wish.id not in self.asked:
                self.asked.append(wish.id)
                assert wish.ticket == TICKET.id
                if self._grants:
                    self._agent.wishes.grant(wish)
            time.sleep(0.005)


def test_a_gate_alone_has_its_own_word_only_and_waits_for_nobody(store: DeviceStore) -> None:
    """No agent, no broker: the queue goes on."""
    assert store.sureness(TICKET.id, LONG_S) is Decision.OFFLINE_PROVISIONAL


def test_while_the_hub_is_heard_nobody_is_asked(store: DeviceStore, agent: AgentStore, clock: FakeClock) -> None:
    """But not one that has been silent for a while: the line may be cut."""
    agent.link.heard(clock.now())
    assert store.sureness(TICKET.id, LONG_S) is Decision.ONLINE_CONFIRMED
    clock.advance(15_000)
    assert store.sureness(TICKET.id, LONG_S) is Decision.ONLINE_CONFIRMED
    clock.advance(1)
    assert store.sureness(TICKET.id, LONG_S) is Decision.OFFLINE_PROVISIONAL
    agent.link.heard(clock.now())
    agent.link.away()
    assert store.sureness(TICKET.id, LONG_S) is Decision.OFFLINE_PROVISIONAL


def test_the_site_confirms_while_the_hub_is_away(store: DeviceStore, agent: AgentStore) -> None:
    """Each wish anew: what was granted once is not granted for ever."""
    agent.wishes.put_site_link(up=True)
    site = Site(agent, grants=True)
    try:
        for _ in range(2):
            assert store.sureness(TICKET.id, LONG_S) is Decision.SITE_CONFIRMED
    finally:
        site.close()
    assert len(set(site.asked)) == 2
    assert agent.wishes.open() is None


def test_a_site_that_does_not_confirm_keeps_nobody_waiting_for_long(store: DeviceStore, agent: AgentStore) -> None:
    """Another gate was first, or the broker is slow: then it is the gate's own word."""
    agent.wishes.put_site_link(up=True)
    site = Site(agent, grants=False)
    try:
        assert store.sureness(TICKET.id, 0.2) is Decision.OFFLINE_PROVISIONAL
    finally:
        site.close()
    assert len(site.asked) == 1
    assert agent.wishes.open() is None


def test_what_came_while_the_site_was_asked_is_not_overlooked(store: DeviceStore, agent: AgentStore) -> None:
    """The screens are drawn anew at once after the answer."""
    agent.wishes.put_site_link(up=True)
    agent.inbox.apply_delta(HubVersion(0), HubVersion(1), (row(ORDER, 1),))
    store.sureness(TICKET.id, 0.05)
    assert store.wait(LONG_S)
