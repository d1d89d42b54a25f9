"""A Raspberry Pi camera that works, is missing, falters or is pulled out."""

import numpy as np
import pytest

from kiosk.errors import SourceError
from kiosk.model.ids import DurationMs
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.picam import PicameraSource, open_picamera
from tests.fakes.clock import FakeClock
from tests.fakes.picamera import LENS, Array, FakePicamera

SOON = DurationMs(10)
CODE = draw_code(b"OPAS ON A PI", module_px=4)
SIDE = CODE.shape[0]


def source_of(*cameras: FakePicamera, **keys: object) -> tuple[PicameraSource, list[int]]:
    waiting, asked = list(cameras), []

    def make(number: int) -> FakePicamera:
        asked.append(number)
        if not waiting:
            raise IndexError("list index out of range")
        return waiting.pop(0)

    table = {"width": SIDE, "height": SIDE, **keys}
    wanted = SourceConfig(SourceKind.PICAMERA, **table)
    return PicameraSource(wanted, FakeClock(), make), asked


@pytest.mark.parametrize("stride", [2, 64, 100])
def test_the_brightness_is_taken_without_its_padding_and_can_be_read(stride: int) -> None:
    source, asked = source_of(FakePicamera(CODE, stride=stride), device="1")
    with source:
        frame = source.read(SOON)
    assert frame is not None
    assert np.array_equal(frame.gray, CODE)
    assert [found.payload for found in standard_chain().read(frame.gray).found] == [b"OPAS ON A PI"]
    assert frame.to_look_at().shape == (SIDE, SIDE, 3)
    assert asked == [1]


def test_it_is_set_up_as_wanted_and_let_go_again() -> None:
    camera = FakePicamera(CODE)
    source, _ = source_of(camera, width=641, height=481, fps=30)
    with source:
        source.open()
        assert camera.started
        assert camera.configured["main"] == {"format": "YUV420", "size": (640, 480)}
        assert camera.configured["controls"] == {"FrameRate": 30}
    assert source.said == ("the camera sends YUV420, 640 × 480, 30 frames a second",)
    assert (camera.started, camera.closed) == (False, True)


def test_exposure_and_focus_are_set_where_the_camera_has_them() -> None:
    camera = FakePicamera(CODE, controls=LENS)
    source, _ = source_of(camera, exposure_us=8000, focus=2.5, torch=50)
    with source:
        assert camera.set == {"AeEnable": False, "ExposureTime": 8000, "AfMode": 0, "LensPosition": 2.5}
    assert source.said[1:] == (
        "exposure 8000 µs: taken",
        "focus 2.5 dioptres: taken",
        "torch 50 %: a Raspberry Pi camera has none",
    )


def test_a_lens_that_can_not_move_is_told_of_and_one_that_can_follows_by_itself() -> None:
    fixed, moving = FakePicamera(CODE), FakePicamera(CODE, controls=LENS)
    source, _ = source_of(fixed, focus=2.5)
    with source:
        assert "this camera has none to set" in source.said[1]
    source, _ = source_of(moving)
    with source:
        assert moving.set == {"AfMode": 2}


def test_a_missing_camera_says_what_to_do() -> None:
    source, _ = source_of()
    with pytest.raises(SourceError, match="there is none") as caught:
        source.open()
    assert "rpicam-hello --list-cameras" in caught.value.todo


def test_without_picamera2_it_says_what_to_install() -> None:
    """It is on no package index, so no machine but a Raspberry Pi has it."""
    with pytest.raises(SourceError, match="picamera2 can't be loaded") as caught:
        open_picamera(0)
    assert "python3-picamera2" in caught.value.todo
    assert "include-system-site-packages" in caught.value.todo


def test_a_camera_that_can_not_be_set_up_is_let_go() -> None:
    class Stubborn(FakePicamera):
        def start(self) -> None:
            raise RuntimeError("Camera in Configured state trying start() requiring state Acquired")

    camera = Stubborn(CODE)
    source, _ = source_of(camera)
    with pytest.raises(SourceError, match="can't be set up"):
        source.open()
    assert camera.closed


def test_silence_is_borne_twice_and_then_the_camera_is_opened_anew() -> None:
    gone, back = FakePicamera(CODE, None, None, CODE, None, None, None), FakePicamera(CODE)
    source, _ = source_of(gone, back)
    with source:
        assert [source.read(SOON) is not None for _ in range(4)] == [True, False, False, True]
        assert [source.read(SOON), source.read(SOON)] == [None, None]
        with pytest.raises(SourceError, match="no picture any more"):
            source.read(SOON)
    assert gone.closed
    with source:
        assert source.read(SOON) is not None


def test_an_error_of_the_camera_is_one_of_the_source() -> None:
    source, _ = source_of(FakePicamera(RuntimeError("Camera frontend has timed out!")))
    with source, pytest.raises(SourceError, match="no picture any more"):
        source.read(SOON)


def test_a_picture_of_the_wrong_size_is_left_out() -> None:
    small: Array = CODE[:10, :10]
    source, _ = source_of(FakePicamera(small, CODE))
    with source:
        assert [source.read(SOON) is not None for _ in range(2)] == [False, True]


def test_reading_closed_is_an_error_and_a_twin_is_the_same_camera() -> None:
    source, asked = source_of(FakePicamera(CODE))
    with pytest.raises(SourceError, match="not open"):
        source.read(SOON)
    with source.twin() as twin:
        assert (twin.name, twin.lifelike) == (source.name, True)
    assert asked == [0]
    source.close()
