"""Two brokers, one of them at a time: the site's own while it is there, the central one while it is not.

Nothing is lost or doubled by a change between them: to those who use the link it looks like a connection that broke and
came back, after which both ends agree on where to go on.
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from typing import Protocol

from kiosk.errors import LinkError
from sync.link.interface import Link, Listener

_log = logging.getLogger(__name__)
_BACK = LinkError("The site's broker is back: the connection moves there.", "Nothing to do here.")


class Renewable(Link, Protocol):
    """A link whose certificate may be renewed under it."""

    def come_anew(self) -> None:
        """Connect again with the certificate that is there now."""


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
    """A `Link` over two. The first is tried all the time; the second one only while the first has been away for a while.

    It goes back to the first one once that has stayed up for `steady_s`, so that a broker which comes and goes does not
    tear the device to and fro. It leaves it after half of `patience_s` to all of it, drawn at random, so that the devices
    of a site don't come to the central broker all at once.
    """

    def __init__(
        self, first: Renewable, make_second: Callable[[], Renewable], patience_s: float = 8.0, steady_s: float = 5.0
    ) -> None:
        """`make_second` gives a new link each time that it is needed."""
        self._first = first
        self._make_second = make_second
        self._patience_s = patience_s
        self._steady_s = steady_s
        self._draw = random.SystemRandom().random
        self._filters: dict[str, int] = {}
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._listener: Listener | None = None
        self._second: Renewable | None = None
        self._first_up = False
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
        active = self._active
        return active is not None and active.publish(topic, payload, qos)

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
        """A message came on one of the links; what comes on the one that is not in use was said to somebody else."""
        link = self._first if ear is self._first_ear else self._second if ear is self._second_ear else None
        if self._listener is not None and link is not None and link is self._active:
            self._listener.on_message(topic, payload)

    def came(self, ear: _Ear) -> None:
        """One of the links is up. In the thread that chooses."""
        if ear is self._first_ear:
            self._first_up = True
            if self._active is None:
                self._use_first()
            else:
                self._due = time.monotonic() + self._steady_s
        elif ear is self._second_ear and self._second is not None and self._active is None:
            _log.warning("the site's broker is away: the central one is used")
            self._use(self._second)

    def went(self, ear: _Ear, reason: LinkError) -> None:
        """One of the links is down. In the thread that chooses."""
        if ear is self._first_ear:
            self._first_up = False
            self._due = None if self._second is not None else self._leaving_at()
            link: Link | None = self._first
        elif ear is self._second_ear:
            link = self._second
        else:
            return
        if link is self._active:
            self._active = None
            self._tell_away(reason)
            if self._first_up:
                self._use_first()
        elif self._active is None and not self._told_away:
            self._tell_away(reason)

    def _run(self) -> None:
        while not self._stopped:
            try:
                work = self._work.get(timeout=self._pause_s())
            except queue.Empty:
                self._on_time()
            else:
                work()

    def _pause_s(self) -> float | None:
        return None if self._due is None else max(0.0, self._due - time.monotonic())

    def _on_time(self) -> None:
        self._due = None
        if self._first_up and self._active is not self._first:
            self._use_first()
        elif not self._first_up and self._second is None:
            self._second, self._second_ear = self._make_second(), _Ear(self)
            for topic_filter, qos in self._filters.items():
                self._second.subscribe(topic_filter, qos)
            self._second.start(self._second_ear)

    def _use_first(self) -> None:
        """Let go of the second one, if it is there, and only then come up on the first: one name, one place."""
        was, self._active = self._active, None
        second, self._second, self._second_ear = self._second, None, None
        if second is not None:
            second.stop()
            _log.info("the site's broker is used again")
        if was is not None:
            self._tell_away(_BACK)
        self._due = None
        self._use(self._first)

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
        return time.monotonic() + self._patience_s * (1 + self._draw()) / 2

    def _end(self) -> None:
        self._stopped = True
