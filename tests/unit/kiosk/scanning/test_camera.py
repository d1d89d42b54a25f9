"""A camera that works, is missing, falters or is pulled out."""

from typing import Any

import numpy as np
import pytest

from kiosk.errors import SourceError
from kiosk.model.ids import DurationMs
from kiosk.scanning.camera import CameraSource, open_device
from tests.fakes.clock import FakeClock

SOON = DurationMs(1)
PICTURE = np.full((48, 64, 3), 90, np.uint8)


class FakeDevice:
    """Gives the pictures it was made with, None standing for a frame that did not come."""

    def __init__(self, *pictures: Any) -> None:
        self.pictures = list(pictures)
        self.taken: Any = None
        self.grabbed = self.retrieved = 0
        self.released = False

    def grab(self) -> bool:
        self.grabbed += 1
        self.taken = self.pictures.pop(0) if self.pictures else None
        return self.taken is not None

    def retrieve(self) -> tuple[bool, Any]:
        self.retrieved += 1
        return self.taken is not None, self.taken

    def release(self) -> None:
        self.released = True


def camera(*devices: FakeDevice | None) -> tuple[CameraSource, list[tuple[str, tuple[int, int], int]]]:
    waiting, asked = list(devices), []

    def opener(device: str, size: tuple[int, int], fps: int) -> FakeDevice | None:
        asked.append((device, size, fps))
        return waiting.pop(0)

    return CameraSource("/dev/video7", FakeClock(), (64, 48), 15, opener), asked


def test_frames_come_with_gray_colour_and_time() -> None:
    source, asked = camera(FakeDevice(PICTURE))
    with source:
        frame = source.read(SOON)
    assert frame is not None
    assert frame.colour is PICTURE
    assert (frame.gray.shape, int(frame.gray[0, 0]), frame.captured_at) == ((48, 64), 90, 1_000_000)
    assert asked == [("/dev/video7", (64, 48), 15)]


def test_a_gray_camera_has_no_colour() -> None:
    source, _ = camera(FakeDevice(PICTURE[:, :, 0]))
    with source:
        frame = source.read(SOON)
    assert frame is not None
    assert frame.colour is None


def test_a_missing_camera_says_what_to_do() -> None:
    source, _ = camera(None)
    with pytest.raises(SourceError, match="/dev/video7") as caught:
        source.open()
    assert "Plug it in" in caught.value.todo


def test_one_missing_frame_is_no_error() -> None:
    source, _ = camera(FakeDevice(None, None, PICTURE, None, None, PICTURE))
    with source:
        assert [source.read(SOON) is not None for _ in range(6)] == [False, False, True, False, False, True]


def test_an_empty_picture_counts_as_missing() -> None:
    source, _ = camera(FakeDevice(np.zeros((0, 0, 3), np.uint8), PICTURE))
    with source:
        assert source.read(SOON) is None
        assert source.read(SOON) is not None


def test_a_camera_pulled_out_is_an_error_and_plugged_in_again_goes_on() -> None:
    gone, back = FakeDevice(PICTURE), FakeDevice(PICTURE)
    source, _ = camera(gone, back)
    with source:
        assert [source.read(SOON) is not None for _ in range(3)] == [True, False, False]
        with pytest.raises(SourceError, match="no picture any more"):
            source.read(SOON)
    assert gone.released
    with source:
        assert source.read(SOON) is not None


def test_while_nothing_moves_two_of_three_frames_are_not_decoded() -> None:
    device = FakeDevice(*[PICTURE] * 9)
    source, _ = camera(device)
    with source:
        source.pace(idle=True)
        assert source.read(SOON) is not None
        assert (device.grabbed, device.retrieved) == (3, 1)
        source.pace(idle=False)
        assert source.read(SOON) is not None
        assert (device.grabbed, device.retrieved) == (4, 2)


def test_opening_twice_opens_once_and_reading_closed_is_an_error() -> None:
    source, asked = camera(FakeDevice(PICTURE))
    with source:
        source.open()
    assert len(asked) == 1
    with pytest.raises(SourceError, match="not open"):
        source.read(SOON)


@pytest.mark.parametrize("device", ["/dev/video-that-is-not-there", "93"])
def test_opencv_finds_no_camera_where_there_is_none(device: str) -> None:
    assert open_device(device, (64, 48), 15) is None
