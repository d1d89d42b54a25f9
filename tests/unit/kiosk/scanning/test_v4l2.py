"""What is asked of a camera's optics is set where it has it, and told where not."""

import pytest

from kiosk.model.source import Lens
from kiosk.scanning import v4l2
from kiosk.scanning.v4l2 import Controls, set_lens, set_lens_of
from tests.fakes.v4l2 import FakeControls

WEBCAM = {
    v4l2.EXPOSURE_AUTO: (0, 3, 1),
    v4l2.EXPOSURE: (3, 2047, 1),
    v4l2.FOCUS: (0, 250, 5),
    v4l2.FOCUS_AUTO: (0, 1, 1),
}


def said(camera: FakeControls, lens: Lens) -> tuple[str, ...]:
    return set_lens(Controls(camera), lens)


def test_the_structs_and_numbers_are_the_kernels_own() -> None:
    """_IOWR('V', 36, 68 bytes), 27 and 28 with 8 bytes, as in linux/videodev2.h."""
    assert (v4l2.QUERY_STRUCT.size, v4l2.CONTROL_STRUCT.size) == (68, 8)
    for request, number, size in ((v4l2.QUERY, 36, 68), (v4l2.GET, 27, 8), (v4l2.SET, 28, 8)):
        assert request == (3 << 30) | (size << 16) | (ord("V") << 8) | number


def test_exposure_and_focus_are_taken_out_of_the_cameras_own_hands() -> None:
    camera = FakeControls(WEBCAM, {v4l2.EXPOSURE_AUTO: 3, v4l2.FOCUS_AUTO: 1})
    assert said(camera, Lens(exposure_us=8049, focus=32)) == (
        "exposure 8049 µs: taken as 8000 µs",
        "focus 32: taken as 30 of 0 to 250",
    )
    assert camera.now == {v4l2.EXPOSURE_AUTO: 1, v4l2.EXPOSURE: 80, v4l2.FOCUS_AUTO: 0, v4l2.FOCUS: 30}


def test_what_is_out_of_range_is_the_nearest_that_can_be_had() -> None:
    camera = FakeControls(WEBCAM)
    assert said(camera, Lens(exposure_us=1_000_000, focus=9000)) == (
        "exposure 1000000 µs: taken as 204700 µs",
        "focus 9000: taken as 250 of 0 to 250",
    )


def test_what_is_left_out_goes_back_to_automatic_because_a_camera_remembers() -> None:
    camera = FakeControls(WEBCAM, {v4l2.EXPOSURE_AUTO: 1, v4l2.FOCUS_AUTO: 0})
    assert said(camera, Lens()) == ()
    assert (camera.now[v4l2.EXPOSURE_AUTO], camera.now[v4l2.FOCUS_AUTO]) == (3, 1)


def test_a_camera_that_is_automatic_already_is_left_alone() -> None:
    camera = FakeControls(WEBCAM, {v4l2.EXPOSURE_AUTO: 3, v4l2.FOCUS_AUTO: 1}, frozenset(WEBCAM))
    assert said(camera, Lens()) == ()


def test_a_camera_without_any_of_it_says_so() -> None:
    assert said(FakeControls({}), Lens(8000, 30, 50)) == (
        "exposure 8000 µs: this camera has none to set",
        "focus 30: this camera has none to set",
        "torch 50 %: this camera has none",
    )
    assert said(FakeControls({}), Lens()) == ()


def test_a_control_that_is_switched_off_counts_as_none() -> None:
    camera = FakeControls(WEBCAM, flags={v4l2.EXPOSURE: 0x0001, v4l2.FOCUS: 0x0004})
    assert all("none to set" in sentence for sentence in said(camera, Lens(8000, 30)))


def test_a_camera_that_refuses_is_told_of() -> None:
    camera = FakeControls({**WEBCAM, v4l2.LIGHT: (0, 1, 1)}, {}, frozenset({v4l2.EXPOSURE, v4l2.FOCUS, v4l2.LIGHT}))
    assert [sentence.rpartition(": ")[2] for sentence in said(camera, Lens(8000, 30, 50))] == [
        "this camera refused it"
    ] * 3


@pytest.mark.parametrize(("per_cent", "mode", "strength"), [(50, 2, 63), (100, 2, 125), (0, 0, 0)])
def test_a_flash_led_is_used_as_a_torch_as_bright_as_wanted(per_cent: int, mode: int, strength: int) -> None:
    camera = FakeControls({v4l2.LED_MODE: (0, 2, 1), v4l2.TORCH: (0, 125, 1)})
    assert said(camera, Lens(torch=per_cent)) == ((f"torch {per_cent} %: taken",) if per_cent else ())
    assert camera.now[v4l2.LED_MODE] == mode
    assert abs(camera.now.get(v4l2.TORCH, 0) - strength) <= 1


@pytest.mark.parametrize(("per_cent", "value"), [(1, 1), (100, 1), (0, 0)])
def test_a_lamp_that_is_only_on_or_off_is_switched(per_cent: int, value: int) -> None:
    camera = FakeControls({v4l2.LIGHT: (0, 1, 1)})
    said(camera, Lens(torch=per_cent))
    assert camera.now == {v4l2.LIGHT: value}


def test_what_is_no_camera_takes_nothing() -> None:
    (sentence,) = set_lens_of("/dev/no-such-camera", Lens(torch=50))
    assert "can't be opened" in sentence
    assert set_lens_of("/dev/null", Lens(8000)) == ("exposure 8000 µs: this camera has none to set",)
    (sentence,) = set_lens_of("93", Lens(torch=50))
    assert "/dev/video93" in sentence
