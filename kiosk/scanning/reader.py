"""Reads codes from all sources: a thread for each camera and scanner, one decode worker, one event for each presentation."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.model.clock import Clock
from kiosk.model.code import Code
from kiosk.model.hint import Hint
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning.capture import Capture, CaptureRules
from kiosk.scanning.listening import Listening
from kiosk.scanning.livehelp import Helpers, HelpRules
from kiosk.scanning.mailbox import Letter, Mailbox
from kiosk.scanning.presentation import PresentationRules, Presentations, Sightings
from kiosk.scanning.source import CodeSource, Source
from kiosk.scanning.unreadable import UnreadableNotice, UnreadableRules

if TYPE_CHECKING:
    from kiosk.scanning.chain import Chain, Reading
    from kiosk.scanning.picture import Bgr

log = logging.getLogger(__name__)
_STOP_S = 2.0
_TICK_S = 0.25


def _nobody() -> None:
    """Told of something that nobody asked to be told of."""


def _unheard(hint: Hint | None) -> None:
    """Told of a hint that nobody asked for."""


@dataclass(frozen=True)
class ScanHandlers:
    """Who is told. Each is called on a thread of the reader's and must return at once (hand over to the UI's thread).

    `on_preview` gets a BGR uint8 array (height, width, 3), contiguous, top row first, not mirrored. `on_trouble` gets
    None when all is well again. `on_unreadable` comes once for a code that is clearly there and can't be read,
    `on_two_codes` once for two that are held up side by side, of which neither is taken. `on_hint` gets what the holder
    of a code that is not read can do about it, None when there is no more to say.
    """

    on_code: Callable[[Code], None]
    on_preview: "Callable[[Bgr], None]"
    on_trouble: Callable[[Trouble | None], None]
    on_unreadable: Callable[[], None]
    on_two_codes: Callable[[], None] = _nobody
    on_hint: Callable[[Hint | None], None] = _unheard


@dataclass(frozen=True)
class ScanRules:
    """All times and bounds of the reader; while nothing moves, only every `still_decode_ms` a frame is decoded.

    For `answer_ms` after a code was read the processor belongs to its answer: no preview, no further decoding.
    """

    capture: CaptureRules = field(default_factory=CaptureRules)
    presentation: PresentationRules = field(default_factory=PresentationRules)
    unreadable: UnreadableRules = field(default_factory=UnreadableRules)
    help: HelpRules = field(default_factory=HelpRules)
    still_decode_ms: DurationMs = DurationMs(2000)
    answer_ms: DurationMs = DurationMs(120)


def _standard_chain() -> "Chain":
    from kiosk.scanning.chain import standard_chain  # noqa: PLC0415 - the decoders load on the worker's thread

    return standard_chain()


class ScanReader:
    """Give it the sources, start it after the first frame is on the glass, stop it on the way out.

    `make_chain` is called once, on the worker's thread, because it loads the decoders. The preview is the first
    source's. With no sources it does nothing. A code that two sources read counts once, whichever read it first.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        handlers: ScanHandlers,
        clock: Clock,
        make_chain: "Callable[[], Chain]" = _standard_chain,
        rules: ScanRules | None = None,
    ) -> None:
        self._handlers = handlers
        self._clock = clock
        self._make_chain = make_chain
        self._rules = rules or ScanRules()
        self._mailbox = Mailbox()
        previews = [handlers.on_preview, *[None] * len(sources)]
        self._captures = [
            Capture(source, self._mailbox, clock, previews[index], self._rules.capture)
            for index, source in enumerate(sources)
        ]
        self._stopping = threading.Event()
        self._worker = threading.Thread(target=self._work, name="decode", daemon=True)
        self._listening: list[Listening] = []
        self._presentations: dict[str, Presentations] = {}
        self._sightings = Sightings(self._rules.presentation)
        self._sighting = threading.Lock()
        self._unreadable: dict[str, UnreadableNotice] = {}
        self._helpers = Helpers(handlers.on_hint, self._rules.help)
        self._decoded_at: dict[str, MonotonicMs] = {}
        self._answered_at = MonotonicMs(-1_000_000)
        self._trouble: Trouble | None = None

    def listen_to(self, scanner: CodeSource) -> None:
        """Take codes from this scanner too. Call it before `start`."""
        self._listening.append(Listening(scanner, self._clock, self.offer, self._rules.capture))

    def offer(self, code: Code) -> None:
        """A code that a scanner read by itself, from any thread; it is told unless it is one presentation with an earlier."""
        with self._sighting:
            known = self._sightings.lately(code.payload, code.captured_at)
            self._sightings.note(code.decoder, [code.payload], code.captured_at)
        if not known and not self._stopping.is_set():
            self._leave_room(self._clock.now().mono_ms)
            self._handlers.on_code(code)

    def start(self) -> None:
        """Start all threads; returns at once. Sources are opened on their threads, and what fails is told as trouble."""
        if self._captures or self._listening:
            self._worker.start()
        for thread in self._threads():
            thread.start()

    def stop(self) -> None:
        """Stop all threads, close all sources; returns within about 2 s. No handler is called after it."""
        self._stopping.set()
        self._mailbox.close()
        for source in self._threads():
            source.ask_to_stop()
        if self._worker.ident is not None:
            self._worker.join(_STOP_S)
        for source in self._threads():
            source.ask_to_stop()
            if not source.join(_STOP_S):
                log.warning("a source is held up inside its driver; its thread is left behind")

    def set_preview(self, wanted: bool) -> None:  # noqa: FBT001 - reads well at the call: set_preview(False)
        """Whether the preview is shown now; when not, nothing is converted or handed over for it."""
        for capture in self._captures:
            capture.set_preview(wanted=wanted)

    def _threads(self) -> list[Capture | Listening]:
        return [*self._captures, *self._listening]

    def _work(self) -> None:
        chain = self._make_chain() if self._captures else None
        while not self._stopping.is_set():
            letter = self._mailbox.take(_TICK_S)
            self._tell_trouble()
            self._helpers.shown(self._clock.now().mono_ms)
            self._replace_the_held_up()
            if letter is None or chain is None or not self._due(letter):
                continue
            try:
                self._decode(chain, letter)
            except Exception:
                # One strange frame must not end all reading; what is wrong stands in the log with its trace.
                log.exception("a frame of source %r could not be looked at", letter.source)

    def _due(self, letter: Letter) -> bool:
        if 0 <= letter.frame.captured_at - self._answered_at < self._rules.answer_ms:
            return False
        last = self._decoded_at.get(letter.source)
        due = letter.moving or last is None or letter.frame.captured_at - last >= self._rules.still_decode_ms
        if due:
            self._decoded_at[letter.source] = letter.frame.captured_at
        return due

    def _decode(self, chain: "Chain", letter: Letter) -> None:
        gray, at = letter.frame.gray, letter.frame.captured_at
        reading = chain.read(gray)
        presentations = self._presentations.setdefault(letter.source, Presentations(self._rules.presentation))
        new = presentations.see(reading.found, at, (gray.shape[1] / 2, gray.shape[0] / 2))
        if self._stopping.is_set():
            return
        with self._sighting:
            known = new is not None and self._sightings.lately(new.payload, at, but=letter.source)
            self._sightings.note(letter.source, presentations.presented(reading.found), at)
        if new is not None and not known:
            now = self._clock.now().mono_ms
            self._leave_room(now)
            self._handlers.on_code(Code(new.payload, new.symbology, new.decoder, at, now, new.corners))
        if presentations.two_codes():
            self._handlers.on_two_codes()
        hinted = self._help(letter, reading)
        notice = self._unreadable.setdefault(letter.source, UnreadableNotice(self._rules.unreadable))
        if notice.see(at, clear=reading.clear(gray), read=bool(reading.found), hinted=hinted):
            self._handlers.on_unreadable()

    def _help(self, letter: Letter, reading: "Reading") -> bool:
        """Whether a hint is shown to whoever holds up what was not read in this frame."""
        from kiosk.scanning.hints import sight_of  # noqa: PLC0415 - OpenCV loads on the worker's thread

        at, helper = letter.frame.captured_at, self._helpers.of(letter.source)
        if reading.found:
            self._helpers.read(at)
        elif letter.moving and helper.due(at):
            helper.see(at, sight_of(letter.frame.gray, reading.patches))
        return self._helpers.shown(at) is not None

    def _leave_room(self, now: MonotonicMs) -> None:
        self._answered_at = now
        for capture in self._captures:
            capture.hold_preview(MonotonicMs(now + self._rules.answer_ms))

    def _tell_trouble(self) -> None:
        now = self._clock.now().mono_ms
        states = [source.trouble(now) for source in self._threads()]
        trouble = None if None in states else next(iter(states), None)
        if trouble is not self._trouble:
            self._trouble = trouble
            self._handlers.on_trouble(trouble)

    def _replace_the_held_up(self) -> None:
        now = self._clock.now().mono_ms
        for place, capture in enumerate(self._captures):
            successor = capture.successor(now)
            if successor is not None and not self._stopping.is_set():
                self._captures[place] = successor
                successor.start()
