"""Two gates of one site over a real broker, the hub out of reach, and a stranger from another site."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.broker.accounts import Account, Rights
from deploy.broker.files import write_broker
from kiosk.errors import LinkError
from kiosk.model.event import TicketRedeemed
from kiosk.model.ids import DeviceId, EpochMs, HubVersion, PackVersion, SiteId, SubjectId, TicketId
from kiosk.model.records import COLLECTION_OF, Collection, encode_record
from kiosk.model.ticket import Decision, Entitlement, Ticket
from kiosk.store import ChangeRefused, DeviceStore, StoredPack, SystemClock, open_store
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.inbox import InboxRow
from kiosk.store.wishes import site_is_there
from sync.agent.agent import Agent
from sync.agent.surroundings import Surroundings
from sync.link import BrokerAddress, Link, LinkSettings, MqttLink
from sync.link.fallback import FallbackLink
from sync.wire import topics
from sync.wire.codec import encode
from sync.wire.messages import WIRE_VERSION, Changes, Claims
from tests.integration.sync.broker import Broker
from tests.unit.kiosk.store.test_claims import event

SITE = SiteId("harbour")
GATES = (DeviceId("gate-1"), DeviceId("gate-2"))
STRANGER = DeviceId("gate-9")
TICKETS = tuple(
    Ticket(TicketId(f"{n:016x}"), SubjectId("00000000000000aa"), SITE, "adult", EpochMs(0), EpochMs(2**50))
    for n in range(3)
)
PACK = PackVersion("1")


class NoHub:
    def changes(self, since: HubVersion) -> Changes:
        raise LinkError("Hub: can't be reached.", "Wait.")

    def pack(self, version: PackVersion) -> StoredPack:
        raise LinkError("Hub: can't be reached.", "Wait.")


class Gate:
    """The app's end of the database, and an agent on a thread that the test starts and stops."""

    def __init__(self, folder: Path, name: DeviceId, port: int) -> None:
        place = Place(folder / name / "opas.db", name, SITE, SystemClock())
        self.store: DeviceStore = open_store(
            place.path, device=name, site=SITE, site_key=bytes(32), clock=SystemClock()
        )
        self._place = place
        self._address = BrokerAddress("127.0.0.1", port, name, "secret")
        self._agent: Agent | None = None
        self._thread: threading.Thread | None = None
        agent_store = AgentStore(place)
        rows = [InboxRow(COLLECTION_OF[Ticket], each.id, HubVersion(1), encode_record(each)) for each in TICKETS]
        agent_store.inbox.apply_delta(HubVersion(0), HubVersion(1), rows)
        agent_store.close()

    def link(self) -> tuple[Link, Callable[[], bool]]:
        """Its way out, and whether that is the site's broker."""
        return MqttLink(LinkSettings(self._address, self._address.user)), lambda: True

    def start(self) -> None:
        store = AgentStore(self._place)
        link, at_home = self.link()
        around = Surroundings(self._place.device, SITE, "gate", "0", link, SystemClock(), lambda: 0.1, at_home)
        agent = self._agent = Agent(store, NoHub(), around, 1)
        if isinstance(link, FallbackLink):
            link.tell_of_ways(agent.on_other_way)

        def run() -> None:
            agent.run()
            store.close()

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def stop(self) -> None:
        if self._agent is not None and self._thread is not None:
            self._agent.stop()
            self._thread.join()
            self._agent = None

    def close(self) -> None:
        self.stop()
        self.store.close()

    def admit(self, ticket: Ticket) -> Decision | None:
        """As a gate does: ask how sure it is, then redeem. None when the ticket was used."""
        sure = self.store.sureness(ticket.id, 2)
        try:
            self.store.record([TicketRedeemed(ticket.id, sure)], PACK)
        except ChangeRefused:
            return None
        return sure

    def decision_seen(self, ticket: Ticket) -> Decision | None:
        found = self.store.get(Collection.TICKETS, ticket.id)
        assert isinstance(found, Ticket)
        return None if found.redemption is None else found.redemption.decision

    def hears_site(self) -> bool:
        return bool(self.store._database.read(site_is_there))  # noqa: SLF001 - nothing shows it but a wait

    def sees_used(self, ticket: Ticket) -> bool:
        found = self.store.get(Collection.TICKETS, ticket.id)
        return isinstance(found, Ticket) and found.state is Entitlement.REDEEMED


@pytest.fixture
def site_broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker")
    accounts = [Account(gate, "secret", Rights.DEVICE, SITE) for gate in GATES]
    accounts.append(Account(STRANGER, "secret", Rights.DEVICE, "elsewhere"))
    write_broker(tmp_path / "broker", broker.port, accounts)
    broker.start()
    yield broker
    broker.end()


@pytest.fixture
def gates(tmp_path: Path, site_broker: Broker) -> Iterator[tuple[Gate, Gate]]:
    with ExitStack() as opened:
        first, second = (Gate(tmp_path, name, site_broker.port) for name in GATES)
        opened.callback(first.close)
        opened.callback(second.close)
        yield first, second


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_a_ticket_that_passed_gate_1_is_refused_at_gate_2_while_the_hub_is_away(gates: tuple[Gate, Gate]) -> None:
    """At once, and also at a gate that was not there when it happened."""
    first, second = gates
    first.start()
    second.start()
    until(lambda: first.hears_site() and second.hears_site())
    assert first.admit(TICKETS[0]) is Decision.SITE_CONFIRMED
    until(lambda: second.sees_used(TICKETS[0]))
    assert second.decision_seen(TICKETS[0]) is Decision.SITE_CONFIRMED
    assert second.admit(TICKETS[0]) is None
    second.stop()
    assert first.admit(TICKETS[1]) is Decision.SITE_CONFIRMED
    assert not second.sees_used(TICKETS[1])
    second.start()
    until(lambda: second.sees_used(TICKETS[1]))
    assert second.admit(TICKETS[1]) is None
    until(second.hears_site)
    assert second.admit(TICKETS[2]) is Decision.SITE_CONFIRMED
    until(lambda: first.sees_used(TICKETS[2]))


def test_two_gates_that_are_shown_one_ticket_at_the_same_moment_are_not_both_confirmed(
    gates: tuple[Gate, Gate],
) -> None:
    """The broker hears one of them first; the other one is told so, and knows it by the claim."""
    for gate in gates:
        gate.start()
    until(lambda: all(gate.hears_site() for gate in gates))
    told: dict[int, Decision | None] = {}

    def admit(number: int) -> None:
        told[number] = gates[number].admit(TICKETS[0])

    threads = [threading.Thread(target=admit, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told.values(), key=str) == [None, Decision.SITE_CONFIRMED]


def test_a_gate_that_hears_nobody_has_its_own_word_only(gates: tuple[Gate, Gate], site_broker: Broker) -> None:
    """Cut off from each other both admit, and both say that it is provisional; the hub settles it."""
    for gate in gates:
        gate.start()
    until(lambda: all(gate.hears_site() for gate in gates))
    site_broker.end(signal.SIGKILL)
    until(lambda: not any(gate.hears_site() for gate in gates))
    assert [gate.admit(TICKETS[0]) for gate in gates] == [Decision.OFFLINE_PROVISIONAL] * 2


def test_another_site_neither_hears_nor_makes_claims(gates: tuple[Gate, Gate], site_broker: Broker) -> None:
    """The broker's access rules keep each site's claims to its own devices."""
    first, second = gates
    heard: list[bytes] = []
    up = threading.Event()

    class Stranger:
        def on_connect(self) -> None:
            up.set()

        def on_disconnect(self, reason: LinkError) -> None: ...

        def on_message(self, topic: str, payload: bytes) -> None:
            heard.append(payload)

    link = MqttLink(LinkSettings(BrokerAddress("127.0.0.1", site_broker.port, STRANGER, "secret"), STRANGER))
    for topic_filter in (topics.claims(SITE), "cx/1/site/+/claims", "#"):
        link.subscribe(topic_filter)
    link.start(Stranger())
    assert up.wait(10)
    first.start()
    second.start()
    forged = TicketRedeemed(TICKETS[0].id, Decision.OFFLINE_PROVISIONAL)
    claims = Claims(WIRE_VERSION, STRANGER, first.store.epoch, event(1, forged).seq, HubVersion(0), (event(9, forged),))
    link.publish(topics.claims(SITE), encode(claims))
    assert first.admit(TICKETS[1])
    until(lambda: second.sees_used(TICKETS[1]))
    link.stop()
    assert heard == []
    assert not first.sees_used(TICKETS[0])
    assert not second.sees_used(TICKETS[0])
