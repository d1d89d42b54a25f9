"""What sources are: of frames (cameras and what stands in for them), and of whole codes (scanners that read by themselves)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from types import TracebackType

    from kiosk.model.code import Code
    from kiosk.model.ids import DurationMs, MonotonicMs
    from kiosk.scanning.picture import Bgr, Gray


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One picture: `gray` (height, width) uint8 for the decoders, `colour` (height, width, 3) BGR uint8 for the preview.

    `captured_at` is the monotonic time at which the picture was taken. Nobody writes into the arrays. A camera that
    sends brightness apart from colour gives no `colour` but `develop`, which makes it when somebody wants to see it,
    at full size or half of it.
    """

    gray: Gray
    captured_at: MonotonicMs
    colour: Bgr | None = None
    develop: Callable[[], Bgr | None] | None = None

    def to_look_at(self) -> Bgr:
        """The picture for people: in colour where there is any, perhaps at half the size."""
        from kiosk.scanning.picture import bgr_of  # noqa: PLC0415 - OpenCV loads on the source's thread

        colour = self.colour if self.develop is None else self.develop()
        return bgr_of(self.gray) if colour is None else colour


class Source(Protocol):
    """Gives frames to one thread. `open` and `read` raise `kiosk.errors.SourceError`; after it, `close` and `open` again."""

    @property
    def said(self) -> tuple[str, ...]:
        """Once it is open: what it took of what was asked of it, in sentences."""
        ...

    @property
    def lifelike(self) -> bool:
        """True for a camera: no two of its pictures are the same to the last bit unless it hangs, and black is no picture."""
        ...

    def twin(self) -> Source | None:
        """Another one like this, not open, to go on with when this one does not return from its driver; None if there is none."""
        ...

    @property
    def name(self) -> str:
        """A short name for logs, without anything personal in it."""
        ...

    @property
    def ended(self) -> bool:
        """True once no further frame will ever come (a film that plays once)."""
        ...

    def open(self) -> None:
        """Take hold of the device or folder; does nothing when it is open."""
        ...

    def read(self, timeout: DurationMs) -> Frame | None:
        """The next frame, or None if none came within `timeout`."""
        ...

    def pace(self, *, idle: bool) -> None:
        """Told when nothing moves before the camera (`idle`), so that it may give fewer frames, and when it does again."""
        ...

    def close(self) -> None:
        """Let go of the device or folder; does nothing when it is closed."""
        ...

    def __enter__(self) -> Self:
        """Open."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        ...


class CodeSource(Protocol):
    """Gives whole codes to one thread: a scanner that decodes by itself. Raises and is opened again as a `Source` is."""

    @property
    def name(self) -> str:
        """A short name for logs, without anything personal in it."""
        ...

    def open(self) -> None:
        """Take hold of the device, for this program alone; does nothing when it is open."""
        ...

    def read(self, timeout: DurationMs) -> tuple[Code, ...]:
        """The codes that were completed within `timeout`; returns as soon as there is one."""
        ...

    def close(self) -> None:
        """Let go of the device; does nothing when it is closed."""
        ...


class SourceBase:
    """The part that all sources share: a context manager around `open` and `close`, and frames without an end."""

    ended: bool = False
    lifelike: bool = False
    said: tuple[str, ...] = ()

    def twin(self) -> Source | None:
        """Only what can be held up inside a driver needs one."""
        return None

    def open(self) -> None:
        """Take hold of the device or folder."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the device or folder."""
        raise NotImplementedError

    def pace(self, *, idle: bool) -> None:
        """Most sources give their frames at one rate."""

    def __enter__(self) -> Self:
        """Open."""
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()
