"""A booth for the whole reader: its threads are real, its time is not.

Time passes frame by frame, and the next frame comes once the one before was looked at. However slow the machine is, a
test sees the same.
"""

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from kiosk.model.clock import Instant
from kiosk.model.code import Code, Symbology
from kiosk.model.hint import Hint
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.view import Trouble
from kiosk.scanning.capture import CaptureRules
from kiosk.scanning.chain import Chain, Reading, standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picture import Bgr, Gray
from kiosk.scanning.presentation import PresentationRules
from kiosk.scanning.reader import ScanHandlers, ScanReader, ScanRules
from kiosk.scanning.source import CodeSource, Frame, Source, SourceBase
from kiosk.scanning.unreadable import UnreadableRules
from kiosk.scanning.zxing import ZxingDecoder
from tests.fakes.clock import FakeClock
from tests.integration.scanning.lens import HandScanner, Lens
from tests.integration.scanning.patience import PATIENCE_S, until

FRAME_MS = 20
QUICK = ScanRules(
    capture=CaptureRules(
        preview_ms=DurationMs(10),
        still_preview_ms=DurationMs(10),
        frozen_ms=DurationMs(300),
        read_ms=DurationMs(20),
        retry_ms=DurationMs(20),
        most_retry_ms=DurationMs(40),
    ),
    presentation=PresentationRules(absent_ms=DurationMs(100), absent_frames=2),
    unreadable=UnreadableRules(after_ms=DurationMs(300), gap_ms=DurationMs(2000), gone_ms=DurationMs(3000)),
    still_decode_ms=DurationMs(0),
    answer_ms=DurationMs(0),
)
"""Each frame is looked at, whether anything moves or was just read."""
EMPTY = np.full((90, 160), 100, np.uint8)
_WORKER = "decode"
_ASKED_A_ROUND = 4
"""The worker asks for the time less often than this in one round without a frame."""


def showing(payload: bytes, symbology: Symbology = Symbology.QR) -> Gray:
    """A frame that is filled by a code."""
    return draw_code(payload, symbology, module_px=4)


def qr_chain() -> Chain:
    """The least that reads: for tests of many frames."""
    return Chain(ZxingDecoder([Symbology.QR]), ())


class BoothClock(FakeClock):
    """Counts, by thread, how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def now(self) -> Instant:
        self.asked[threading.current_thread().name] += 1
        return super().now()


class Looked:
    """The frames that were looked at last."""

    def __init__(self) -> None:
        self._last: deque[Gray] = deque(maxlen=8)
        self._more = threading.Condition()

    def note(self, gray: Gray) -> None:
        with self._more:
            self._last.append(gray)
            self._more.notify_all()

    def wait_for(self, gray: Gray, timeout_s: float = PATIENCE_S) -> bool:
        with self._more:
            return self._more.wait_for(lambda: any(one is gray for one in self._last), timeout_s)


class Watched(Chain):
    """A chain that tells which frames it has looked at."""

    def __init__(self, chain: Chain, looked: Looked) -> None:
        self._chain = chain
        self._looked = looked

    def read(self, gray: Gray) -> Reading:
        try:
            return self._chain.read(gray)
        finally:
            self._looked.note(gray)


class Told:
    """Keeps what the reader tells, and waits for it."""

    def __init__(self) -> None:
        self.codes: queue.Queue[Code] = queue.Queue()
        self.previews: queue.Queue[Bgr] = queue.Queue()
        self.troubles: queue.Queue[Trouble | None] = queue.Queue()
        self.unreadable: queue.Queue[None] = queue.Queue()
        self.hints: queue.Queue[Hint | None] = queue.Queue()

    def handlers(self) -> ScanHandlers:
        return ScanHandlers(
            self.codes.put,
            self.previews.put,
            self.troubles.put,
            lambda: self.unreadable.put(None),
            on_hint=self.hints.put,
        )

    def code(self) -> Code:
        return self.codes.get(timeout=PATIENCE_S)

    def payload(self) -> bytes:
        return self.code().payload

    def read(self) -> tuple[bytes, str]:
        """What was read next, and by whom."""
        code = self.code()
        return code.payload, code.decoder

    def trouble(self) -> Trouble | None:
        return self.troubles.get(timeout=PATIENCE_S)

    def hint(self) -> Hint | None:
        return self.hints.get(timeout=PATIENCE_S)

    def preview(self) -> Bgr:
        return self.previews.get(timeout=PATIENCE_S)


class Booth:
    """Time, the reader, and what it tells."""

    def __init__(
        self, rules: ScanRules = QUICK, make_chain: Callable[[], Chain] = standard_chain, frame_ms: int = FRAME_MS
    ) -> None:
        """Between two frames `frame_ms` pass."""
        self.clock = BoothClock()
        self.looked = Looked()
        self.told = Told()
        self._rules = rules
        self._make_chain = make_chain
        self._frame_ms = frame_ms
        self._lenses: tuple[Lens, ...] = ()

    @contextmanager
    def reading(self, *sources: Source, scanners: tuple[CodeSource, ...] = ()) -> Iterator[ScanReader]:
        """The reader, started, and stopped at the end."""
        self._lenses = tuple(each for each in sources if isinstance(each, Lens))
        handlers = self.told.handlers()
        reader = ScanReader(
            sources, handlers, self.clock, lambda: Watched(self._make_chain(), self.looked), self._rules
        )
        for scanner in scanners:
            reader.listen_to(scanner)
        reader.start()
        try:
            yield reader
        finally:
            reader.stop()

    def now(self) -> MonotonicMs:
        return self.clock.now().mono_ms

    def capture(self, lens: Lens, gray: Gray, times: int = 1) -> None:
        """Let `lens` take this picture so many times, whether anybody looks at it or not."""
        for _ in range(times):
            self.clock.advance(self._frame_ms)
            lens.give(gray, self.now())
            lens.wait()

    def show(self, lens: Lens, gray: Gray, times: int = 3) -> None:
        """Let `lens` see this in so many frames, each of which is looked at."""
        for _ in range(times):
            self.clock.advance(self._frame_ms)
            self._wait_for(lens, lens.give(gray, self.now()))

    def let_pass(self, ms: int) -> None:
        """Time passes, and each lens sees its own scene in it."""
        for _ in range(0, ms, self._frame_ms):
            self.clock.advance(self._frame_ms)
            at = self.now()
            given = [(lens, lens.give(lens.scene, at)) for lens in self._lenses if lens.scene is not None]
            for lens, gray in given:
                self._wait_for(lens, gray)

    def nothing_more(self) -> bool:
        """Whether what the lenses see now gives no further code. What was looked at before the last frame has been told."""
        self.let_pass(3 * self._frame_ms)
        return self.told.codes.empty()

    def scan(self, scanner: HandScanner, payload: bytes) -> None:
        """Read a code with `scanner`, and wait until the reader has it."""
        scanner.scan(payload, self.now())

    def go_round(self) -> None:
        """Until the worker has gone round once more, from its start to its end: whatever was there for it, it has taken."""
        asked = self.clock.asked[_WORKER]
        until(lambda: self.clock.asked[_WORKER] >= asked + 2 * _ASKED_A_ROUND)

    def _wait_for(self, lens: Lens, gray: Gray) -> None:
        lens.wait()
        assert self.looked.wait_for(gray), "a frame was not looked at"


class Paced(SourceBase):
    """Another source at the booth's pace: its next frame comes once the one before was looked at, `frame_ms` later."""

    def __init__(self, source: Source, booth: Booth, frame_ms: int = FRAME_MS) -> None:
        self.name = source.name
        self.lifelike = source.lifelike
        self._source = source
        self._booth = booth
        self._frame_ms = frame_ms
        self._last: Gray | None = None

    def twin(self) -> Source | None:
        twin = self._source.twin()
        return None if twin is None else Paced(twin, self._booth, self._frame_ms)

    def open(self) -> None:
        self._source.open()

    def close(self) -> None:
        self._source.close()

    def pace(self, *, idle: bool) -> None:
        self._source.pace(idle=idle)

    def read(self, timeout: DurationMs) -> Frame | None:
        if self._last is not None and not self._booth.looked.wait_for(self._last, timeout / 1000):
            return None
        self._last = None
        self._booth.clock.advance(self._frame_ms)
        frame = self._source.read(timeout)
        self._last = None if frame is None else frame.gray
        return frame
