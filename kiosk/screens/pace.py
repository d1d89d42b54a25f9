"""How often the window looks round for fingers and keys: seldom while nobody touches it.

What is posted or due wakes Kivy's clock by itself at any time, so nothing that is shown comes later for it. Only the
first touch of a visit is seen up to a tenth of a second late, and a resting screen costs a third.
"""

from collections.abc import Callable
from typing import Any

from kiosk.screens.environment import MAX_FPS

_RESTING_FPS = 10
_AWAKE_S = 8.0
_RESOLUTION_S = 0.001


class Pace:
    """Slows Kivy's clock down `_AWAKE_S` seconds after the last `wake`, and calls `on_rest` then."""

    def __init__(self, clock: Any, on_rest: Callable[[], None]) -> None:
        self._clock = clock
        self._on_rest = on_rest
        # By itself this is a third of a turn, and for as long before anything is due the clock turns without a pause.
        clock.clock_resolution = _RESOLUTION_S
        self._rest = clock.create_trigger(self._slow_down, _AWAKE_S)

    def bind(self, window: Any) -> None:
        """Wake with every touch and key of a Kivy window."""
        window.bind(on_motion=self.wake, on_key_down=self.wake)
        self.wake()

    def unbind(self, window: Any) -> None:
        """Listen no more, and leave the clock as it was."""
        window.unbind(on_motion=self.wake, on_key_down=self.wake)
        self._rest.cancel()
        self._set(MAX_FPS)

    @property
    def turns_per_second(self) -> float:
        """How often the window looks round now."""
        return float(self._clock._max_fps)  # noqa: SLF001

    def wake(self, *_: object) -> None:
        """Be quick from now on, for some seconds."""
        self._set(MAX_FPS)
        self._rest.cancel()
        self._rest()

    def _slow_down(self, _dt: float) -> None:
        self._set(_RESTING_FPS)
        self._on_rest()

    def _set(self, fps: float) -> None:
        # Kivy reads its setting once; this is where it keeps it.
        self._clock._max_fps = float(fps)  # noqa: SLF001
