"""Knows whether the hub is heard and how current our data is, and writes it down for the app, but not too often."""

from kiosk.model.clock import Clock
from kiosk.model.ids import EpochMs, HubVersion, MonotonicMs
from kiosk.store.link import SILENCE_MS, LinkState
from sync.wire.messages import Notice

_WRITE_EVERY_MS = 5_000


class Watch:
    """Called in the agent's own thread only."""

    def __init__(self, state: LinkState, clock: Clock) -> None:
        """Whatever the last agent wrote is not true any more."""
        self._state = state
        self._clock = clock
        self._wanted = HubVersion(0)
        self._heard: MonotonicMs | None = None
        self._hub_time: EpochMs | None = None
        self._heard_written: MonotonicMs | None = None
        self._current_written: MonotonicMs | None = None
        state.away()

    @property
    def deadline(self) -> MonotonicMs | None:
        """When `tick` is due, on the monotonic clock; None while the hub is not heard."""
        return None if self._heard is None else MonotonicMs(self._heard + SILENCE_MS + 1)

    def on_notice(self, notice: Notice, cursor: HubVersion) -> bool:
        """The hub was heard; whether it has something that we, being at `cursor`, do not."""
        now = self._clock.now()
        self._heard = now.mono_ms
        self._hub_time = notice.at
        self._wanted = notice.version
        if self._is_due(self._heard_written):
            self._heard_written = now.mono_ms
            self._state.heard(now)
        self._note_current(cursor)
        return cursor != notice.version

    def on_fetched(self, version: HubVersion) -> None:
        """Our data was brought to `version`."""
        self._wanted = max(self._wanted, version)
        self._note_current(version)

    def on_disconnect(self) -> None:
        """The link is down."""
        self._heard = None
        self._heard_written = None
        self._state.away()

    def tick(self) -> None:
        """A hub that was silent for too long is not heard any more."""
        if self._heard is not None and self._clock.now().mono_ms - self._heard > SILENCE_MS:
            self.on_disconnect()

    def hub_now(self) -> EpochMs | None:
        """The hub's clock, None while the hub is not heard."""
        if self._heard is None or self._hub_time is None:
            return None
        return EpochMs(self._hub_time + self._clock.now().mono_ms - self._heard)

    def _note_current(self, cursor: HubVersion) -> None:
        if cursor >= self._wanted and self._is_due(self._current_written):
            now = self._clock.now()
            self._current_written = now.mono_ms
            self._state.current(now)

    def _is_due(self, written: MonotonicMs | None) -> bool:
        return written is None or self._clock.now().mono_ms - written >= _WRITE_EVERY_MS
