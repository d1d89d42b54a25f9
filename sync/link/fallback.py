"""Two brokers: the site's own while it is there, the central one while it is not.

Where the site's broker is there but its bridge to the central one is dead, the device stays for its neighbours' sake, and only what is
between it and the hub goes past that broker, over a second connection (`sync.link.ways`).

Nothing is lost or doubled by a change: to those who use the link it looks like a connection that broke and
came back, or they are told that another way is gone; then both ends agree on where to go on.
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Collection

import msgspec

from kiosk.errors import LinkError
from sync.link.interface import Link, Listener, Renewable
from sync.link.ways import Way, Ways

_log = logging.getLogger(__name__)
_BACK = LinkError("The site's broker is back: the connection moves there.", "Nothing to do here.")


class Patience(msgspec.Struct, frozen=True):
    """How long a device waits, in seconds, before it believes that something has changed."""

    away_s: float = 8.0
    """The site's broker is left once it has been away for half of this to all of it, drawn at random."""
    steady_s: float = 4.0
    """It is used again once it has stayed up for so long."""
    silence_s: float = 15.0
    """The hub's silence there makes the device look for it at the central broker. The hub speaks every ten seconds."""


class _Ear:
    """What one of the two links tells, told in its own thread: put into the queue of the one that chooses."""

    def __init__(self, chooser: "FallbackLink") -> None:
        self._chooser = chooser

    def on_connect(self) -> None:
        self._chooser.tell(lambda: self._chooser.came(self))

    def on_disconnect(self, reason: LinkError) -> None:
        self._chooser.tell(lambda: self._chooser.went(self, reason))

    def on_message(self, topic: str, payload: bytes) -> None:
        self._chooser.heard(self, topic, payload)


class FallbackLink:
    """A `Link` over two. The first is tried all the time; the second one only while the first one is of no use.

    It goes back to the first one only once that has been good for a while, so that a broker or a bridge which comes and goes does
    not tear the device to and fro; and what is drawn at random keeps the devices of a site from coming to the
    central broker all at once.
    """

    def __init__(
        self, first: Renewable, make_second: Callable[[], Renewable], patience: Patience, site_topics: Collection[str]
    ) -> None:
        """`make_second` gives a new link each time that it is needed. On `site_topics` neighbours speak to each other."""
        self._first = first
        self._make_second = make_second
        self._patience = patience
        self._site_topics = frozenset(site_topics)
        self._on_other_way: Callable[[], None] = lambda: None
        self._draw = random.SystemRandom().random
        self._filters: dict[str, int] = {}
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._listener: Listener | None = None
        self._second: Renewable | None = None
        self._second_up = False
        self._first_up = False
        self._ways = Ways(patience.silence_s, self._draw)
        self._active: Renewable | None = None
        self._told_away = False
        self._due: float | None = None
        self._stopped = False
        self._first_ear = _Ear(self)
        self._second_ear: _Ear | None = None
        self._thread = threading.Thread(target=self._run, name="brokers", daemon=True)

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """See `Link`. Before `start`."""
        self._filters[topic_filter] = qos
        self._first.subscribe(topic_filter, qos)

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> bool:
        """See `Link`."""
        link = self._link_for(topic)
        return link is not None and link.publish(topic, payload, qos)

    def tell_of_ways(self, on_other_way: Callable[[], None]) -> None:
        """Have `on_other_way` called when all but the site's topics go another way: what was under way may be lost.

        Before `start`; it is called in the link's own thread, as a `Listener` is.
        """
        self._on_other_way = on_other_way

    def start(self, listener: Listener) -> None:
        """See `Link`."""
        self._listener = listener
        self._due = self._leaving_at()
        self._first.start(self._first_ear)
        self._thread.start()

    def stop(self) -> None:
        """See `Link`."""
        self.tell(self._end)
        if self._thread.ident is not None:
            self._thread.join()
        self._first.stop()
        if self._second is not None:
            self._second.stop()

    @property
    def at_home(self) -> bool:
        """Whether the site's own broker is in use."""
        return self._active is self._first

    @property
    def past_bridge(self) -> bool:
        """Whether the site's own broker is in use, and passed for the hub, as its bridge is dead."""
        return self.at_home and self._ways.way is Way.PAST

    def come_anew(self) -> None:
        """Connect again, with the certificate that is there now."""
        self._first.come_anew()
        second = self._second
        if second is not None:
            second.come_anew()

    def tell(self, work: Callable[[], None]) -> None:
        """Have `work` done in the thread that chooses; from any thread."""
        self._work.put(work)

    def heard(self, ear: _Ear, topic: str, payload: bytes) -> None:
        """A message came on one of the links; on the one that is not in use for it, it was said to somebody else."""
        link = self._first if ear is self._first_ear else self._second if ear is self._second_ear else None
        if link is None:
            return
        if topic not in self._site_topics:
            # Only the hub may write there.
            note = self._ways.heard_at_site if link is self._first else self._ways.heard_past
            note(time.monotonic())
        if self._listener is not None and link is self._link_for(topic):
            self._listener.on_message(topic, payload)

    def came(self, ear: _Ear) -> None:
        """One of the links is up, perhaps with a new certificate. In the thread that chooses."""
        if ear is self._first_ear:
            self._first_up = True
            if self._active is None:
                self._use_first()
            elif self._active is self._first:
                self._use(self._first)
            else:
                self._due = time.monotonic() + self._patience.steady_s
        elif ear is self._second_ear and self._second is not None:
            self._second_up = True
            if self._active is None:
                self._use_second(self._second)
            elif self._active is self._second:
                self._use(self._second)
            elif self._ways.way is Way.PAST:
                self._on_other_way()

    def went(self, ear: _Ear, reason: LinkError) -> None:
        """One of the links is down. In the thread that chooses."""
        if ear is self._first_ear:
            self._first_up = False
            self._due = None if self._second is not None else self._leaving_at()
            link: Link | None = self._first
        elif ear is self._second_ear:
            self._second_up = False
            link = self._second
        else:
            return
        if link is self._active:
            self._active = None
            self._tell_away(reason)
            if self._first_up:
                self._use_first()
            elif self._second_up and self._second is not None:
                self._use_second(self._second)
        elif self._active is None and not self._told_away:
            self._tell_away(reason)
        if link is self._second:
            self._lose_past()

    def _run(self) -> None:
        while not self._stopped:
            try:
                work = self._work.get(timeout=self._pause_s())
            except queue.Empty:
                self._on_time()
            else:
                work()

    def _pause_s(self) -> float | None:
        now = time.monotonic()
        times = [] if self._due is None else [self._due]
        if self._active is self._first:
            times.append(self._ways.next_look(now))
        return max(0.0, min(times) - now) if times else None

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._due is not None and now >= self._due:
            self._due = None
            if self._first_up and self._active is not self._first:
                self._use_first()
            elif not self._first_up and self._second is None:
                self._open_second()
        if self._active is self._first:
            self._look(now)

    def _look(self, now: float) -> None:
        """Whether the hub is still heard where we are."""
        before = self._ways.way
        way = self._ways.look(now)
        if way is before:
            return
        if way is Way.BOTH:
            self._open_second()
            return
        if way is Way.PAST:
            _log.warning("the hub is heard at the central broker only: what is for it goes past the site's")
        else:
            self._close_second()
        if Way.PAST in {way, before}:
            self._on_other_way()
        if before is Way.PAST:
            _log.info("the hub is heard at the site's broker again")

    def _lose_past(self) -> None:
        """The connection past the site's broker is gone; it is tried again, and meanwhile there is the bridge."""
        before = self._ways.way
        self._ways.lost_past()
        if before is Way.PAST and self._active is self._first:
            self._on_other_way()

    def _link_for(self, topic: str) -> Renewable | None:
        active = self._active
        if active is self._first and self._ways.way is Way.PAST and topic not in self._site_topics:
            return self._second
        return active

    def _open_second(self) -> None:
        self._second, self._second_ear = self._make_second(), _Ear(self)
        for topic_filter, qos in self._filters.items():
            self._second.subscribe(topic_filter, qos)
        self._second.start(self._second_ear)

    def _close_second(self) -> None:
        second, self._second, self._second_ear = self._second, None, None
        self._second_up = False
        if second is not None:
            second.stop()

    def _use_first(self) -> None:
        """Let go of the second one, unless the bridge was dead when we left, and only then come up on the first."""
        was, self._active = self._active, None
        if self._second is not None:
            _log.info("the site's broker is used again")
        if not self._second_up or self._ways.way is not Way.PAST:
            self._close_second()
            self._ways.begin(time.monotonic())
        if was is not None:
            self._tell_away(_BACK)
        self._due = None
        self._use(self._first)

    def _use_second(self, second: Renewable) -> None:
        _log.warning("the site's broker is away: the central one is used")
        self._use(second)

    def _use(self, link: Renewable) -> None:
        self._active = link
        self._told_away = False
        if self._listener is not None:
            self._listener.on_connect()

    def _tell_away(self, reason: LinkError) -> None:
        self._told_away = True
        if self._listener is not None:
            self._listener.on_disconnect(reason)

    def _leaving_at(self) -> float:
        return time.monotonic() + self._patience.away_s * (1 + self._draw()) / 2

    def _end(self) -> None:
        self._stopped = True
