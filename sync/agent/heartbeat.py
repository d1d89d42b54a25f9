"""Says how this device is, regularly and whenever that changes."""

import msgspec

from kiosk.model.event import Health
from kiosk.model.ids import DeviceId, MonotonicMs
from kiosk.store.link import LinkState
from kiosk.store.outbox import Outbox
from sync.agent.surroundings import Surroundings
from sync.link import Message
from sync.wire import topics
from sync.wire.codec import encode
from sync.wire.messages import Route, Status

_EVERY_MS = 15_000
_SETTLING_MS = 500
"""Changes that come together are told together."""


class Heartbeat:
    """Called in the agent's own thread only."""

    def __init__(self, outbox: Outbox, state: LinkState, around: Surroundings) -> None:
        """See `Surroundings`."""
        self._outbox = outbox
        self._state = state
        self._around = around
        self._noted: Route | None = None
        self._last: Status | None = None
        self._beat_at: MonotonicMs | None = None
        self._look_at: MonotonicMs | None = None

    @property
    def deadline(self) -> MonotonicMs | None:
        """When `tick` is due, on the monotonic clock; None while the link is down."""
        times = [time for time in (self._beat_at, self._look_at) if time is not None]
        return min(times, default=None)

    def on_connect(self) -> None:
        """The link is up: say how we are."""
        self._last = None
        self._beat()

    def on_disconnect(self) -> None:
        """The link is down: nobody listens; the last will speaks for us."""
        self._beat_at = None
        self._look_at = None

    def on_change(self) -> None:
        """Something may have changed: look soon."""
        if self._beat_at is not None and self._look_at is None:
            self._look_at = self._after(_SETTLING_MS)

    def tick(self) -> None:
        """Beat when it is time, or when a look shows a change."""
        now = self._around.clock.now().mono_ms
        if self._beat_at is not None and now >= self._beat_at:
            self._beat()
        elif self._look_at is not None and now >= self._look_at:
            self._look_at = None
            if self._last is None or _essence(self._status()) != _essence(self._last):
                self._beat()

    def say_goodbye(self) -> None:
        """An orderly end: the broker does not publish the last will then."""
        if self._beat_at is not None:
            self._around.link.publish(topics.status(self._around.device), last_will(self._around.device).payload)
        self.on_disconnect()

    def _beat(self) -> None:
        self._look_at = None
        self._last = self._status()
        self._around.link.publish(topics.status(self._around.device), encode(self._last))
        self._beat_at = self._after(int(_EVERY_MS * (0.8 + 0.2 * self._around.draw())))
        self._note_route()

    def _note_route(self) -> None:
        """For those who ask on the device. After the beat, which must not wait for a full disk."""
        route = self._around.route()
        if route is not self._noted:
            self._state.go(route, self._around.clock.now())
            self._noted = route

    def _status(self) -> Status:
        health, problem = self._state.health()
        marks, now = self._outbox.marks(), self._around.clock.now()
        return Status(
            health,
            site=self._around.site,
            role=self._around.role,
            release=self._around.release,
            epoch=marks.epoch,
            pack=self._state.active_pack(),
            version=self._outbox.cursor(),
            waiting=marks.waiting,
            problem=problem,
            at=now.wall_ms,
            unsent_ms=self._outbox.oldest_ms(now) if marks.waiting else 0,
            data_age_ms=self._state.data_age_ms(now),
            route=self._around.route(),
        )

    def _after(self, ms: int) -> MonotonicMs:
        return MonotonicMs(self._around.clock.now().mono_ms + ms)


def last_will(device: DeviceId) -> Message:
    """What the broker says for a device that has gone without a word."""
    return Message(topics.status(device), encode(Status(Health.OFFLINE)))


def _essence(status: Status) -> Status:
    """Without what changes all the time."""
    return msgspec.structs.replace(status, waiting=0, at=None, unsent_ms=0, data_age_ms=None)
