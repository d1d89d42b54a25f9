"""What the downlink makes of the hub's answers."""

import logging
import threading
from collections.abc import Callable

import msgspec
import pytest

from kiosk.errors import LinkError
from kiosk.model.ids import HubVersion, PackVersion, SiteId
from kiosk.model.records import COLLECTION_OF, Collection, Record, encode_record
from kiosk.store import DeviceStore, StoredPack
from kiosk.store.agentside import AgentStore
from sync.agent.downlink import Downlink, Fetched
from sync.wire.codec import checksum
from sync.wire.messages import TOMBSTONE, WIRE_VERSION, Changes, ChangesKind, Row
from tests.fakes.clock import NOON
from tests.unit.kiosk.store.samples import JOURNEY, ORDER, SITE, TICKET, renamed

V = HubVersion


def live(record: Record, version: int) -> Row:
    return Row(COLLECTION_OF[type(record)], record.id, V(version), msgspec.Raw(encode_record(record)))


class FakeHub:
    """Answers with what the test puts there; `asked` are the versions that it was asked from."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = ()
        self.version = V(1)
        self.site = SITE
        self.kind: ChangesKind | None = None
        self.wanted_pack: PackVersion | None = None
        self.packs_asked: list[PackVersion] = []
        self.asked: list[HubVersion] = []
        self.since: HubVersion | None = None
        self.trouble: Callable[[], LinkError | None] = lambda: None

    def changes(self, since: HubVersion) -> Changes:
        self.asked.append(since)
        if (trouble := self.trouble()) is not None:
            raise trouble
        kind = self.kind or (ChangesKind.DELTA if since else ChangesKind.SNAPSHOT)
        told_since = since if self.since is None else self.since
        return Changes(
            WIRE_VERSION,
            kind,
            self.site,
            told_since,
            self.version,
            checksum(self.rows),
            self.wanted_pack,
            NOON,
            self.rows,
        )

    def pack(self, version: PackVersion) -> StoredPack:
        self.packs_asked.append(version)
        return StoredPack(version, "sha", b"{}")


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def fetched() -> list[Fetched]:
    return []


@pytest.fixture
def downlink(agent_store: AgentStore, hub: FakeHub, fetched: list[Fetched]) -> Downlink:
    return Downlink(agent_store.inbox, hub, SITE, fetched.append)


def test_the_first_answer_is_a_snapshot_then_deltas(
    downlink: Downlink, hub: FakeHub, store: DeviceStore, fetched: list[Fetched]
) -> None:
    """Each question begins where the last answer ended."""
    hub.rows, hub.version = (live(ORDER, 1), live(TICKET, 2)), V(3)
    downlink.fetch()
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER
    hub.rows, hub.version = (live(renamed(ORDER, "B2"), 4), Row(Collection.TICKETS, TICKET.id, V(5), TOMBSTONE)), V(5)
    downlink.fetch()
    assert store.get(Collection.ORDERS, ORDER.id) == renamed(ORDER, "B2")
    assert store.get(Collection.TICKETS, TICKET.id) is None
    hub.rows = ()
    downlink.fetch()
    assert hub.asked == [0, 3, 5]
    assert fetched == [Fetched(V(3)), Fetched(V(5)), Fetched(V(5))]


def test_a_large_snapshot_replaces_all(downlink: Downlink, hub: FakeHub, store: DeviceStore) -> None:
    """In batches, and what the hub no longer has is gone."""
    hub.rows = (live(JOURNEY, 1),)
    downlink.fetch()
    body = msgspec.Raw(encode_record(TICKET))
    hub.rows = tuple(Row(Collection.TICKETS, f"{n:016x}", V(2), body) for n in range(1_700))
    hub.kind, hub.version = ChangesKind.SNAPSHOT, V(2)
    downlink.fetch()
    assert len(store.all(Collection.TICKETS)) == 1_700
    assert store.all(Collection.JOURNEYS) == ()


def test_another_sites_data_is_refused(downlink: Downlink, hub: FakeHub, store: DeviceStore) -> None:
    """A wrong token or a wrong site in the configuration shows nothing of others."""
    hub.site = SiteId("elsewhere")
    hub.rows = (live(ORDER, 1),)
    with pytest.raises(LinkError, match='for site "elsewhere"') as wrong:
        downlink.fetch()
    assert "device.site" in wrong.value.todo
    assert store.get(Collection.ORDERS, ORDER.id) is None


def test_changes_that_do_not_follow_are_left_out(downlink: Downlink, hub: FakeHub, store: DeviceStore) -> None:
    """Everything is asked for instead, so that no misunderstanding lasts."""
    hub.version = V(3)
    downlink.fetch()
    hub.rows, hub.version, hub.since = (live(ORDER, 9),), V(9), V(8)
    with pytest.raises(LinkError, match="do not follow"):
        downlink.fetch()
    assert store.get(Collection.ORDERS, ORDER.id) is None
    hub.since = None
    downlink.fetch()
    assert store.get(Collection.ORDERS, ORDER.id) == ORDER
    downlink.fetch()
    assert hub.asked == [0, 3, 0, 9]


def test_a_pack_is_fetched_once(downlink: Downlink, hub: FakeHub, store: DeviceStore) -> None:
    """Staged, in use, or back to an earlier one: no second fetching."""
    hub.wanted_pack = PackVersion("1")
    downlink.fetch()
    downlink.fetch()
    store.activate(PackVersion("1"))
    hub.wanted_pack = PackVersion("2")
    downlink.fetch()
    store.activate(PackVersion("2"))
    hub.wanted_pack = PackVersion("1")
    downlink.fetch()
    assert hub.packs_asked == ["1", "2"]
    staged = store.staged_pack()
    assert staged is not None
    assert staged.version == "1"


def test_trouble_is_told_once_and_its_end_once(
    downlink: Downlink, hub: FakeHub, caplog: pytest.LogCaptureFixture
) -> None:
    """While the hub is away the agent asks again and again, but does not repeat itself."""
    answered = threading.Event()

    def trouble() -> LinkError | None:
        if len(hub.asked) < 3:
            return LinkError("Hub x: can't be reached.", "Start it.")
        answered.set()
        return None

    hub.trouble = trouble
    with caplog.at_level(logging.INFO):
        downlink.start()
        assert answered.wait(30)
        downlink.stop(10)
    assert caplog.text.count("can't be reached") == 1
    assert caplog.text.count("answers again") <= 1


def test_it_asks_when_wanted(downlink: Downlink, hub: FakeHub) -> None:
    """A notice does not wait for the next minute; stopping does not wait either."""
    twice = threading.Event()

    def count() -> None:
        if len(hub.asked) >= 2:
            twice.set()
        downlink.want()

    hub.trouble = count
    downlink.start()
    assert twice.wait(30)
    downlink.stop(10)
    downlink.stop(10)
