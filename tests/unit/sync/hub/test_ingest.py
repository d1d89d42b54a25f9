"""From the link's thread to a committed batch and its acks."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest

from kiosk.model.event import Health
from kiosk.model.ids import DeviceId, Epoch, EpochMs, HubVersion, Seq
from sync.hub.errors import DataFull
from sync.hub.ingest import FILTERS, Ingest
from sync.hub.intake import Taken
from sync.hub.store.interface import HubStore, Reading, Writing
from sync.hub.store.rows import NewEvents
from sync.wire import topics
from sync.wire.codec import decode, encode, encode_envelope
from sync.wire.messages import WIRE_VERSION, Ack, Hello, Status
from tests.unit.sync.hub.world import DESK, EPOCH, GATE, SECOND_GATE, World, envelope, event, redeemed


class Outside:
    """Everyone whom the ingest speaks to: collects what it publishes, and lets the test wait for it."""

    def __init__(self, world: World, store: HubStore | None = None) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.committed_when_sent: list[int] = []
        self.taken: list[Taken] = []
        self._world = world
        self._changed = threading.Condition()
        self.ingest = Ingest(store or world.store, world.clock, self.publish, self.on_taken)

    def publish(self, topic: str, payload: bytes) -> None:
        with self._changed:
            self.sent.append((topic, payload))
            self.committed_when_sent.append(len(self._world.events()))
            self._changed.notify_all()

    def on_taken(self, taken: Taken) -> None:
        with self._changed:
            self.taken.append(taken)
            self._changed.notify_all()

    def acks(self, device: DeviceId = GATE) -> list[Ack]:
        return [decode(payload, Ack) for topic, payload in self.sent if topic == topics.ack(device)]

    def wait_for_ack(self, device: DeviceId) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.acks(device) != [], 5)

    def wait_for_batches(self, count: int = 1) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.taken) >= count, 5)


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    made = Outside(world)
    yield made
    made.ingest.stop()


def test_what_waits_is_committed_together_and_acked_after_the_commit(world: World, outside: Outside) -> None:
    """One transaction for the messages of several devices; an ack speaks of what a reader already sees."""
    for device, seq in ((GATE, 1), (GATE, 2), (SECOND_GATE, 1)):
        outside.ingest.receive(topics.up(device), encode_envelope(envelope(event(seq))))
    outside.ingest.start()
    outside.wait_for_batches()
    assert len(outside.taken) == 1
    assert [ack.seq for ack in outside.acks()] == [2]
    assert [ack.seq for ack in outside.acks(SECOND_GATE)] == [1]
    assert outside.committed_when_sent == [3, 3]


def test_two_envelopes_with_the_same_numbers_at_once_are_kept_once(world: World, outside: Outside) -> None:
    """Delivered from two threads, as two connections would."""
    outside.ingest.start()
    payload = encode_envelope(envelope(event(1), event(2)))

    def send() -> None:
        for _ in range(20):
            outside.ingest.receive(topics.up(GATE), payload)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    outside.ingest.receive(topics.up(DESK), encode_envelope(envelope(event(1))))
    outside.wait_for_ack(DESK)
    assert sorted((kept.device, kept.seq) for kept in world.events()) == [(DESK, 1), (GATE, 1), (GATE, 2)]
    assert {ack.seq for ack in outside.acks()} == {2}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (topics.up(GATE), b"no zstd"),
        (topics.up(GATE), encode_envelope(envelope(event(1), epoch=Epoch("bad epoch\n")))),
        (topics.hello(GATE), b'{"v":1}'),
        (topics.hello(GATE), encode(Hello(WIRE_VERSION, Epoch(""), Seq(0), "", HubVersion(0)))),
        (topics.status(GATE), b'{"health":"Meera Korhonen"}'),
        (topics.status(GATE), encode(Status(Health.READY, waiting=2**70))),
        (f"cx/1/{GATE}/req", b"{}"),
        ("cx/1/UPPER/up", b""),
        ("elsewhere", b""),
    ],
)
def test_a_bad_message_is_counted_and_logged_without_its_content(
    outside: Outside, world: World, topic: str, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The next good one goes through."""
    outside.ingest.receive(topic, payload)
    outside.ingest.receive(topics.up(SECOND_GATE), encode_envelope(envelope(event(1))))
    with caplog.at_level(logging.WARNING):
        outside.ingest.start()
        outside.wait_for_batches()
    assert outside.ingest.tally.bad == 1
    assert "Korhonen" not in caplog.text
    assert "was refused" in caplog.text
    assert len(world.events()) == 1


def test_a_stranger_is_counted(outside: Outside, world: World) -> None:
    """Its device may be registered a minute later, and its outbox waits."""
    outside.ingest.receive(topics.up(DeviceId("stranger")), encode_envelope(envelope(event(1))))
    outside.ingest.start()
    outside.wait_for_batches()
    assert (outside.ingest.tally.strangers, outside.sent) == (1, [])


class FailingStore:
    """The real store behind a disk that is full until `well` is set, and a batch size that it can't bear."""

    def __init__(self, inner: HubStore) -> None:
        self._inner = inner
        self.well = threading.Event()

    def reading(self) -> AbstractContextManager[Reading]:
        return self._inner.reading()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        if not self.well.is_set():
            raise DataFull("hub.db: the disk is full.", "Make room.")
        with self._inner.writing() as writing:
            yield writing

    def close(self) -> None:
        self._inner.close()


def test_a_full_disk_acks_nothing_says_so_once_and_goes_on_when_there_is_room(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The device still holds what was not acked."""
    store = FailingStore(world.store)
    outside = Outside(world, store)
    payload = encode_envelope(envelope(event(1, redeemed())))
    outside.ingest.start()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            outside.ingest.receive(topics.up(GATE), payload)
        while not outside.ingest.problem:
            threading.Event().wait(0.01)
        assert outside.sent == []
        store.well.set()
        outside.ingest.receive(topics.up(GATE), payload)
        outside.wait_for_batches()
    outside.ingest.stop()
    assert [ack.seq for ack in outside.acks()][-1] == 1
    assert outside.ingest.problem == ""
    assert caplog.text.count("nothing can be stored") == 1
    assert caplog.text.count("stored again") == 1


class _Breaking:
    """A transaction that breaks when an event named `bad` is kept, as a bug of ours would."""

    def __init__(self, inner: Writing) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def add_events(self, came: Sequence[NewEvents], version: HubVersion, at: EpochMs) -> None:
        if any(each.id.startswith("bad") for new in came for each in new.events):
            raise ZeroDivisionError("secret name")
        self._inner.add_events(came, version, at)


class BreakingStore(FailingStore):
    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self._inner.writing() as writing:
            yield _Breaking(writing)  # type: ignore[misc]


def test_a_message_that_breaks_the_hub_does_not_take_its_neighbours_with_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log by its device and the place in our code, and nothing of it is half done."""
    outside = Outside(world, BreakingStore(world.store))
    outside.ingest.receive(topics.up(GATE), encode_envelope(envelope(event(1))))
    outside.ingest.receive(topics.up(SECOND_GATE), encode_envelope(envelope(event(1, name="bad"))))
    outside.ingest.receive(topics.up(DESK), encode_envelope(envelope(event(1))))
    with caplog.at_level(logging.ERROR):
        outside.ingest.start()
        outside.wait_for_batches(2)
    outside.ingest.stop()
    assert sorted(kept.device for kept in world.events()) == [DESK, GATE]
    assert outside.ingest.tally.failed == 1
    assert SECOND_GATE in caplog.text
    assert "secret" not in caplog.text
    assert world.watermark(SECOND_GATE, EPOCH) is None


def test_it_subscribes_to_what_devices_send(outside: Outside) -> None:
    """Through shared subscriptions, so that a second hub can help and nothing is taken in by both."""
    assert FILTERS == ("$share/hub/cx/1/+/up", "$share/hub/cx/1/+/hello", "$share/hub/cx/1/+/status")
