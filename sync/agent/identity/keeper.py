"""Keeps this device a member of the fleet: renews its certificate in good time, and notices when it is turned out.

Runs on a thread of its own. It asks the hub now and then, and soon when nothing is heard of the hub, for a broker that
lets nobody in says no more than that.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from kiosk.errors import LinkError, OpasError
from kiosk.model.clock import Clock
from kiosk.model.identity import Granted, Standing
from kiosk.store.identity import IdentityFiles
from sync.agent.identity.asking import Expired, Removed
from sync.agent.identity.enrolling import granted_of
from sync.agent.identity.keys import checked, key_in, new_key, request_for
from sync.link import Backoff
from sync.wire.enrolment import Identity

_LOOK_S = 2.0
_FIRST_S = 30.0
"""A fleet that is switched on in the morning asks spread over this time."""
_UNHEARD_FIRST_S, _UNHEARD_MAX_S = 5.0, 60.0
_TWO_THIRDS, _SPREAD = 2 / 3, 0.1
_CLOCK_OFF_MS = 300_000
_log = logging.getLogger(__name__)


class Reports(NamedTuple):
    """Whom the keeper tells, on its own thread: `renewed` that another certificate is in force, `out` that this device
    is no member any more, `changed` that the hub grants something else than it did. `heard` tells whether the hub is.
    """

    renewed: Callable[[], None]
    out: Callable[[Standing, OpasError], None]
    changed: Callable[[], None]
    heard: Callable[[], bool]


class AsksHub(Protocol):
    """What the keeper asks the hub; `Asking` does it over TLS."""

    def identity(self, certificate: Path) -> Identity:
        """See `Asking`."""
        ...

    def renew(self, certificate: Path, csr: str) -> str:
        """See `Asking`."""
        ...


class Keeper:
    """See above. `every_s` is how often the hub is asked while all is well, spread over a tenth of it."""

    def __init__(
        self,
        files: IdentityFiles,
        asking: AsksHub,
        around: tuple[Clock, Callable[[], float]],
        reports: Reports,
        every_s: float,
    ) -> None:
        """`around` is the clock, and a source of numbers in [0, 1) that spreads a fleet in time."""
        self._files = files
        self._asking = asking
        self._clock, self._draw = around
        self._reports = reports
        self._every_s = every_s
        self._unheard = Backoff(_UNHEARD_FIRST_S, _UNHEARD_MAX_S, self._draw)
        self._told = ""
        self._told_clock = False
        self._share = _TWO_THIRDS + _SPREAD * self._draw()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="identity", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End at once, or after the question that is under way."""
        self._stopping.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def look(self) -> bool:
        """Ask the hub who we are and do what follows; whether this device is still a member."""
        try:
            self._finish_renewal()
            identity = self._asking.identity(self._files.certificate)
            self._told = ""
            self._compare_clocks(identity)
            self._keep_granted(granted_of(identity))
            if identity.renew or self._is_due(identity):
                self._renew()
        except Removed as error:
            return self._out(Standing.REMOVED, error)
        except Expired as error:
            return self._out(Standing.EXPIRED, error)
        except OpasError as error:
            if error.what != self._told:
                self._told = error.what
                _log.warning("%s", error)
        return True

    def _run(self) -> None:
        pause_s = min(self._every_s, _FIRST_S) * self._draw()
        while not self._stopping.wait(min(pause_s, _LOOK_S)):
            pause_s -= _LOOK_S
            if not self._reports.heard():
                pause_s = min(pause_s, _UNHEARD_MAX_S)
            if pause_s > 0:
                continue
            if not self.look():
                return
            pause_s = self._next_pause()

    def _next_pause(self) -> float:
        if self._reports.heard():
            self._unheard.reset()
            return self._every_s * (1 - _SPREAD * self._draw())
        return _LOOK_S + self._unheard.next()

    def _is_due(self, identity: Identity) -> bool:
        """By the hub's clock: this device's own may be anything."""
        life = identity.not_after - identity.not_before
        return identity.now >= identity.not_before + life * self._share

    def _renew(self) -> None:
        """A new key, a certificate for it over the old one, and the old one's place only when the new one has worked."""
        begun = self._files.read(self._files.next)
        key = new_key() if begun is None else key_in(begun)
        if begun is None:
            self._files.write(self._files.next, key.encode())
        chain = self._asking.renew(self._files.certificate, request_for(key))
        trusted = self._files.read(self._files.trusted) or b""
        self._files.write(self._files.next, checked(key, chain, trusted))
        self._finish_renewal()

    def _finish_renewal(self) -> None:
        """Try the new certificate, if there is one, and let it take over."""
        begun = self._files.read(self._files.next)
        if begun is None or b"BEGIN CERTIFICATE" not in begun:
            return
        try:
            self._asking.identity(self._files.next)
        except (Removed, Expired):
            # Left lying about until it was of no use: the old one decides.
            self._files.remove(self._files.next)
            return
        self._files.promote()
        _log.info("the certificate was renewed")
        self._reports.renewed()

    def _keep_granted(self, granted: Granted) -> None:
        before = self._files.granted()
        if granted != before:
            self._files.put_granted(granted)
            if before is not None:
                self._reports.changed()

    def _compare_clocks(self, identity: Identity) -> None:
        off_ms = self._clock.now().wall_ms - identity.now
        if abs(off_ms) > _CLOCK_OFF_MS and not self._told_clock:
            side = "ahead of" if off_ms > 0 else "behind"
            _log.warning(
                "this device's clock is %d minutes %s the hub's; set it, or let it be set by NTP",
                abs(off_ms) // 60_000,
                side,
            )
        self._told_clock = abs(off_ms) > _CLOCK_OFF_MS

    def _out(self, standing: Standing, error: LinkError) -> bool:
        _log.error("%s", error)
        self._reports.out(standing, error)
        return False
