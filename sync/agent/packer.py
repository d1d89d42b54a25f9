"""What waits, packed into envelopes; the next one is made while the one before is under way.

The events of one outbox do not change any more: what is packed ahead stays true as long as its epoch is the outbox's.
One that is let go of meanwhile, for want of room, keeps its number and its id, as it does once it is under way.
"""

from collections.abc import Sequence
from itertools import accumulate

import msgspec

from kiosk.model.ids import Epoch, Seq
from kiosk.store.outbox import Marks, Outbox, StoredEvent
from sync.wire.codec import encode_envelope
from sync.wire.messages import (
    LEAST_EVENTS,
    MAX_ENVELOPE_BYTES,
    MAX_EVENTS,
    MAX_PLAIN_BYTES,
    WIRE_VERSION,
    RawEnvelope,
)

_MOST_BODIES_BYTES = MAX_PLAIN_BYTES - MAX_EVENTS - 1_000
"""Of the events, beside the commas between them and the envelope's own words."""


class Packed(msgspec.Struct, frozen=True):
    """An envelope as it goes out."""

    epoch: Epoch
    first: Seq
    last: Seq
    payload: bytes

    @property
    def count(self) -> int:
        """How many events are in it."""
        return self.last - self.first + 1


class Packer:
    """One thread at a time."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._ahead: Packed | None = None
        self._most = LEAST_EVENTS

    def heed(self, takes: int) -> None:
        """The hub takes so many events at once; what every hub takes is not undercut."""
        self._most = min(MAX_EVENTS, max(LEAST_EVENTS, takes))

    def next(self, marks: Marks) -> Packed:
        """What follows the last confirmed event; there must be something."""
        ahead, self._ahead = self._ahead, None
        if (
            ahead is not None
            and (ahead.epoch, ahead.first) == (marks.epoch, marks.acked + 1)
            and ahead.count <= self._most
        ):
            return ahead
        return self._pack(marks.epoch, marks.acked)

    def look_ahead(self, marks: Marks, under_way: Packed) -> None:
        """Pack what follows the envelope that is under way, if there is anything."""
        if marks.epoch == under_way.epoch and marks.last > under_way.last:
            self._ahead = self._pack(under_way.epoch, under_way.last)

    def _pack(self, epoch: Epoch, after: Seq) -> Packed:
        events: Sequence[StoredEvent] = self._outbox.after(after, self._most)
        sizes = accumulate(len(event.body) for event in events)
        events = events[: max(1, sum(size <= _MOST_BODIES_BYTES for size in sizes))]
        packed = _packed(epoch, events)
        while len(packed.payload) > MAX_ENVELOPE_BYTES and len(events) > 1:
            events = events[: len(events) // 2]
            packed = _packed(epoch, events)
        return packed


def _packed(epoch: Epoch, events: Sequence[StoredEvent]) -> Packed:
    first, last = events[0].seq, events[-1].seq
    raw = tuple(msgspec.Raw(event.body) for event in events)
    return Packed(epoch, first, last, encode_envelope(RawEnvelope(WIRE_VERSION, epoch, first, raw)))
