"""A camera that works, is missing, falters or is pulled out."""

import numpy as np
import pytest

from kiosk.errors import SourceError
from kiosk.model.ids import DurationMs
from kiosk.model.source import PixelFormat, SourceConfig, SourceKind
from kiosk.scanning.camera import CameraSource, OpenCvDevice, open_device
from kiosk.scanning.picture import Bgr, gray_of
from tests.fakes.camera import FakeCapture, FakeDevice, FakeUsb, as_sent
from tests.fakes.clock import FakeClock

SOON = DurationMs(1)
PICTURE = np.full((48, 64, 3), 90, np.uint8)


WANTED = SourceConfig(SourceKind.CAMERA, "/dev/video7", width=64, height=48)


def camera(*devices: FakeDevice | None) -> tuple[CameraSource, FakeUsb]:
    usb = FakeUsb(*devices)
    return CameraSource(WANTED, FakeClock(), usb), usb


def test_frames_come_with_gray_colour_and_time() -> None:
    source, usb = camera(FakeDevice(PICTURE))
    with source:
        frame = source.read(SOON)
    assert frame is not None
    assert frame.to_look_at() is PICTURE
    assert (frame.gray.shape, int(frame.gray[0, 0]), frame.captured_at) == ((48, 64), 90, 1_000_000)
    assert usb.asked == [WANTED]


def test_a_gray_camera_is_shown_in_gray() -> None:
    source, _ = camera(FakeDevice(PICTURE[:, :, 0]))
    with source:
        frame = source.read(SOON)
    assert frame is not None
    assert frame.gray is not None
    assert frame.to_look_at().shape == PICTURE.shape


def coloured() -> Bgr:
    """A picture whose brightness and colour change from place to place, smoothly enough for a JPEG."""
    down, across = np.mgrid[0:48, 0:64].astype(np.uint8)
    return np.dstack([across * 3, down * 4, 200 - down - across])


@pytest.mark.parametrize("fourcc", ["MJPG", "YUYV", "UYVY", "GREY"])
def test_each_format_gives_its_brightness_as_it_was_sent_and_its_colour_when_asked(fourcc: str) -> None:
    """For YUYV the Y plane is taken as it is: not one value is computed."""
    picture = coloured()
    source, _ = camera(FakeDevice(as_sent(picture, fourcc), fourcc=fourcc))
    with source:
        frame = source.read(SOON)
    assert frame is not None
    apart = np.abs(frame.gray.astype(int) - gray_of(picture))
    assert apart.max() <= (6 if fourcc == "MJPG" else 1)
    shown = frame.to_look_at()
    assert shown.shape == ((24, 32, 3) if fourcc == "MJPG" else (48, 64, 3))
    wanted = picture[::2, ::2] if fourcc == "MJPG" else picture
    # The picture was made with the full range of values, OpenCV expects the narrower one of video.
    assert fourcc == "GREY" or np.abs(shown.astype(int) - wanted).mean() < 20


def without_huffman_tables(jpeg: Bgr) -> Bgr:
    """As many webcams send it: each segment is kept but those that begin with FF C4."""
    data, kept, at = jpeg.tobytes(), bytearray(b"\xff\xd8"), 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        kept += b"" if data[at + 1] == 0xC4 else data[at:end]
        at = end
    return np.frombuffer(bytes(kept) + data[at:] + b"\0" * 300, np.uint8).reshape(1, -1)


def test_a_webcams_jpeg_without_tables_and_with_padding_is_a_whole_one() -> None:
    sent = as_sent(coloured(), "MJPG")
    source, _ = camera(FakeDevice(sent, without_huffman_tables(sent), fourcc="MJPG"))
    with source:
        whole, bare = source.read(SOON), source.read(SOON)
    assert whole is not None
    assert bare is not None
    assert np.array_equal(whole.gray, bare.gray)
    assert np.array_equal(whole.to_look_at(), bare.to_look_at())


@pytest.mark.parametrize("fourcc", ["YU12", "NV12"])
def test_of_a_planar_format_the_first_plane_is_the_brightness(fourcc: str) -> None:
    sent = np.full((72, 64), 128, np.uint8)
    sent[:48] = coloured()[:, :, 0]
    source, _ = camera(FakeDevice(sent, fourcc=fourcc))
    with source:
        frame = source.read(SOON)
    assert frame is not None
    assert np.array_equal(frame.gray, sent[:48])
    assert frame.to_look_at().shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("formats", "asked", "sent"),
    [
        (("YUYV", "MJPG"), PixelFormat.AUTO, "MJPG"),
        (("YUYV",), PixelFormat.AUTO, "YUYV"),
        (("YUYV", "MJPG"), PixelFormat.YUYV, "YUYV"),
        (("MJPG",), PixelFormat.YUYV, "MJPG"),
        (("GREY",), PixelFormat.AUTO, "GREY"),
    ],
)
def test_a_format_is_agreed_with_the_camera(formats: tuple[str, ...], asked: PixelFormat, sent: str) -> None:
    capture = FakeCapture(formats, (64, 48), coloured())
    device = OpenCvDevice(capture, SourceConfig(SourceKind.CAMERA, format=asked), raw=True)
    assert device.fourcc == sent
    assert device.said == (f"the camera sends {sent}, 64 × 48, 15 frames a second",)
    source, _ = camera(FakeDevice(device.retrieve()[1], fourcc=device.fourcc))
    with source:
        assert source.read(SOON) is not None


def test_a_format_that_we_do_not_know_is_left_to_opencv() -> None:
    device = OpenCvDevice(FakeCapture(("BA81",), (64, 48), PICTURE), WANTED, raw=True)
    assert (device.fourcc, device.retrieve()[1] is PICTURE) == ("", True)
    device.release()


def test_away_from_linux_opencv_converts() -> None:
    assert OpenCvDevice(FakeCapture(("MJPG",), (64, 48), PICTURE), WANTED, raw=False).fourcc == ""


def test_what_the_camera_took_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    said = ("torch 50 %: this camera has none",)
    source, _ = camera(FakeDevice(said=said), FakeDevice(said=said))
    with caplog.at_level("INFO"):
        for _ in range(2):
            with source:
                pass
    assert caplog.text.count("this camera has none") == 1
    assert source.said == said


def test_broken_pictures_are_left_out_and_too_many_are_an_error() -> None:
    """A torn JPEG, one that is none, and a frame of the wrong shape; then a good one begins the count anew."""
    good = as_sent(PICTURE, "MJPG")
    torn, noise = good[:, : good.shape[1] // 2], np.full((1, 5000), 7, np.uint8)
    source, _ = camera(FakeDevice(torn, noise, good, *[noise] * 15, fourcc="MJPG"))
    with source:
        assert [source.read(SOON) is not None for _ in range(3)] == [False, False, True]
        for _ in range(14):
            assert source.read(SOON) is None
        with pytest.raises(SourceError, match="15 pictures were broken") as caught:
            source.read(SOON)
    assert "shorter cable" in caught.value.todo


def test_a_picture_of_the_wrong_shape_is_a_broken_one() -> None:
    source, _ = camera(FakeDevice(np.zeros((1, 100), np.uint8), fourcc="YUYV"))
    with source:
        assert source.read(SOON) is None


def test_a_camera_may_change_its_size() -> None:
    source, _ = camera(FakeDevice(PICTURE, PICTURE[:20, :30], PICTURE))
    with source:
        frames = [source.read(SOON) for _ in range(3)]
    assert [frame.gray.shape for frame in frames if frame] == [(48, 64), (20, 30), (48, 64)]


def test_a_twin_is_the_same_camera_opened_by_itself() -> None:
    source, usb = camera(FakeDevice(PICTURE), FakeDevice(PICTURE))
    with source, source.twin() as twin:
        assert twin.name == source.name
        assert twin.read(SOON) is not None
    assert usb.asked == [WANTED, WANTED]


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
    source, usb = camera(FakeDevice(PICTURE))
    with source:
        source.open()
    assert len(usb.asked) == 1
    with pytest.raises(SourceError, match="not open"):
        source.read(SOON)


@pytest.mark.parametrize("device", ["/dev/video-that-is-not-there", "93"])
def test_opencv_finds_no_camera_where_there_is_none(device: str) -> None:
    assert open_device(SourceConfig(SourceKind.CAMERA, device)) is None
