"""Tells the other devices of the site at once what was done to tickets, orders and people, and takes in what they tell.

The topic is the site's own at its broker, so this goes on while the hub is away. Nothing waits for an answer: a
claim that gets lost is told again when somebody who has just come asks, and in the end the hub tells everybody.
"""

import msgspec

from kiosk.model.ids import DeviceId, Epoch, MonotonicMs, Seq, TicketId
from kiosk.store.claims import Claimed, Own
from kiosk.store.claims import Claims as Store
from kiosk.store.wishes import Wishes
from sync.agent.surroundings import Surroundings
from sync.wire import topics
from sync.wire.codec import decode_claims, encode
from sync.wire.messages import WIRE_VERSION, RawClaims, Wish

_AT_ONCE = 100
_ANSWER_WITHIN_MS = 1_000
"""Those who are asked answer at different moments."""
_SETTLING_MS = 500
_WISH_COUNTS_MS = 5_000


class _First(msgspec.Struct, frozen=True):
    """Who wished for a ticket first, and until when that counts."""

    device: DeviceId
    until: MonotonicMs


class SiteClaims:
    """Called in the agent's own thread only."""

    def __init__(self, store: Store, wishes: Wishes, around: Surroundings) -> None:
        """See `Surroundings`."""
        self._store = store
        self._wishes = wishes
        self._wished = ""
        """The id of the last wish that was told."""
        self._first: dict[TicketId, _First] = {}
        wishes.put_site_link(up=False)
        self._around = around
        self._topic = topics.claims(around.site)
        self._told: tuple[Epoch, Seq] | None = None
        self._newest: tuple[Epoch, Seq] | None = None
        """The last claim that was told, as long as the others were not told that the hub has it."""
        self._again_at: MonotonicMs | None = None
        self._confirm_at: MonotonicMs | None = None
        self._settled_at: MonotonicMs | None = None
        """Until then there may be wishes that count, and claims, of which we have not heard: nothing is granted."""

    @property
    def deadline(self) -> MonotonicMs | None:
        """When `tick` is due, on the monotonic clock."""
        times = [time for time in (self._again_at, self._confirm_at, self._settled_at) if time is not None]
        return min(times, default=None)

    def on_connect(self) -> None:
        """The link is up: tell what the hub does not know yet, and ask the others for the same."""
        self._told = None
        self._first.clear()
        self._wishes.put_site_link(up=False)
        self._settled_at = self._after(_WISH_COUNTS_MS) if self._around.at_home() else None
        self._tell(ask=True)

    def on_disconnect(self) -> None:
        """The link is down: nobody listens."""
        self._told = None
        self._wishes.put_site_link(up=False)
        self._again_at = None
        self._confirm_at = None
        self._settled_at = None

    def on_doorbell(self) -> None:
        """The app has written something."""
        if self._told is not None:
            self._tell()
            self._wish()

    def on_ack(self) -> None:
        """The hub has confirmed something: tell it soon, so that the others let go of what its data contains."""
        if self._newest is not None and self._told is not None and self._confirm_at is None:
            self._confirm_at = self._after(_SETTLING_MS)

    def on_message(self, payload: bytes) -> None:
        """Another device told something. Raises `WireError`, or `StoreError` and its families."""
        claims = decode_claims(payload)
        if claims.v != WIRE_VERSION:
            return
        for wish in claims.wishes:
            self._hear(claims.device, wish)
        if claims.device == self._around.device:
            return
        if claims.ask and self._again_at is None:
            self._again_at = self._after(int(_ANSWER_WITHIN_MS * self._around.draw()))
        self._store.take(Claimed(claims.device, claims.epoch, claims.acked, claims.version, claims.events))

    def tick(self) -> None:
        """Answer those who asked; tell what was confirmed; speak for the site once what went before is known."""
        now = self._around.clock.now().mono_ms
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            self._told = None
            self._tell(always=True)
        if self._confirm_at is not None and now >= self._confirm_at:
            self._confirm_at = None
            self._tell(always=True)
        if self._settled_at is not None and now >= self._settled_at:
            self._settled_at = None
            self._wishes.put_site_link(up=self._around.at_home())

    def _speaks_for_site(self) -> bool:
        """Whether what comes first here came first at the site."""
        return self._settled_at is None and self._around.at_home()

    def _wish(self) -> None:
        """Tell what the app wishes. The broker gives it back to us, after all that others have wished before."""
        wish = self._wishes.open()
        if wish is None or wish.id == self._wished or not self._speaks_for_site():
            return
        self._wished = wish.id
        own = self._store.own(self._told, 1)
        told = (Wish(wish.id, wish.ticket),)
        message = RawClaims(WIRE_VERSION, self._around.device, own.epoch, own.acked, own.version, wishes=told)
        self._around.link.publish(self._topic, encode(message))

    def _hear(self, device: DeviceId, wish: Wish) -> None:
        """Who is first counts, for some seconds; then the ticket was claimed, or nobody came of it."""
        now = self._around.clock.now().mono_ms
        first = self._first.get(wish.ticket)
        if first is None or first.device == device or now >= first.until:
            self._first = {ticket: each for ticket, each in self._first.items() if now < each.until}
            self._first[wish.ticket] = _First(device, MonotonicMs(now + _WISH_COUNTS_MS))
            ours = self._wishes.open() if device == self._around.device else None
            if ours is not None and ours.id == wish.id and self._speaks_for_site():
                self._wishes.grant(ours)

    def _tell(self, *, ask: bool = False, always: bool = False) -> None:
        """What was not told since the link is up, in as many messages as it takes."""
        more = True
        while more:
            own = self._store.own(self._told, _AT_ONCE)
            if own.events or ask or always:
                self._publish(own, ask=ask)
            ask = always = False
            more = len(own.events) == _AT_ONCE
            self._told = (own.epoch, own.up_to)

    def _publish(self, own: Own, *, ask: bool) -> None:
        events = tuple(msgspec.Raw(each.body) for each in own.events)
        message = RawClaims(WIRE_VERSION, self._around.device, own.epoch, own.acked, own.version, events, ask)
        self._around.link.publish(self._topic, encode(message))
        if events:
            self._newest = (own.epoch, own.events[-1].seq)
        elif self._newest is not None and (self._newest[0] != own.epoch or self._newest[1] <= own.acked):
            self._newest = None

    def _after(self, ms: int) -> MonotonicMs:
        return MonotonicMs(self._around.clock.now().mono_ms + ms)
