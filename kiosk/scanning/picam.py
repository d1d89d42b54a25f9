"""The camera of a Raspberry Pi through picamera2, where that is installed. The only home of `picamera2`.

picamera2 comes with Raspberry Pi OS and not from a package index, because it must fit the system's libcamera. Its
pictures come as YUV 4:2:0: the first rows are the brightness, which is all that the decoders want.
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.errors import SourceError
from kiosk.model.clock import Clock
from kiosk.model.ids import DurationMs
from kiosk.model.source import Lens, SourceConfig
from kiosk.scanning.source import Frame, Source, SourceBase

if TYPE_CHECKING:
    from kiosk.scanning.pixels import Raw

log = logging.getLogger(__name__)
_MAIN, _FORMAT = "main", "YUV420"
_MOST_MISSES = 3
_AF_MANUAL, _AF_CONTINUOUS = 0, 2


class PiCamera(Protocol):
    """What is used of `picamera2.Picamera2`. Everything may raise `RuntimeError`."""

    @property
    def camera_controls(self) -> Mapping[str, Any]:
        """What can be set, by name."""
        ...

    def create_video_configuration(self, main: Mapping[str, Any], controls: Mapping[str, Any]) -> Any:
        """A configuration for `configure`."""
        ...

    def configure(self, camera_config: Any) -> None:
        """Set the camera up; it may change the size asked for."""
        ...

    def camera_configuration(self) -> Mapping[str, Any]:
        """How it is set up."""
        ...

    def set_controls(self, controls: Mapping[str, Any]) -> None:
        """Set exposure, focus and the like."""
        ...

    def start(self) -> None:
        """Let the pictures come."""
        ...

    def capture_array(self, name: str, wait: float) -> "Raw":
        """The next picture of a stream. Raises `TimeoutError` after `wait` seconds."""
        ...

    def stop(self) -> None:
        """Let no more pictures come."""
        ...

    def close(self) -> None:
        """Let the camera go."""
        ...


Maker = Callable[[int], PiCamera]


def open_picamera(number: int) -> PiCamera:
    """The camera with this number. Raises `SourceError` without picamera2, `RuntimeError` or `IndexError` without a camera."""
    try:
        from picamera2 import Picamera2  # noqa: PLC0415 - there is none but on a Raspberry Pi
    except (ImportError, ValueError, OSError) as error:
        raise SourceError(
            f"picamera {number}: picamera2 can't be loaded ({error}).",
            "On Raspberry Pi OS: sudo apt-get install python3-picamera2, and let the virtual environment see it: write "
            "include-system-site-packages = true in .venv/pyvenv.cfg. A USB camera needs neither: kind = camera.",
        ) from error
    camera: PiCamera = Picamera2(number)
    return camera


class PicameraSource(SourceBase):
    """A Raspberry Pi camera, as `wanted` describes it; `device` is its number.

    Raises `SourceError` when there is none, or when it gives nothing any more; open it again to go on.
    """

    lifelike = True

    def __init__(self, wanted: SourceConfig, clock: Clock, make: Maker = open_picamera) -> None:
        self._number = int(wanted.device or "0")
        self.name = f"picamera {self._number}"
        self.said = ()
        self._wanted = wanted
        self._clock = clock
        self._make = make
        self._camera: PiCamera | None = None
        self._size = wanted.size
        self._misses = 0

    def twin(self) -> Source:
        """The same camera, to be opened anew."""
        return PicameraSource(self._wanted, self._clock, self._make)

    def open(self) -> None:
        """Set the camera up and let its pictures come. Raises `SourceError` when there is none."""
        if self._camera is not None:
            return
        try:
            camera = self._make(self._number)
        except (RuntimeError, IndexError) as error:
            raise self._error("there is none, or another program keeps it from us") from error
        try:
            said = self._set_up(camera)
        except RuntimeError as error:
            _close(camera)
            raise self._error("it can't be set up as the configuration wants it") from error
        self._camera, self._misses = camera, 0
        if said != self.said:
            self.said = said
            for sentence in said:
                log.info("source %r: %s", self.name, sentence)

    def read(self, timeout: DurationMs) -> Frame | None:
        """The next picture, or None if none came within `timeout`."""
        camera = self._camera
        if camera is None:
            raise SourceError(f"{self.name}: it is not open.", "Open it before reading.")
        try:
            raw = camera.capture_array(_MAIN, wait=timeout / 1000)
        except TimeoutError:
            self._misses += 1
            if self._misses >= _MOST_MISSES:
                raise self._error("it gives no picture any more") from None
            return None
        except RuntimeError as error:
            raise self._error("it gives no picture any more") from error
        self._misses = 0
        return self._frame(raw)

    def close(self) -> None:
        """Let the camera go."""
        if self._camera is not None:
            camera, self._camera = self._camera, None
            _close(camera)

    def _frame(self, raw: "Raw") -> Frame | None:
        from kiosk.scanning.pixels import colours  # noqa: PLC0415 - OpenCV loads on this thread

        width, height = self._size
        # Rows are padded to what the hardware likes; the rows below the brightness hold the colours.
        if raw.ndim != 2 or raw.shape[0] < height * 3 // 2 or raw.shape[1] < width:  # noqa: PLR2004 - dimensions
            return None
        developed = partial(_cropped, partial(colours, raw[: height * 3 // 2], "YU12"), width)
        return Frame(raw[:height, :width], self._clock.now().mono_ms, develop=developed)

    def _set_up(self, camera: PiCamera) -> tuple[str, ...]:
        wanted = self._wanted
        # Colours are stored for squares of two pixels.
        size = (wanted.width // 2 * 2, wanted.height // 2 * 2)
        main = {"format": _FORMAT, "size": size}
        camera.configure(camera.create_video_configuration(main=main, controls={"FrameRate": wanted.fps}))
        width, height = camera.camera_configuration()[_MAIN]["size"]
        self._size = (width, height)
        said: tuple[str, ...] = (f"the camera sends {_FORMAT}, {width} × {height}, {wanted.fps} frames a second",)
        said += _set_lens(camera, wanted.lens)
        camera.start()
        return said

    def _error(self, what: str) -> SourceError:
        todo = (
            "Check its ribbon cable; `rpicam-hello --list-cameras` shows what is there. It is opened again by itself."
        )
        return SourceError(f"{self.name}: {what}.", todo)


def _set_lens(camera: PiCamera, lens: Lens) -> tuple[str, ...]:
    said = []
    if lens.exposure_us:
        took = _set(camera, {"AeEnable": False, "ExposureTime": lens.exposure_us})
        said.append(f"exposure {lens.exposure_us} µs: " + ("taken" if took else "this camera has none to set"))
    if lens.focus is not None:
        took = _set(camera, {"AfMode": _AF_MANUAL, "LensPosition": lens.focus})
        said.append(f"focus {lens.focus:g} dioptres: " + ("taken" if took else "this camera has none to set"))
    else:
        _set(camera, {"AfMode": _AF_CONTINUOUS})
    if lens.torch:
        said.append(f"torch {lens.torch} %: a Raspberry Pi camera has none")
    return tuple(said)


def _set(camera: PiCamera, controls: Mapping[str, Any]) -> bool:
    if not controls.keys() <= camera.camera_controls.keys():
        return False
    camera.set_controls(controls)
    return True


def _cropped(develop: "Callable[[], Raw | None]", width: int) -> "Raw | None":
    picture = develop()
    return None if picture is None else picture[:, :width]


def _close(camera: PiCamera) -> None:
    try:
        camera.stop()
        camera.close()
    except RuntimeError as error:
        log.warning("a Raspberry Pi camera could not be closed: %s", error)
