"""Where codes come from: what a site says about each camera and scanner of a device."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs

_USB_ID = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
Name = Annotated[str, msgspec.Meta(max_length=256)]
Mark = Annotated[str, msgspec.Meta(max_length=16)]


class SourceKind(StrEnum):
    """The kinds of cameras and scanners, and what stands in for them."""

    CAMERA = "camera"
    PICAMERA = "picamera"
    FILES = "files"
    KEYS = "keys"
    HID = "hid"
    SERIAL = "serial"


class PixelFormat(StrEnum):
    """How a camera sends its pictures; `AUTO` is MJPG where the camera has it, else YUYV, else what it gives."""

    AUTO = "auto"
    MJPG = "mjpg"
    YUYV = "yuyv"


class Layout(StrEnum):
    """The keyboard that a scanner was set up to be."""

    US = "us"
    FI = "fi"
    SE = "se"
    ET = "et"
    DE = "de"


class Also(StrEnum):
    """What is read beside QR, Aztec and PDF417 where a site turns it on.

    `OTHER` are the remaining line codes of shops, libraries and parcels: EAN-8, UPC-E, Code 39, Code 93, Interleaved 2 of
    5, Codabar. UPC-A is read as the EAN-13 that it is.
    """

    DATAMATRIX = "datamatrix"
    CODE128 = "code128"
    EAN13 = "ean13"
    OTHER = "other"


ALWAYS = (Symbology.QR, Symbology.AZTEC, Symbology.PDF417)


def symbologies(also: tuple[Also, ...]) -> tuple[Symbology, ...]:
    """All symbologies that are read, each once."""
    return (*ALWAYS, *dict.fromkeys(Symbology(one.value) for one in also))


class ScanningConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What this site's cameras read beside QR, Aztec and PDF417. Each costs time on every frame: turn on what is used."""

    also: tuple[Also, ...] = ()

    @property
    def symbologies(self) -> tuple[Symbology, ...]:
        """All that is read."""
        return symbologies(self.also)


_PICTURE = frozenset({"width", "height", "fps"})
_LENS = frozenset({"device", "exposure_us", "focus", "torch"})
_MARKS = frozenset({"prefix", "suffix"})
_WIRE = frozenset({"device", "idle_ms", "longest"})
_KEYS_OF: Mapping[SourceKind, frozenset[str]] = {
    SourceKind.CAMERA: _PICTURE | _LENS | {"format"},
    SourceKind.PICAMERA: _PICTURE | _LENS,
    SourceKind.FILES: _PICTURE | {"folder", "stage"},
    SourceKind.KEYS: _MARKS,
    SourceKind.HID: _MARKS | _WIRE | {"layout"},
    SourceKind.SERIAL: _MARKS | _WIRE | {"baud"},
}


class SourceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source of codes. Each kind takes its own keys; a key of another kind is a mistake and raises `ValueError`.

    `camera`: `device` is a V4L2 path or an index; `picamera`: the number of a Raspberry Pi camera. `width`, `height`,
    `fps` are asked for. `exposure_us` in microseconds, 0 for automatic; `focus` in the camera's own steps (V4L2) or in
    dioptres (picamera), left out for automatic; `torch` in per cent, 0 for none.
    `files`: `folder` holds pictures or is one video; with `stage` it is a camera's empty scene before which the pictures
    dropped into `folder/hold` are held up.
    `keys`: a scanner that types into the app. `hid`: the same, read from the kernel and kept from all other programs;
    `device` is a path, VENDOR:PRODUCT in hex, or a part of its name; `layout` is the keyboard that it plays.
    `serial`: `device` is a path or VENDOR:PRODUCT, `baud` its speed.
    What a scanner sends before and after each code stands in `prefix` and `suffix`. Left out, `suffix` is a carriage
    return, a line feed or both; empty, a silence of `idle_ms` ends a code. None is longer than `longest` bytes.
    """

    kind: SourceKind
    device: Name = ""
    folder: str = ""
    stage: bool = False
    width: Annotated[int, msgspec.Meta(ge=16, le=8192)] = 1280
    height: Annotated[int, msgspec.Meta(ge=16, le=8192)] = 720
    fps: Annotated[int, msgspec.Meta(ge=1, le=240)] = 15
    format: PixelFormat = PixelFormat.AUTO
    exposure_us: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    focus: Annotated[float, msgspec.Meta(ge=0, le=10_000)] | None = None
    torch: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    layout: Layout = Layout.US
    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] = 9600
    prefix: Mark = ""
    suffix: Mark | None = None
    idle_ms: Annotated[int, msgspec.Meta(ge=10, le=5000)] = 150
    longest: Annotated[int, msgspec.Meta(ge=1, le=65_536)] = 4096

    def __post_init__(self) -> None:
        """Refuse keys that this kind would ignore, and a source that names no device."""
        foreign = [
            field.encode_name
            for field in msgspec.structs.fields(self)
            if field.name not in {"kind", *_KEYS_OF[self.kind]} and getattr(self, field.name) != field.default
        ]
        if foreign:
            takes = ", ".join(sorted(_KEYS_OF[self.kind]))
            msg = f"`{foreign[0]}` is not for kind {self.kind.value!r}, which takes {takes}"
            raise ValueError(msg)
        self._check_device()

    def _check_device(self) -> None:
        if self.kind in {SourceKind.HID, SourceKind.SERIAL} and not self.device:
            msg = f"kind {self.kind.value!r} needs a `device`: a path below /dev, or VENDOR:PRODUCT as lsusb shows them"
            raise ValueError(msg)
        if self.kind is SourceKind.SERIAL and not (self.device.startswith("/") or usb_id(self.device)):
            msg = f"`device` {self.device!r} is neither a path such as /dev/ttyACM0 nor VENDOR:PRODUCT as lsusb shows them"
            raise ValueError(msg)
        if self.kind is SourceKind.PICAMERA and self.device and not self.device.isdecimal():
            msg = f"`device` {self.device!r} is no number: a Raspberry Pi counts its cameras from 0"
            raise ValueError(msg)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as asked for."""
        return self.width, self.height

    @property
    def lens(self) -> "Lens":
        """What is asked of a camera's optics."""
        return Lens(self.exposure_us, self.focus, self.torch)

    @property
    def marks(self) -> "Marks":
        """How a scanner's codes begin and end."""
        return Marks(self.prefix, self.suffix, DurationMs(self.idle_ms), self.longest)


DEFAULT_SOURCES = (SourceConfig(SourceKind.CAMERA), SourceConfig(SourceKind.KEYS))
"""What a device has that says nothing of it."""


class Lens(msgspec.Struct, frozen=True):
    """What is asked of a camera: see `SourceConfig`. All left out: what the camera does by itself."""

    exposure_us: int = 0
    focus: float | None = None
    torch: int = 0


class Marks(msgspec.Struct, frozen=True):
    """How a scanner's codes begin and end: see `SourceConfig`."""

    prefix: str = ""
    suffix: str | None = None
    idle_ms: DurationMs = DurationMs(150)
    longest: int = 4096


def usb_id(device: str) -> tuple[int, int] | None:
    """Vendor and product of what `lsusb` writes as 0c2e:0b61; None for anything else."""
    if not _USB_ID.fullmatch(device):
        return None
    vendor, _, product = device.partition(":")
    return int(vendor, 16), int(product, 16)
