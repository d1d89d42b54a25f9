"""Which way leads to the hub: through the site's broker and its bridge, or past them to the central broker.

The one sign that can be trusted is where the hub is heard. That it is silent at the site's broker says little: the bridge may be
dead, or the network cut, or the hub away. So a device listens at the central broker as well, and compares. What
the hub says is heard at both while the bridge lives; heard there and not here it does not; heard at neither, nothing is to be gained.
Pure: the times are handed in, in seconds of one monotonic clock.
"""

from collections.abc import Callable
from enum import Enum, auto

from sync.link.backoff import Backoff

_NEVER = float("-inf")
_MEMORY = 20
"""So many times the silence later it is forgotten that the bridge was dead before."""


class Way(Enum):
    """How what is for the hub goes."""

    BRIDGE = auto()
    """Through the site's broker, as it should be."""
    BOTH = auto()
    """Still there; as the hub is not heard, it is listened for at the central broker, too."""
    PAST = auto()
    """Straight to the central broker: the hub is heard there, and not at the site's."""


class Ways:
    """`heard_at_site` and `heard_past` may be called from any thread, all else from one."""

    def __init__(self, silence_s: float, draw: Callable[[], float]) -> None:
        """The hub may be silent at the site's broker for `silence_s` to three times that, drawn at random.

        `draw` gives numbers in [0, 1), so that the devices of a site don't come to the central broker all at once.
        """
        self.way = Way.BRIDGE
        self._silence_s = silence_s
        self._draw = draw
        self._grace_s = silence_s / 3
        """What was heard at the one must be heard at the other within this."""
        self._backoff = Backoff(silence_s, _MEMORY * silence_s, draw)
        self._patience_s = self._steady_s = 0.0
        self._heard = _NEVER
        """When the hub was last heard at the site's broker."""
        self._good: float | None = None
        """Since when it was heard there, without a miss."""
        self._missed = _NEVER
        """When it was first heard at the central broker and not, as yet, at the site's."""
        self._came_back = _NEVER

    def begin(self, now: float) -> None:
        """The site's broker is in use from now on, and no other."""
        self.way = Way.BRIDGE
        self._heard = now
        self._missed = _NEVER
        self._patience_s = self._silence_s * (1 + 2 * self._draw())

    def heard_at_site(self, now: float) -> None:
        """The hub said something, and it came through the bridge."""
        self._heard = now
        if self._good is None:
            self._good = now

    def heard_past(self, now: float) -> None:
        """The hub said something, and it came from the central broker."""
        if self._missed <= self._heard and now - self._heard >= self._grace_s:
            self._missed = now

    def lost_past(self) -> None:
        """The connection to the central broker is gone."""
        self._missed = _NEVER
        if self.way is Way.PAST:
            self.way = Way.BOTH

    def look(self, now: float) -> Way:
        """The way that is to be gone from now on."""
        if self.way is Way.BRIDGE:
            if now >= self._heard + self._patience_s:
                self.way, self._good, self._missed = Way.BOTH, None, _NEVER
        elif self._is_missed(now):
            self._good = None
            if self.way is Way.BOTH:
                self._leave(now)
        elif self._good is not None and (self.way is Way.BOTH or now >= self._good + self._steady_s):
            if self.way is Way.PAST:
                self._came_back = now
            self.begin(now)
        return self.way

    def next_look(self, now: float) -> float:
        """When to look again."""
        return self._heard + self._patience_s if self.way is Way.BRIDGE else now + self._grace_s / 2

    def _is_missed(self, now: float) -> bool:
        return self._missed > self._heard and now >= self._missed + self._grace_s

    def _leave(self, now: float) -> None:
        """Past the bridge; the more often it died of late, the longer it must have been good before it is trusted again."""
        if now - self._came_back >= _MEMORY * self._silence_s:
            self._backoff.reset()
        self._steady_s = self._silence_s + self._backoff.next()
        self.way = Way.PAST
