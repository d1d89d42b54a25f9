"""What processes hold at a moment, as the kernel counts it."""

import os
from pathlib import Path

import msgspec

_TICKS_S = os.sysconf("SC_CLK_TCK")
_KB = 1024
_FONTS = frozenset({".otf", ".ttf"})


class Vitals(msgspec.Struct, frozen=True):
    """Of one process: memory that it alone holds (bytes), open files, threads, and processor time since its start (s).

    Fonts are not among the files: Kivy keeps one open for each size of type that was ever shown, at most 64.
    """

    process: int
    memory: int
    files: int
    threads: int
    processor_s: float


def vitals_of(process: int) -> Vitals:
    """Raises `OSError` when there is no such process."""
    root = Path("/proc") / str(process)
    held = [line.split() for line in (root / "smaps_rollup").read_text().splitlines() if line.startswith("Private_")]
    after_name = (root / "stat").read_text().rpartition(")")[2].split()
    user, system, threads = int(after_name[11]), int(after_name[12]), int(after_name[17])
    return Vitals(
        process,
        sum(int(words[1]) for words in held) * _KB,
        sum(not _is_font(link) for link in (root / "fd").iterdir()),
        threads,
        (user + system) / _TICKS_S,
    )


def _is_font(link: Path) -> bool:
    try:
        return link.readlink().suffix in _FONTS
    except OSError:
        # It was closed meanwhile.
        return False


def size_of(folder: Path) -> int:
    """Bytes that the files below a folder take; one that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
