"""A camera that is not there: an empty hall, before which the pictures dropped into a folder are held up one by one."""

import logging
import threading
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning.files import Pace
from kiosk.scanning.source import Frame, SourceBase

if TYPE_CHECKING:
    from kiosk.scanning.picture import Bgr, Gray
    from kiosk.scanning.staging import Pose

log = logging.getLogger(__name__)
HOLD_FOLDER = "hold"
_IDLE_FPS = 5
_SCENES = 2
_SLIDE_MS = 250
_NOISE = 2.0


@dataclass(frozen=True)
class StageRules:
    """How long each picture is held still, and how hard it is to read: the value of a `kiosk.scanning.staging.Level`."""

    hold_ms: DurationMs = DurationMs(2500)
    level: str = "1"


class StageSource(SourceBase):
    """Shows a live picture of an empty hall. `folder/hold/*.png` are held up, by name, one after the other, then removed.

    Write a file under another name and rename it, so that it is complete when it is seen; one that is no picture is
    renamed to `*.broken` with one line in the log. `hold` does the same with a file that stays. Raises `SourceError` when the folder can't be used.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        size: tuple[int, int] = (1280, 720),
        fps: int = 15,
        rules: StageRules | None = None,
    ) -> None:
        self.name = f"stage {folder.name}"
        self._hold = folder / HOLD_FOLDER
        self._size = size
        self._fps = fps
        self._pace = Pace(clock, fps)
        self._rules = rules or StageRules()
        self._asked: deque[Path] = deque()
        self._asking = threading.Lock()
        self._scenes: list[tuple[Bgr, Gray]] = []
        self._shown = 0
        self._held: _Held | None = None

    def hold(self, path: Path) -> None:
        """Hold up the picture at `path` next; the file stays. Safe from any thread; returns at once."""
        with self._asking:
            self._asked.append(path)

    def open(self) -> None:
        """Make the folder and the hall. Raises `SourceError` if the folder can't be made."""
        if self._scenes:
            return
        try:
            self._hold.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"{self._hold}: this folder can't be made ({error.strerror})."
            raise SourceError(what, "Name a folder that this user may write to.") from error
        from kiosk.scanning import picture, staging  # noqa: PLC0415 - OpenCV loads on this thread

        hall = staging.empty_scene(self._size)
        frames = [staging.noisy(hall, _NOISE, seed) for seed in range(_SCENES)]
        self._scenes = [(frame, picture.gray_of(frame)) for frame in frames]

    def pace(self, *, idle: bool) -> None:
        """Five frames a second while nothing is held up."""
        self._pace.fps = min(_IDLE_FPS, self._fps) if idle else self._fps

    def read(self, timeout: DurationMs) -> Frame | None:
        """The next frame once it is due."""
        if not self._scenes:
            raise SourceError(f"{self.name}: it is not open.", "Open it before reading.")
        at = self._pace.wait(timeout)
        if at is None:
            return None
        self._shown += 1
        scene, gray = self._scenes[self._shown % _SCENES]
        held = self._holding(at)
        if held is None:
            return Frame(gray, at, scene)
        from kiosk.scanning import picture  # noqa: PLC0415 - OpenCV loads on this thread

        frame = held.drawn(scene, at)
        return Frame(picture.gray_of(frame), at, frame)

    def close(self) -> None:
        """Forget the hall; a file that was not held up to its end stays, and is held up again after `open`."""
        self._scenes = []
        self._held = None

    def _holding(self, at: MonotonicMs) -> "_Held | None":
        held = self._held
        if held is not None and at - held.since >= self._rules.hold_ms + 2 * _SLIDE_MS:
            held.put_down()
            # One empty frame between two holds, so that a hand is seen to leave.
            self._held = None
            return None
        if held is None:
            self._held = self._next(at)
        return self._held

    def _next(self, at: MonotonicMs) -> "_Held | None":
        with self._asking:
            asked = self._asked.popleft() if self._asked else None
        path = asked or min(self._hold.glob("*.png"), default=None)
        if path is None:
            return None
        from kiosk.scanning import picture, staging  # noqa: PLC0415 - OpenCV loads on this thread

        try:
            colour = picture.read_picture(path)
        except OSError:
            colour = None
        if colour is None:
            self._put_aside(path, stays=asked is not None)
            return None
        pose = staging.pose_for(staging.Level(self._rules.level), self._shown)
        return _Held(picture.gray_of(colour), pose, at, self._rules.hold_ms, None if asked else path)

    @staticmethod
    def _put_aside(path: Path, *, stays: bool) -> None:
        log.warning("%r is no picture that can be held up; it is skipped", path.name)
        if not stays and path.exists():
            path.rename(path.with_name(path.name + ".broken"))


class _Held:
    """One picture while it is held: it slides in from below, trembles as a hand does, and slides out."""

    def __init__(
        self, code: "Gray", pose: "Pose", since: MonotonicMs, hold_ms: DurationMs, remove: Path | None
    ) -> None:
        self.since = since
        self._code = code
        self._pose = pose
        self._hold_ms = hold_ms
        self._remove = remove

    def drawn(self, scene: "Bgr", at: MonotonicMs) -> "Bgr":
        """`scene` with the picture held before it at this moment."""
        from kiosk.scanning import staging  # noqa: PLC0415 - OpenCV loads on this thread

        run = at - self.since
        x, y = self._pose.centre
        tremor = 0.0025 * np.array([np.sin(run / 130), np.cos(run / 170)])
        away = max(0.0, 1 - run / _SLIDE_MS, (run - self._hold_ms - _SLIDE_MS) / _SLIDE_MS)
        centre = (x + float(tremor[0]), y + float(tremor[1]) + min(away, 1.0))
        return staging.held_up(self._code, replace(self._pose, centre=centre, seed=self._pose.seed + run), scene)

    def put_down(self) -> None:
        """Remove the file that asked for it."""
        if self._remove is not None:
            self._remove.unlink(missing_ok=True)
