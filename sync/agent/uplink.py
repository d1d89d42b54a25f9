"""Events to the hub: one envelope under way at a time, nothing let go of before the hub says that it has committed.

After each connect the device says hello and waits for the hub's watermark, then sends what follows it. An answer that
does not come makes it send again; a watermark lower than what was confirmed makes it go back.
"""

import logging
import secrets
from collections import deque

from kiosk.model.ids import Epoch, MonotonicMs, Seq
from kiosk.store.outbox import Marks, NotOurs, Outbox, OutOfStep
from sync.agent.packer import Packed, Packer
from sync.agent.surroundings import Surroundings
from sync.wire import topics
from sync.wire.codec import encode
from sync.wire.messages import LEAST_EVENTS, WIRE_VERSION, Ack, Hello

_ANSWER_MS = 5_000
_LONGEST_ANSWER_MS = 60_000
_PATIENCE_MS = 1_000
_BREATH_MS = 1
_SURE_AFTER = 2
"""So many impossible watermarks in a row are no late echo any more."""
_COMPARISONS = 20
"""So often the hub is asked to compare what waits with what it holds, without any progress."""
_ANY = Seq(2**53 - 1)
"""In place of the last number of an outbox that can't be read to its end: the hub has not more of it than was written."""
_RUNS_KNOWN = 16
"""Several hubs may share the work; so many of their names are remembered."""
_log = logging.getLogger(__name__)


class Uplink:
    """Called in the agent's own thread only; every method returns quickly."""

    def __init__(self, outbox: Outbox, around: Surroundings) -> None:
        """See `Surroundings`."""
        self._outbox = outbox
        self._packer = Packer(outbox)
        self._around = around
        self._link = around.link
        self._clock = around.clock
        self._up = False
        self._greeted: Epoch | None = None
        self._flight: Packed | None = None
        """The envelope that is under way."""
        self._deadline: MonotonicMs | None = None
        """When the answer that is waited for is given up."""
        self._look_at: MonotonicMs | None = None
        """When the envelope after the one under way is packed."""
        self._asked_at = MonotonicMs(0)
        self._unanswered = 0
        self._out_of_step = 0
        self._comparisons = 0
        self._asked = ""
        """The name of the last question."""
        self._runs: deque[str] = deque(maxlen=_RUNS_KNOWN)

    @property
    def deadline(self) -> MonotonicMs | None:
        """When `tick` is due, on the monotonic clock."""
        return min((due for due in (self._deadline, self._look_at) if due is not None), default=None)

    def on_connect(self) -> None:
        """The link is up: say hello."""
        self._up = True
        self._unanswered = 0
        # What was out of step stays so: two devices of one name throw each other out before either has asked twice.
        self._comparisons = 0
        self._greet()

    def on_disconnect(self) -> None:
        """The link is down: nothing is under way any more."""
        self._up = False
        self._greeted = None
        self._flight = None
        self._deadline = self._look_at = None

    def on_doorbell(self) -> None:
        """The app has written something."""
        self._send_next()

    def on_ack(self, ack: Ack) -> None:
        """The hub has told its watermark."""
        if not self._up or self._is_late(ack) or self._is_settled_by(ack):
            return
        if self._greeted is not None and self._is_echo(ack):
            return
        try:
            ours = self._outbox.mark_acked(ack.epoch, ack.seq, ack.version, ack.event)
        except NotOurs:
            if self._is_parted_by(ack) or not self._compares():
                self._part()
            return
        except OutOfStep as trouble:
            self._on_out_of_step(trouble, ack)
            return
        if not ours:
            return
        self._out_of_step = self._comparisons = 0
        self._unanswered = 0
        self._greeted = ack.epoch
        self._flight = None
        self._deadline = None
        self._packer.heed(ack.takes)
        self._send_next()

    def on_hub_heard(self, run: str) -> None:
        """The hub is there: what it has left unanswered for a while is sent again now, not when the waiting ends.

        A process of the hub that was not heard before (`run`) is asked for its watermark. It may come from a backup, and
        a device that has nothing new to send would not hear of it in any other way.
        """
        if self._up and run not in self._runs:
            greeted_before = bool(self._runs)
            self._runs.append(run)
            if greeted_before:
                self._greet()
                return
        if self._up and self._deadline is not None and self._clock.now().mono_ms - self._asked_at >= _PATIENCE_MS:
            self._repeat()

    def tick(self) -> None:
        """Send again what was not answered in time; pack what comes next while the answer is waited for."""
        now = self._clock.now().mono_ms
        if self._up and self._deadline is not None and now >= self._deadline:
            self._unanswered += 1
            self._repeat()
        if self._look_at is not None and now >= self._look_at:
            self._look_at = None
            if self._flight is not None:
                self._packer.look_ahead(self._outbox.marks(), self._flight)

    def _is_late(self, ack: Ack) -> bool:
        """Whether it was said before the hub has read our question, or to somebody else who has our name.

        To believe it would do no harm but to work, but for events out of a damaged database: those it would double. A hub
        that does not name the events at its watermarks does not repeat questions either.
        """
        return self._greeted is None and bool(ack.event) and ack.answers != self._asked

    def _is_settled_by(self, ack: Ack) -> bool:
        """Whether an ack tells what the hub holds of a damaged outbox, whose rest may be sent now."""
        owed = self._outbox.debt()
        if owed is None or ack.epoch != owed.epoch:
            return False
        self._outbox.settle_debt(owed, ack.seq)
        _log.info("events out of a damaged database: the hub holds %d of %d", owed.held_by(ack.seq), len(owed.seqs))
        self._greet()
        return True

    def _is_echo(self, ack: Ack) -> bool:
        """Whether an ack tells nothing new, as the answer to something that was sent twice; a loss is asked about."""
        marks = self._outbox.marks()
        if ack.epoch != marks.epoch or ack.seq == marks.acked:
            return True
        if ack.seq > marks.acked:
            return False
        _log.warning("the hub holds events up to %d only, of %d it had confirmed", ack.seq, marks.acked)
        self._greet()
        return True

    def _is_parted_by(self, ack: Ack) -> bool:
        """Whether the hub has compared, and from the first event that it has not confirmed on holds another device's."""
        marks = self._outbox.marks()
        return ack.epoch == marks.epoch and ack.differs == marks.acked + 1

    def _part(self) -> None:
        """Another device has our data and sent first. What of ours the hub lacks goes under a numbering of our own."""
        epoch = self._outbox.part()
        self._out_of_step = self._comparisons = 0
        _log.error(
            "the hub holds another device's events under our numbers: a cloned card? They begin anew, as epoch %s",
            epoch,
        )
        self._greet()

    def _compares(self) -> bool:
        """Send what waits once under the numbers in doubt: the hub confirms it as far as it holds the very same events.

        False when nothing waits, or when nothing has come of it again and again.
        """
        marks = self._outbox.marks()
        self._comparisons += 1
        if not marks.waiting or self._comparisons > _COMPARISONS:
            return False
        self._greeted = marks.epoch
        self._send(marks)
        return True

    def _on_out_of_step(self, trouble: OutOfStep, ack: Ack) -> None:
        if self._is_parted_by(ack):
            self._part()
            return
        self._out_of_step += 1
        self._greeted = None
        self._flight = None
        if self._out_of_step < _SURE_AFTER:
            # An answer from before may still be under way; ask again when it must have come.
            self._wait_for_answer()
            return
        if ack.event and trouble.seq > trouble.marks.last and self._compares():
            return
        epoch = self._outbox.renew_epoch(min(trouble.seq, trouble.marks.acked))
        self._out_of_step = 0
        _log.error("%s: numbering begins anew, under epoch %s", trouble, epoch)
        self._greet()

    def _greet(self) -> None:
        marks, owed = self._outbox.marks(), self._outbox.debt()
        self._greeted = None
        self._flight = None
        self._asked = secrets.token_hex(4)
        epoch, last = (marks.epoch, marks.last) if owed is None else (owed.epoch, _ANY)
        hello = Hello(
            WIRE_VERSION, epoch, last, self._around.release, self._outbox.cursor(), self._outbox.parted(), self._asked
        )
        self._link.publish(topics.hello(self._around.device), encode(hello))
        self._wait_for_answer()

    def _repeat(self) -> None:
        self._flight = None
        # Of several hubs an older one may have got it, which takes less at once than the one that answered last.
        self._packer.heed(LEAST_EVENTS)
        if self._greeted is None:
            self._greet()
        else:
            self._send_next()

    def _send_next(self) -> None:
        if not self._up or self._greeted is None or self._flight is not None:
            return
        marks = self._outbox.marks()
        if marks.epoch != self._greeted:
            # The database was rebuilt meanwhile.
            self._greet()
        elif marks.last > marks.acked:
            self._send(marks)
        else:
            self._deadline = None

    def _send(self, marks: Marks) -> None:
        self._flight = self._packer.next(marks)
        self._link.publish(topics.up(self._around.device), self._flight.payload)
        self._wait_for_answer()
        if marks.last > self._flight.last:
            # Not at once: the thread that puts the envelope on the line would have to wait for it.
            self._look_at = MonotonicMs(self._asked_at + _BREATH_MS)

    def _wait_for_answer(self) -> None:
        longest = min(_LONGEST_ANSWER_MS, _ANSWER_MS * 2 ** min(self._unanswered, 8))
        self._asked_at = self._clock.now().mono_ms
        self._deadline = MonotonicMs(self._asked_at + int(longest * (0.75 + self._around.draw() / 2)))
