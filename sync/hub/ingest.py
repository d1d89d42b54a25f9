"""Messages from devices, batched into transactions: whatever waits is committed together, and acked only then.

Nothing here needs to be believed to be safe: a message that is lost on the way in, a batch that fails, a hub that dies
before its acks all end in the device sending again.
"""

import logging
import queue
import threading
import traceback
from collections.abc import Callable, Sequence

import msgspec

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, EpochMs
from sync.hub.errors import DataError
from sync.hub.intake import Arrival, Taken, take_in
from sync.hub.sound import Run, check_epoch, read_run, sound_status, without_content
from sync.hub.store.interface import HubStore
from sync.wire import topics
from sync.wire.codec import WireError, decode, decode_envelope, encode
from sync.wire.messages import Hello, Status

Publish = Callable[[str, bytes], object]
"""Sends a payload on a topic; never blocks for long, and what it can't send is lost."""

FILTERS = tuple(
    topics.shared("hub", wanted) for wanted in (topics.INGEST_FILTER, topics.HELLO_FILTER, topics.STATUS_FILTER)
)
"""What the hub subscribes to. Several hubs share the work; a device waits for the answer to each thing that it sends."""
_QUEUE_MESSAGES = 20_000
_BATCH_MESSAGES = 64
_BATCH_BYTES = 1_000_000
"""What comes live must not wait long for a backlog that came right before it."""
_RETRY_S = 0.5
_log = logging.getLogger(__name__)


class Tally(msgspec.Struct):
    """What was not taken in since the start, by reason."""

    bad: int = 0
    """No valid message, or on a topic that no device may use."""
    strangers: int = 0
    """From devices that are not registered."""
    overflow: int = 0
    """More than the queue holds."""
    failed: int = 0
    """Messages that broke the hub; each is a bug to report."""


class _Letter(msgspec.Struct, frozen=True):
    topic: str
    payload: bytes
    at: EpochMs


class Ingest:
    """Takes messages in on its own thread. `on_taken` is called after each commit and after its acks went out."""

    def __init__(self, store: HubStore, clock: Clock, publish: Publish, on_taken: Callable[[Taken], None]) -> None:
        self._store = store
        self._clock = clock
        self._publish = publish
        self._on_taken = on_taken
        self._queue: queue.Queue[_Letter | None] = queue.Queue(_QUEUE_MESSAGES)
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._stopping = threading.Event()
        self.tally = Tally()
        self.problem = ""
        """Why nothing can be stored at present; empty when all is well."""

    def start(self) -> None:
        """Begin to take in."""
        self._thread.start()

    def receive(self, topic: str, payload: bytes) -> None:
        """A message came; returns at once, from any thread."""
        try:
            self._queue.put_nowait(_Letter(topic, payload, self._clock.now().wall_ms))
        except queue.Full:
            self.tally.overflow += 1

    @property
    def queued(self) -> int:
        """How many messages wait."""
        return self._queue.qsize()

    def stop(self) -> None:
        """Finish the batch in hand and end. What still waits was not acked, so the devices send it again."""
        self._stopping.set()
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            _log.debug("the queue is full; the worker looks at the stop sign by itself")
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            arrivals = [arrival for letter in self._next() if (arrival := self._open(letter)) is not None]
            if arrivals:
                self._take(arrivals)

    def _next(self) -> list[_Letter]:
        """At least one message, and all that wait with it, up to a batch."""
        letters: list[_Letter] = []
        room, letter = _BATCH_BYTES, self._queue.get()
        while letter is not None:
            letters.append(letter)
            room -= len(letter.payload)
            if room <= 0 or len(letters) == _BATCH_MESSAGES:
                break
            try:
                letter = self._queue.get_nowait()
            except queue.Empty:
                break
        return letters

    def _open(self, letter: _Letter) -> Arrival | None:
        try:
            return Arrival(_sender(letter.topic), letter.at, _message(letter))
        except WireError as error:
            self.tally.bad += 1
            _log.warning(
                "a message of %s was refused: %s",
                topics.device_of(letter.topic) or "an unknown sender",
                without_content(error),
            )
            return None

    def _take(self, arrivals: Sequence[Arrival]) -> None:
        try:
            with self._store.writing() as writing:
                taken = take_in(writing, arrivals, self._clock)
        except DataError as error:
            self._trouble(error)
            return
        except Exception as error:  # noqa: BLE001 - one message that breaks us must not stop the others
            self._split(arrivals, error)
            return
        self._well()
        self.tally.strangers += taken.strangers
        for device, ack in taken.acks:
            self._publish(topics.ack(device), encode(ack))
        self._on_taken(taken)

    def _split(self, arrivals: Sequence[Arrival], error: Exception) -> None:
        if len(arrivals) > 1:
            for arrival in arrivals:
                self._take([arrival])
            return
        self.tally.failed += 1
        place = traceback.extract_tb(error.__traceback__)[-1]
        _log.error(
            "a message of %s broke the hub (%s at %s:%s) and was not taken in",
            arrivals[0].device,
            type(error).__name__,
            place.filename,
            place.lineno,
        )

    def _trouble(self, error: DataError) -> None:
        if not self.problem:
            _log.error("nothing can be stored: %s", error)
        self.problem = error.what
        # The devices send again; until then there is no use in trying as fast as messages come.
        self._stopping.wait(_RETRY_S)

    def _well(self) -> None:
        if self.problem:
            _log.info("events are stored again")
        self.problem = ""


def _sender(topic: str) -> DeviceId:
    device = topics.device_of(topic)
    if device is None:
        msg = "a topic that no device may use"
        raise WireError(msg)
    return device


def _message(letter: _Letter) -> Run | Hello | Status:
    match letter.topic.rpartition("/")[2]:
        case "up":
            return read_run(decode_envelope(letter.payload))
        case "hello":
            hello = decode(letter.payload, Hello)
            check_epoch(hello.epoch)
            if hello.parted is not None:
                check_epoch(hello.parted)
            return hello
        case "status":
            return sound_status(decode(letter.payload, Status))
        case _:
            msg = "a topic that the hub does not read"
            raise WireError(msg)
