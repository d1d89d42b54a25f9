"""Makes a site's cameras and scanners from what its configuration says of them."""

from pathlib import Path

from kiosk.model.clock import Clock
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.scanning.source import CodeSource, Source

_SCANNERS = frozenset({SourceKind.HID, SourceKind.SERIAL})
_CAMERAS = frozenset({SourceKind.CAMERA, SourceKind.PICAMERA, SourceKind.FILES})


def is_scanner(wanted: SourceConfig) -> bool:
    """Whether this source gives whole codes, on a wire of its own."""
    return wanted.kind in _SCANNERS


def is_camera(wanted: SourceConfig) -> bool:
    """Whether this source gives frames. What types into the app is neither this nor a scanner on a wire."""
    return wanted.kind in _CAMERAS


def make_scanner(wanted: SourceConfig, clock: Clock) -> CodeSource:
    """The scanner; nothing is opened yet."""
    if wanted.kind is SourceKind.HID:
        from kiosk.scanning.evdev import HidScanner  # noqa: PLC0415 - only what is used is loaded

        return HidScanner(wanted, clock)
    from kiosk.scanning.serialport import SerialScanner  # noqa: PLC0415 - the same

    return SerialScanner(wanted, clock)


def make_camera(wanted: SourceConfig, clock: Clock) -> Source:
    """The camera, or what stands in for one; nothing is opened yet."""
    if wanted.kind is SourceKind.CAMERA:
        from kiosk.scanning.camera import CameraSource  # noqa: PLC0415 - only what is used is loaded

        return CameraSource(wanted, clock)
    if wanted.kind is SourceKind.PICAMERA:
        from kiosk.scanning.picam import PicameraSource  # noqa: PLC0415 - the same

        return PicameraSource(wanted, clock)
    if wanted.stage:
        from kiosk.scanning.stage import StageSource  # noqa: PLC0415 - the same

        return StageSource(Path(wanted.folder), clock, wanted.size, wanted.fps)
    from kiosk.scanning.files import FilesSource  # noqa: PLC0415 - the same

    return FilesSource(Path(wanted.folder), clock, wanted.fps)
