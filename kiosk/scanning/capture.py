"""One thread a source: opens it, opens it again after a failure, and passes on its frames and its preview."""

import logging
import threading
from collections.abc import Callable
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

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CaptureRules:
    """Times in milliseconds; `preview_width` in pixels.

    The preview comes every `preview_ms` while something moves and every `still_preview_ms` while nothing does. The
    scene counts as moving until `awake_ms` after the last change. Without a frame for `frozen_ms` the camera is frozen.
    A source that failed is opened again after `retry_ms`, then twice that, up to `most_retry_ms`.
    """

    preview_ms: DurationMs = DurationMs(84)
    still_preview_ms: DurationMs = DurationMs(3000)
    preview_width: int = 640
    awake_ms: DurationMs = DurationMs(4000)
    frozen_ms: DurationMs = DurationMs(3000)
    read_ms: DurationMs = DurationMs(500)
    retry_ms: DurationMs = DurationMs(500)
    most_retry_ms: DurationMs = DurationMs(5000)


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
        alive_at = self._alive_at
        if alive_at is not None and not self.ended and now - alive_at > self._rules.frozen_ms:
            return Trouble.CAMERA_FROZEN
        return None

    def _now(self) -> MonotonicMs:
        return self._clock.now().mono_ms

    def _run(self) -> None:
        wait = self._rules.retry_ms
        while not self._stopping.is_set() and not self.ended:
            try:
                self._source.open()
                if self._play():
                    wait = self._rules.retry_ms
            except SourceError as error:
                self._tell_failed(error)
            finally:
                self._source.close()
            self._stopping.wait(wait / 1000)
            wait = DurationMs(min(wait * 2, self._rules.most_retry_ms))

    def _play(self) -> bool:
        """Pass frames on until the source falls silent or ends; True if there was any. Raises `SourceError`."""
        opened_at = self._now()
        last_at, any_frame = opened_at, False
        if not self._failed and self._alive_at is None:
            self._alive_at = opened_at
        while not self._stopping.is_set() and not self.ended:
            frame = self._source.read(self._rules.read_ms)
            now = self._now()
            if frame is not None:
                last_at, any_frame = now, True
                self._pass_on(frame, now)
            elif now - last_at > self._rules.frozen_ms:
                log.warning("source %r gives no frames; it is opened again", self._source.name)
                break
        return any_frame

    def _tell_failed(self, error: SourceError) -> None:
        if not self._failed:
            log.warning("source %r: %s", self._source.name, error.what)
        self._failed = True

    def _pass_on(self, frame: Frame, now: MonotonicMs) -> None:
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

        colour = picture.bgr_of(frame.gray) if frame.colour is None else frame.colour
        self._on_preview(picture.shrunk(colour, min(self._rules.preview_width, colour.shape[1])))
