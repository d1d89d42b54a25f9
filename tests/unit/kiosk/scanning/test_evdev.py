"""A scanner that plays a keyboard is found, grabbed, read, lost and found again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.errors import SourceError
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs
from kiosk.model.source import Layout, SourceConfig, SourceKind
from kiosk.scanning.evdev import HidScanner, KernelInput
from tests.fakes.clock import FakeClock
from tests.fakes.evdev import LOST, FakeInput, FakeKeyDevice
from tests.fakes.typing import CAPS, ENTER_TAP, SHIFT, tap, typed

SOON, PATH = DurationMs(1), "/dev/input/event7"


def hid(device: str = PATH, **keys: object) -> SourceConfig:
    return SourceConfig(SourceKind.HID, device, **keys)  # type: ignore[arg-type]  # the keys of a table


@contextmanager
def opened(device: FakeKeyDevice, wanted: SourceConfig | None = None) -> Iterator[tuple[HidScanner, FakeClock]]:
    clock = FakeClock()
    scanner = HidScanner(wanted or hid(), clock, FakeInput({PATH: device}))
    scanner.open()
    try:
        yield scanner, clock
    finally:
        scanner.close()


def payloads(codes: tuple[Code, ...]) -> list[bytes]:
    return [code.payload for code in codes]


def test_a_code_comes_with_its_bytes_times_and_scanner_and_nobody_else_sees_it() -> None:
    device = FakeKeyDevice()
    with opened(device) as (scanner, clock):
        assert device.grabbed
        device.press(typed("]C101\x1d10LOT-7"))
        assert scanner.read(SOON) == ()
        clock.advance(5)
        device.press(ENTER_TAP)
        (code,) = scanner.read(SOON)
    assert code == Code(b"]C101\x1d10LOT-7", Symbology.KEYED, "hid", code.captured_at, code.decoded_at)
    assert (code.captured_at, code.decoded_at) == (1_000_000, 1_000_005)
    assert device.fd is not None
    assert device.fd.closed


def test_two_codes_that_came_together_are_two() -> None:
    device = FakeKeyDevice()
    with opened(device) as (scanner, _):
        device.press(typed("ONE\rTWO\r"))
        assert payloads(scanner.read(SOON)) == [b"ONE", b"TWO"]


@pytest.mark.parametrize("layout", list(Layout))
def test_the_layout_that_the_scanner_plays_is_undone(layout: Layout) -> None:
    device = FakeKeyDevice()
    with opened(device, hid(layout=layout)) as (scanner, _):
        device.press(typed("HC1:y/Z[@]{é}\r", layout))
        assert payloads(scanner.read(SOON)) == ["HC1:y/Z[@]{é}".encode()]


def test_prefix_and_suffix_are_taken_off() -> None:
    device = FakeKeyDevice()
    with opened(device, hid(prefix="\x02", suffix="\t")) as (scanner, _):
        device.press(typed("\x02CARD-1\t"))
        assert payloads(scanner.read(SOON)) == [b"CARD-1"]


def test_without_suffix_a_silence_ends_the_code() -> None:
    device = FakeKeyDevice()
    with opened(device, hid(suffix="")) as (scanner, clock):
        device.press(typed("CARD-1"))
        assert scanner.read(SOON) == ()
        clock.advance(200)
        assert payloads(scanner.read(SOON)) == [b"CARD-1"]


@pytest.mark.parametrize("named", ["0c2e:0b61", "acme", PATH])
def test_it_is_found_by_vendor_and_product_by_name_or_by_path(named: str) -> None:
    """The keyboard beside it, and its own second node without keys, are left alone."""
    keyboard, buttons, scanner = FakeKeyDevice("Keyboard", (1, 2)), FakeKeyDevice(keys=False), FakeKeyDevice()
    devices = FakeInput({"/dev/input/event0": keyboard, "/dev/input/event1": buttons, PATH: scanner})
    source = HidScanner(hid(named), FakeClock(), devices)
    source.open()
    source.open()
    assert (keyboard.grabbed, buttons.grabbed, scanner.grabbed) == (False, False, True)
    assert keyboard.fd is None or keyboard.fd.closed
    source.close()
    source.close()


@pytest.mark.parametrize(
    ("named", "devices", "what", "todo"),
    [
        (PATH, {}, "can't be opened (No such file", "ls /dev/input/by-id"),
        (PATH, {PATH: None}, "may not read", "usermod -aG input"),
        ("0c2e:0b61", {PATH: None}, "may not read", 'ATTRS{idVendor}=="0c2e", ATTRS{idProduct}=="0b61"'),
        ("0c2e:0b61", {}, "there is no such scanner", "lsusb"),
        ("Other", {PATH: FakeKeyDevice()}, "there is no such scanner", "/proc/bus/input/devices"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(
    named: str, devices: dict[str, FakeKeyDevice | None], what: str, todo: str
) -> None:
    with pytest.raises(SourceError) as caught:
        HidScanner(hid(named), FakeClock(), FakeInput(devices)).open()
    assert what in caught.value.what
    assert todo in caught.value.todo


def test_a_scanner_that_another_program_holds_is_told() -> None:
    device = FakeKeyDevice()
    device.busy = True
    with pytest.raises(SourceError, match="another program"):
        HidScanner(hid(), FakeClock(), FakeInput({PATH: device})).open()
    assert device.fd is not None
    assert device.fd.closed


def test_unplugged_it_is_an_error_and_plugged_in_again_it_goes_on_with_nothing_left_over() -> None:
    """Neither half a code nor a Shift that was never released spoils what comes after."""
    device = FakeKeyDevice()
    scanner = HidScanner(hid(), FakeClock(), FakeInput({PATH: device}))
    scanner.open()
    device.press([*typed("HALF"), *tap(CAPS), (SHIFT, 1)])
    assert scanner.read(SOON) == ()
    device.unplug()
    with pytest.raises(SourceError, match="it is gone"):
        scanner.read(SOON)
    scanner.close()
    scanner.open()
    device.press(typed("whole\r"))
    assert payloads(scanner.read(SOON)) == [b"whole"]
    scanner.close()


def test_keys_lost_by_the_kernel_spoil_one_code_and_no_other() -> None:
    """Neither what stood before the hole nor what stood behind it is taken for a whole code."""
    device = FakeKeyDevice()
    with opened(device) as (scanner, _):
        device.press([*typed("BEGINNING"), LOST])
        assert scanner.read(SOON) == ()
        device.press(typed("END\rNEXT\r"))
        assert payloads(scanner.read(SOON)) == [b"NEXT"]


def test_after_a_loss_the_keys_that_are_down_are_known() -> None:
    device = FakeKeyDevice()
    with opened(device) as (scanner, _):
        device.press([LOST], held=[SHIFT])
        assert scanner.read(SOON) == ()
        device.press([*ENTER_TAP, *tap(30), (SHIFT, 0), *tap(30), *ENTER_TAP])
        assert payloads(scanner.read(SOON)) == [b"Aa"]


def test_reading_closed_is_an_error() -> None:
    with pytest.raises(SourceError, match="not open"):
        HidScanner(hid(), FakeClock(), FakeInput({})).read(SOON)


def test_the_kernels_devices_are_listed_in_their_order_and_what_is_none_is_an_error(tmp_path: Path) -> None:
    for name in ("event10", "event9", "mouse0"):
        (tmp_path / name).write_bytes(b"")
    devices = KernelInput(tmp_path)
    assert [path.name for path in devices.paths()] == ["event9", "event10"]
    with pytest.raises(OSError, match=r".+"):
        devices.open(tmp_path / "event9")
    with pytest.raises(SourceError, match="can't be opened"):
        HidScanner(hid(str(tmp_path / "event9")), FakeClock(), devices).open()
