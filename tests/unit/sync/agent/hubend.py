"""The hub's end of the uplink's conversation, as tests play it."""

import msgspec

from kiosk.model.ids import Epoch, HubVersion, Seq
from kiosk.store import DeviceStore
from sync.agent.uplink import Uplink
from sync.wire import topics
from sync.wire.codec import decode, decode_envelope
from sync.wire.messages import Ack, Hello, RawEnvelope
from tests.fakes.link import FakeLink
from tests.unit.kiosk.store.samples import DEVICE, PACK, scanned


class Hub:
    """The test's end of the conversation."""

    def __init__(self, link: FakeLink, uplink: Uplink, store: DeviceStore) -> None:
        self.link = link
        self.uplink = uplink
        self.store = store
        self.asked = ""

    def ack(self, seq: int, epoch: Epoch | None = None) -> None:
        self.uplink.on_ack(Ack(epoch or self.store.epoch, Seq(seq), HubVersion(0)))

    def say(self, ack: Ack) -> None:
        """As the answer to the last question."""
        self._peek()
        self.uplink.on_ack(msgspec.structs.replace(ack, answers=self.asked))

    def hellos(self) -> list[Hello]:
        self._peek()
        return [decode(payload, Hello) for payload in self.link.take(topics.hello(DEVICE))]

    def _peek(self) -> None:
        for message in self.link.sent:
            if message.topic == topics.hello(DEVICE):
                self.asked = decode(message.payload, Hello).ask

    def envelopes(self) -> list[RawEnvelope]:
        return [decode_envelope(payload) for payload in self.link.take(topics.up(DEVICE))]

    def runs(self) -> list[tuple[int, int]]:
        """First and last sequence number of each envelope that came."""
        return [(e.from_seq, e.from_seq + len(e.events) - 1) for e in self.envelopes()]


def write(store: DeviceStore, count: int) -> None:
    store.record([scanned(n) for n in range(count)], PACK)
