"""The device's real clock, and ids made from it."""

from pathlib import Path

from kiosk.model.ids import EpochMs
from kiosk.store.clock import SystemClock, new_id
from tests.fakes.clock import NOON


def test_the_clock_goes_forward_within_one_boot() -> None:
    """Monotonic milliseconds never fall; the boot stays the same for every clock of this boot."""
    first, second = SystemClock().now(), SystemClock().now()
    assert second.mono_ms >= first.mono_ms
    assert first.boot == second.boot
    assert len(first.boot) == 8
    assert first.wall_ms > NOON // 2


def test_the_boots_name_is_the_first_part_of_the_kernels(tmp_path: Path) -> None:
    """Eight hex digits suffice to tell boots apart."""
    (tmp_path / "boot_id").write_text("8d59fb75-0a3b-4a43-8b6e-7c9a6e0f1d2c\n")
    assert SystemClock(tmp_path / "boot_id").now().boot == "8d59fb75"


def test_ids_are_unique_and_sort_by_time() -> None:
    """UUIDv7: the first 48 bits are the milliseconds; even a clock before 1970 gives one."""
    ids = [new_id(EpochMs(NOON + n)) for n in range(100)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 100
    assert int(ids[0].replace("-", "")[:12], 16) == NOON
    assert ids[0][14] == "7"
    assert new_id(EpochMs(-5)).startswith("00000000-0000-7")
