"""Lets go of the graphics compiler's code while it is not needed.

Without a graphics processor Mesa compiles each shader with LLVM: some 50 MB of code that is read once, in the first
seconds, and then counts as resident for weeks. The pages are clean and come back from the file by themselves when a new
shader is wanted, so giving them back loses nothing and lets the kernel use them for something else.
"""

import ctypes
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

log = logging.getLogger(__name__)
_COMPILER = "libLLVM"
_MADV_DONTNEED = 4
_FIELDS = 6


def let_go() -> None:
    """Unmap the compiler's code until it is called again. Does nothing where the kernel does not tell of it."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        for start, length in code_of(_COMPILER, lines):
            ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _MADV_DONTNEED)
    except (OSError, AttributeError):
        log.debug("the graphics compiler's code can't be let go of here")


def code_of(library: str, maps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Address and length of each part of `library` that is code, in lines of proc(5) maps.

    Only what can't be written: a part that was written to is lost when it is let go of.
    """
    for line in maps:
        fields = line.split(maxsplit=_FIELDS - 1)
        if len(fields) == _FIELDS and fields[1] == "r-xp" and Path(fields[5]).name.startswith(library):
            start, end = (int(each, 16) for each in fields[0].split("-"))
            yield start, end - start
