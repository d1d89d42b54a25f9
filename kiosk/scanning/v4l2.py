"""A camera's exposure, focus and light, set through V4L2's controls (linux/videodev2.h, linux/v4l2-controls.h).

OpenCV sets some of these too, but knows no lights, and tells neither what a camera has nor what it took.
"""

import fcntl
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.model.source import Lens

Ioctl = Callable[[int, bytes], bytes]
"""Asks the driver: a request's number and its struct; gives the struct as the driver left it. Raises `OSError`."""

QUERY, GET, SET = 0xC0445624, 0xC008561B, 0xC008561C
QUERY_STRUCT = struct.Struct("=II32siiiiI8x")
CONTROL_STRUCT = struct.Struct("=Ii")
EXPOSURE_AUTO, EXPOSURE, FOCUS, FOCUS_AUTO = 0x9A0901, 0x9A0902, 0x9A090A, 0x9A090C
LIGHT, LED_MODE, TORCH = 0x980925, 0x9C0901, 0x9C0908
_MANUAL, _BY_ITSELF, _FULLY_BY_ITSELF = 1, 3, 0
_LED_OFF, _LED_TORCH = 0, 2
_UNUSABLE = 0x0001 | 0x0004  # disabled, read only
_EXPOSURE_STEP_US = 100
_FULL = 100


@dataclass(frozen=True)
class Range:
    """The values that a control takes."""

    least: int
    most: int
    step: int

    def nearest(self, value: float) -> int:
        """The value that can be set which is nearest to `value`."""
        step = max(self.step, 1)
        return self.least + round((min(max(value, self.least), self.most) - self.least) / step) * step

    def part(self, per_cent: int) -> int:
        """The value so far up the range."""
        return self.nearest(self.least + (self.most - self.least) * per_cent / _FULL)


class Controls:
    """What a camera can be told."""

    def __init__(self, ioctl: Ioctl) -> None:
        self._ioctl = ioctl

    def range(self, control: int) -> Range | None:
        """What the control takes; None if the camera has none."""
        try:
            reply = self._ioctl(QUERY, QUERY_STRUCT.pack(control, 0, b"", 0, 0, 0, 0, 0))
        except OSError:
            return None
        _, _, _, least, most, step, _, flags = QUERY_STRUCT.unpack(reply)
        return None if flags & _UNUSABLE else Range(least, most, step)

    def value(self, control: int) -> int | None:
        """How it is set now; None if the camera does not say."""
        try:
            return int(CONTROL_STRUCT.unpack(self._ioctl(GET, CONTROL_STRUCT.pack(control, 0)))[1])
        except OSError:
            return None

    def set(self, control: int, value: int) -> int | None:
        """Set it; how it is set then, which may be another value, or None if the camera refused."""
        try:
            self._ioctl(SET, CONTROL_STRUCT.pack(control, value))
        except OSError:
            return None
        return self.value(control)


def set_lens(controls: Controls, lens: Lens) -> tuple[str, ...]:
    """Set what `lens` asks for, and whatever it leaves out to automatic, because a camera keeps what it was told before.

    Gives a sentence on each thing that was asked for: what was taken, or that this camera has none.
    """
    said = (_exposure(controls, lens.exposure_us), _focus(controls, lens.focus), _torch(controls, lens.torch))
    return tuple(one for one in said if one)


def set_lens_of(device: str, lens: Lens) -> tuple[str, ...]:
    """The same for a camera that is open already, by its path or number."""
    path = f"/dev/video{device}" if device.isdecimal() else device
    try:
        handle = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        return (f"exposure, focus and light can't be set: {path} can't be opened ({error.strerror})",)
    try:
        return set_lens(Controls(lambda request, data: fcntl.ioctl(handle, request, data)), lens)
    finally:
        os.close(handle)


def _exposure(controls: Controls, wanted_us: int) -> str:
    mode = controls.value(EXPOSURE_AUTO)
    if not wanted_us:
        if mode == _MANUAL and controls.set(EXPOSURE_AUTO, _BY_ITSELF) is None:
            controls.set(EXPOSURE_AUTO, _FULLY_BY_ITSELF)
        return ""
    limits = controls.range(EXPOSURE)
    if limits is None:
        return f"exposure {wanted_us} µs: this camera has none to set"
    if mode is not None and mode != _MANUAL:
        controls.set(EXPOSURE_AUTO, _MANUAL)
    took = controls.set(EXPOSURE, limits.nearest(wanted_us / _EXPOSURE_STEP_US))
    if took is None:
        return f"exposure {wanted_us} µs: this camera refused it"
    return f"exposure {wanted_us} µs: taken as {took * _EXPOSURE_STEP_US} µs"


def _focus(controls: Controls, wanted: float | None) -> str:
    if wanted is None:
        if controls.value(FOCUS_AUTO) == 0:
            controls.set(FOCUS_AUTO, 1)
        return ""
    limits = controls.range(FOCUS)
    if limits is None:
        return f"focus {wanted:g}: this camera has none to set"
    if controls.range(FOCUS_AUTO) is not None:
        controls.set(FOCUS_AUTO, 0)
    took = controls.set(FOCUS, limits.nearest(wanted))
    between = f"of {limits.least} to {limits.most}"
    return f"focus {wanted:g}: " + ("this camera refused it" if took is None else f"taken as {took} {between}")


def _torch(controls: Controls, per_cent: int) -> str:
    if controls.range(LED_MODE) is not None:
        took = _flash_led(controls, per_cent)
    elif controls.range(LIGHT) is not None:
        took = controls.set(LIGHT, int(per_cent > 0)) is not None
    else:
        return f"torch {per_cent} %: this camera has none" if per_cent else ""
    if not per_cent:
        return ""
    return f"torch {per_cent} %: " + ("taken" if took else "this camera refused it")


def _flash_led(controls: Controls, per_cent: int) -> bool:
    strength = controls.range(TORCH)
    if per_cent and strength is not None:
        controls.set(TORCH, strength.part(per_cent))
    return controls.set(LED_MODE, _LED_TORCH if per_cent else _LED_OFF) is not None
