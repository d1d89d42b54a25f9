"""One thread a source: opens it, opens it again after a failure, and passes on its frames and its preview.

A camera can fail in more ways than by an error: it can fall silent, hold a call up in its driver for ever, repeat one
picture, or give black. Each is told as trouble, and each is answered by opening it anew.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning.mailbox import Letter, Mailbox
from kiosk.scanning.source import Frame, Source

if TYPE_CHECKING:
    from kiosk.scanning.picture import Bgr
    from kiosk.scanning.watch import SceneWatch
    from kiosk.scanning.watchdog import Watchdog

log = logging.getLogger(__name__)
_MOST_GIVEN_UP = 3
"""Threads that a driver holds for ever; with more of them than this the machine needs a person."""


@dataclass(frozen=True)
class CaptureRules:
    """Times in milliseconds; `preview_width` in pixels.

    The preview comes every `preview_ms` while something moves and every `still_preview_ms` while nothing does. The
    scene counts as moving until `awake_ms` after the last change. Without a frame for `frozen_ms` the camera is frozen.
    A source that failed is opened again after `retry_ms`, then twice that, up to `most_retry_ms`. A thread that does
    not come back from the driver for `held_up_ms` is given up. After `same_ms` of one picture or of black ones a camera
    is started anew, then every `same_again_ms`.
    """

    preview_ms: DurationMs = DurationMs(84)
    still_preview_ms: DurationMs = DurationMs(3000)
    preview_width: int = 640
    awake_ms: DurationMs = DurationMs(4000)
    frozen_ms: DurationMs = DurationMs(3000)
    read_ms: DurationMs = DurationMs(500)
    retry_ms: DurationMs = DurationMs(500)
    most_retry_ms: DurationMs = DurationMs(5000)
    held_up_ms: DurationMs = DurationMs(15_000)
    same_ms: DurationMs = DurationMs(10_000)
    same_again_ms: DurationMs = DurationMs(60_000)


class Capture:
    """Runs one source on its own thread between `start` and `stop`. `on_preview` is called on that thread."""

    def __init__(
        self,
        source: Source,
        mailbox: Mailbox,
        clock: Clock,
        on_preview: "Callable[[Bgr], None] | None" = None,
        rules: CaptureRules | None = None,
    ) -> None:
        self._source = source
        self._mailbox = mailbox
        self._clock = clock
        self._on_preview = on_preview
        self._rules = rules or CaptureRules()
        self._stopping = threading.Event()
        self._preview_wanted = True
        self._quiet_until = MonotonicMs(-1_000_000)
        self._thread = threading.Thread(target=self._run, name=f"capture-{source.name}", daemon=True)
        self._alive_at: MonotonicMs | None = None
        self._failed = False
        self._moved_at = self._previewed_at = MonotonicMs(-1_000_000)
        self._idle = False
        self._watch: SceneWatch | None = None
        self._watchdog: Watchdog | None = None
        self._in_driver_since: MonotonicMs | None = None
        self._given_up: tuple[threading.Thread, ...] = ()

    def start(self) -> None:
        """Start the thread, which opens the source."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Tell the thread to close the source and end; returns at once."""
        self._stopping.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it is still held up inside the source."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def set_preview(self, *, wanted: bool) -> None:
        """Whether anybody looks at the preview. The next one comes at once."""
        self._previewed_at = MonotonicMs(-1_000_000)
        self._preview_wanted = wanted

    def hold_preview(self, until: MonotonicMs) -> None:
        """Hand out no preview until then: the processor is wanted for something more urgent."""
        self._quiet_until = until

    @property
    def ended(self) -> bool:
        """True once the source has no further frames."""
        return self._source.ended

    def trouble(self, now: MonotonicMs) -> Trouble | None:
        """What is wrong with this source now."""
        if self._failed:
            return Trouble.NO_CAMERA
        silent_since = self._alive_at or self._in_driver_since
        if silent_since is not None and not self.ended and now - silent_since > self._rules.frozen_ms:
            return Trouble.CAMERA_FROZEN
        return None if self._watchdog is None else self._watchdog.trouble(now)

    def successor(self, now: MonotonicMs) -> "Capture | None":
        """What is to be started in place of this one, if its thread is held up inside the driver; else None.

        The thread can't be ended from outside. When it comes back it finds that it has been given up, and ends.
        """
        since = self._in_driver_since
        if since is None or now - since <= self._rules.held_up_ms:
            return None
        held = [thread for thread in (*self._given_up, self._thread) if thread.is_alive()]
        twin = self._source.twin() if len(held) <= _MOST_GIVEN_UP else None
        if twin is None:
            return None
        log.warning("source %r does not return from its driver; it is opened anew", self._source.name)
        self.ask_to_stop()
        after = Capture(twin, self._mailbox, self._clock, self._on_preview, self._rules)
        after._alive_at, after._failed = self._alive_at, self._failed
        after._preview_wanted, after._given_up = self._preview_wanted, tuple(held)
        return after

    def _now(self) -> MonotonicMs:
        return self._clock.now().mono_ms

    def _run(self) -> None:
        wait = self._rules.retry_ms
        while not self._stopping.is_set() and not self.ended:
            try:
                with self._driver():
                    self._source.open()
                if self._play():
                    wait = self._rules.retry_ms
            except SourceError as error:
                self._tell_failed(error)
            finally:
                with self._driver():
                    self._source.close()
            self._stopping.wait(wait / 1000)
            wait = DurationMs(min(wait * 2, self._rules.most_retry_ms))

    @contextmanager
    def _driver(self) -> Iterator[None]:
        """For calls that a driver may hold up for ever."""
        self._in_driver_since = self._now()
        try:
            yield
        finally:
            self._in_driver_since = None

    def _play(self) -> bool:
        """Pass frames on until the source hangs or ends; True if there was any. Raises `SourceError`."""
        opened_at = self._now()
        last_at, any_frame = opened_at, False
        if not self._failed and self._alive_at is None:
            self._alive_at = opened_at
        while not self._stopping.is_set() and not self.ended:
            with self._driver():
                frame = self._source.read(self._rules.read_ms)
            now = self._now()
            if self._stopping.is_set():
                break
            if frame is not None:
                last_at, any_frame = now, True
                if self._pass_on(frame, now):
                    break
            elif now - last_at > self._rules.frozen_ms:
                log.warning("source %r gives no frames; it is opened again", self._source.name)
                break
        return any_frame

    def _tell_failed(self, error: SourceError) -> None:
        if not self._failed:
            log.warning("source %r: %s", self._source.name, error.what)
        self._failed = True

    def _pass_on(self, frame: Frame, now: MonotonicMs) -> bool:
        """Hand the frame to the decoders and the preview; True if the camera must be opened anew."""
        if self._failed:
            log.info("source %r is back", self._source.name)
        self._failed, self._alive_at = False, now
        if self._scene().changed(frame.gray):
            self._moved_at = now
        moving = now - self._moved_at <= self._rules.awake_ms
        if moving == self._idle:
            self._idle = not moving
            self._source.pace(idle=self._idle)
        self._mailbox.put(Letter(self._source.name, frame, moving))
        self._show(frame, now, moving=now == self._moved_at)
        return self._source.lifelike and self._hangs(frame, now)

    def _hangs(self, frame: Frame, now: MonotonicMs) -> bool:
        from kiosk.scanning.watchdog import Watchdog, WatchdogRules  # noqa: PLC0415 - numpy loads on this thread

        if self._watchdog is None:
            self._watchdog = Watchdog(WatchdogRules(self._rules.same_ms, self._rules.same_again_ms))
        hangs = self._watchdog.see(frame.gray, now)
        if hangs:
            blind = self._watchdog.trouble(now) is Trouble.CAMERA_BLIND
            what = "only black pictures" if blind else "the same picture again and again"
            log.warning("source %r gives %s; it is opened anew", self._source.name, what)
        return hangs

    def _scene(self) -> "SceneWatch":
        if self._watch is None:
            from kiosk.scanning.watch import SceneWatch  # noqa: PLC0415 - numpy and OpenCV load on this thread

            self._watch = SceneWatch()
        return self._watch

    def _show(self, frame: Frame, now: MonotonicMs, *, moving: bool) -> None:
        gap = self._rules.preview_ms if moving else self._rules.still_preview_ms
        if self._on_preview is None or not self._preview_wanted or now < self._quiet_until:
            return
        if now - self._previewed_at < gap:
            return
        self._previewed_at = now
        from kiosk.scanning import picture  # noqa: PLC0415 - OpenCV loads on this thread

        colour = frame.to_look_at()
        self._on_preview(picture.shrunk(colour, min(self._rules.preview_width, colour.shape[1])))
