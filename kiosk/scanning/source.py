"""What a source of camera frames is: one protocol that the camera, the folder player and the staged camera implement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from types import TracebackType

    from kiosk.model.ids import DurationMs, MonotonicMs
    from kiosk.scanning.picture import Bgr, Gray


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One picture: `gray` (height, width) uint8 for the decoders, `colour` (height, width, 3) BGR uint8 for the preview.

    `captured_at` is the monotonic time at which the picture was taken. Nobody writes into the arrays.
    """

    gray: Gray
    captured_at: MonotonicMs
    colour: Bgr | None = None


class Source(Protocol):
    """Gives frames to one thread. `open` and `read` raise `kiosk.errors.SourceError`; after it, `close` and `open` again."""

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


class SourceBase:
    """The part that all sources share: a context manager around `open` and `close`, and frames without an end."""

    ended: bool = False

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
