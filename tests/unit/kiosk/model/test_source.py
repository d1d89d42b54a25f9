"""What a site may say about its cameras and scanners."""

import msgspec
import pytest

from kiosk.model.code import Symbology
from kiosk.model.source import Also, Lens, Marks, SourceConfig, SourceKind, symbologies, usb_id


def convert(**table: object) -> SourceConfig:
    return msgspec.convert(table, SourceConfig)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"kind": "camera", "baud": 19200}, "`baud` is not for kind 'camera', which takes device, exposure_us"),
        ({"kind": "keys", "device": "/dev/x"}, "`device` is not for kind 'keys'"),
        ({"kind": "hid"}, "needs a `device`"),
        ({"kind": "serial"}, "needs a `device`"),
        ({"kind": "serial", "device": "COM3"}, "neither a path"),
        ({"kind": "picamera", "device": "/dev/video0"}, "is no number"),
        ({"kind": "camera", "torch": 101}, "torch"),
        ({"kind": "camera", "width": 0}, "width"),
        ({"kind": "serial", "device": "/dev/ttyACM0", "longest": 0}, "longest"),
    ],
)
def test_a_source_that_could_not_work_is_refused_with_its_key(table: dict[str, object], says: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        convert(**table)
    assert says in str(caught.value)


def test_each_kind_is_taken_with_its_own_keys() -> None:
    camera = convert(kind="camera", device="/dev/video2", format="yuyv", exposure_us=8000, focus=30, torch=50)
    assert (camera.lens, camera.size) == (Lens(8000, 30, 50), (1280, 720))
    assert convert(kind="picamera", device="1", focus=2.5).lens.focus == 2.5
    assert convert(kind="hid", device="0c2e:0b61", layout="de", suffix="\t").marks == Marks(suffix="\t")
    assert convert(kind="serial", device="/dev/ttyACM0", baud=115_200, suffix="").marks.suffix == ""
    assert convert(kind="files", folder="x", stage=True).kind is SourceKind.FILES


@pytest.mark.parametrize(
    ("text", "pair"), [("0c2e:0B61", (0x0C2E, 0x0B61)), ("/dev/input/event3", None), ("c2e:b61", None), ("", None)]
)
def test_vendor_and_product_are_read_as_lsusb_writes_them(text: str, pair: tuple[int, int] | None) -> None:
    assert usb_id(text) == pair


def test_what_is_turned_on_is_read_once_beside_what_always_is() -> None:
    always = (Symbology.QR, Symbology.AZTEC, Symbology.PDF417)
    assert symbologies(()) == always
    assert symbologies((Also.EAN13, Also.OTHER, Also.EAN13)) == (*always, Symbology.EAN13, Symbology.OTHER)
