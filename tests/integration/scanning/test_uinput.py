"""A scanner that the kernel itself plays, where this machine lets us make one."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import libevdev
import pytest
from libevdev import EV_KEY, EV_SYN, InputEvent

from kiosk.model.ids import DurationMs
from kiosk.model.source import Layout, SourceConfig, SourceKind
from kiosk.scanning.evdev import HidScanner, KernelInput
from tests.fakes.clock import FakeClock
from tests.fakes.typing import typed

UINPUT = Path("/dev/uinput")
PATIENCE_S = 10.0
pytestmark = pytest.mark.skipif(
    not os.access(UINPUT, os.W_OK),
    reason=f"{UINPUT} is missing or may not be written to: no scanner can be played here",
)


@pytest.fixture
def scanner() -> Iterator[libevdev.Device]:
    """A keyboard with the keys that a scanner has."""
    plan = libevdev.Device()
    plan.name = "Opas test scanner"
    plan.id = {"bustype": 3, "vendor": 0x0C2E, "product": 0x0B61, "version": 1}
    for number in range(1, 128):
        code = libevdev.evbit(EV_KEY.value, number)
        if code is not None:
            plan.enable(code)
    device = plan.create_uinput_device()
    node = Path(device.devnode)
    deadline = time.monotonic() + PATIENCE_S
    while not os.access(node, os.R_OK) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not os.access(node, os.R_OK):
        pytest.skip(f"{node} may not be read: let this user be in the group input")
    yield device
    del device


def test_a_code_typed_by_the_kernels_own_scanner_arrives_and_reaches_nobody_else(scanner: libevdev.Device) -> None:
    """It is found by its name, and another program that has the same file open sees none of its keys."""
    source = HidScanner(SourceConfig(SourceKind.HID, "opas test", layout=Layout.DE), FakeClock(), KernelInput())
    other = KernelInput().open(Path(scanner.devnode))
    source.open()
    try:
        for key, value in typed("LOT\x1dyz-7\r", Layout.DE):
            scanner.send_events(
                [InputEvent(libevdev.evbit(EV_KEY.value, key), value), InputEvent(EV_SYN.SYN_REPORT, 0)]
            )
        deadline = time.monotonic() + PATIENCE_S
        codes = source.read(DurationMs(1000))
        while not codes and time.monotonic() < deadline:
            codes = source.read(DurationMs(1000))
        assert [code.payload for code in codes] == [b"LOT\x1dyz-7"]
        assert [event for event in other.events() if event.type == EV_KEY] == []
    finally:
        source.close()
        if other.fd is not None:
            other.fd.close()
