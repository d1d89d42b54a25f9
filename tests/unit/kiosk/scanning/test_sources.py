"""Each kind of source becomes its own camera or scanner, and nothing is opened before it is wanted."""

from pathlib import Path

import pytest

from kiosk.model.source import SourceConfig, SourceKind
from kiosk.scanning.camera import CameraSource
from kiosk.scanning.evdev import HidScanner
from kiosk.scanning.files import FilesSource
from kiosk.scanning.picam import PicameraSource
from kiosk.scanning.serialport import SerialScanner
from kiosk.scanning.sources import is_camera, is_scanner, make_camera, make_scanner
from kiosk.scanning.stage import StageSource
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize(
    ("wanted", "camera"),
    [
        (SourceConfig(SourceKind.CAMERA, "/dev/video9"), CameraSource),
        (SourceConfig(SourceKind.PICAMERA, "1"), PicameraSource),
        (SourceConfig(SourceKind.FILES, folder="/nowhere"), FilesSource),
        (SourceConfig(SourceKind.FILES, folder="/nowhere", stage=True), StageSource),
    ],
)
def test_each_kind_of_camera(wanted: SourceConfig, camera: type) -> None:
    assert (is_camera(wanted), is_scanner(wanted)) == (True, False)
    assert type(make_camera(wanted, FakeClock())) is camera
    assert not Path("/nowhere").exists()


@pytest.mark.parametrize(
    ("wanted", "scanner"),
    [
        (SourceConfig(SourceKind.HID, "/dev/input/event9"), HidScanner),
        (SourceConfig(SourceKind.SERIAL, "/dev/ttyACM9"), SerialScanner),
    ],
)
def test_each_kind_of_scanner(wanted: SourceConfig, scanner: type) -> None:
    assert (is_camera(wanted), is_scanner(wanted)) == (False, True)
    assert type(make_scanner(wanted, FakeClock())) is scanner


def test_what_types_into_the_app_is_neither() -> None:
    keys = SourceConfig(SourceKind.KEYS)
    assert (is_camera(keys), is_scanner(keys)) == (False, False)
