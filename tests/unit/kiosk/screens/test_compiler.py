"""Which parts of a process may be let go of."""

from kiosk.screens.compiler import code_of, let_go

_MAPS = """\
7f1000000000-7f1000800000 r--p 00000000 fe:00 11 /usr/lib/libLLVM-15.so.1
7f1000800000-7f1003000000 r-xp 00800000 fe:00 11 /usr/lib/libLLVM-15.so.1
7f1003000000-7f1003400000 rw-p 03000000 fe:00 11 /usr/lib/libLLVM-15.so.1
7f1004000000-7f1004100000 r-xp 00000000 fe:00 12 /usr/lib/libc.so.6
7f1005000000-7f1005100000 rw-p 00000000 00:00 0
""".splitlines()


def test_only_code_that_can_not_have_been_changed_is_let_go_of() -> None:
    """Data of the compiler, other libraries and plain memory stay."""
    assert list(code_of("libLLVM", _MAPS)) == [(0x7F1000800000, 0x2800000)]


def test_letting_go_is_safe_at_any_time() -> None:
    """Also where there is no such library."""
    let_go()
    let_go()
