"""Codes are made of a scanner's bytes, however they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import Marks
from kiosk.scanning.assembly import Assembly


def codes(assembly: Assembly, *parts: bytes, gap: int = 1) -> list[bytes]:
    return [
        message.payload
        for number, part in enumerate(parts)
        for message in assembly.feed(part, MonotonicMs(1000 + number * gap))
    ]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_by_itself_a_code_ends_with_any_line_end(end: bytes) -> None:
    assert codes(Assembly(Marks()), b"ONE" + end + b"TWO" + end) == [b"ONE", b"TWO"]


def test_split_anywhere_it_is_the_same_code() -> None:
    whole = b"\x02A\x1dB\x03C\x03\x04"
    for at in range(len(whole) + 1):
        assembly = Assembly(Marks(prefix="\x02", suffix="\x03\x04"))
        assert codes(assembly, whole[:at], whole[at:]) == [b"A\x1dB\x03C"]


def test_bytes_are_kept_exactly() -> None:
    payload = bytes(range(256))
    assert codes(Assembly(Marks(suffix="\r\n\x04")), payload + b"\r\n\x04") == [payload]


def test_the_time_of_a_code_is_that_of_its_first_byte() -> None:
    assembly = Assembly(Marks())
    assembly.feed(b"AB", MonotonicMs(5))
    (message,) = assembly.feed(b"CD\r", MonotonicMs(9))
    assert message.began_at == 5


def test_without_suffix_silence_ends_a_code() -> None:
    assembly = Assembly(Marks(suffix="", idle_ms=DurationMs(100)))
    assert codes(assembly, b"AB", b"CD\r\n", gap=50) == []
    assert assembly.quiet(MonotonicMs(1149)) == ()
    assert [message.payload for message in assembly.quiet(MonotonicMs(1150))] == [b"ABCD\r\n"]
    assert assembly.quiet(MonotonicMs(9000)) == ()


def test_without_suffix_the_next_code_ends_the_one_before_if_nobody_looked_in_between() -> None:
    assembly = Assembly(Marks(suffix=""))
    assert codes(assembly, b"ONE", b"TWO", gap=500) == [b"ONE"]


def test_a_torn_message_does_not_spoil_the_next_one() -> None:
    assembly = Assembly(Marks())
    assert codes(assembly, b"TOR", b"WHOLE\r", gap=2500) == [b"WHOLE"]
    assert assembly.dropped == 1


def test_what_lacks_the_prefix_is_dropped() -> None:
    assembly = Assembly(Marks(prefix="~"))
    assert codes(assembly, b"NO\r~YES\r~\r") == [b"YES"]
    assert assembly.dropped == 2


@pytest.mark.parametrize("suffix", [None, "\r", "##\r"])
def test_too_long_a_message_is_dropped_to_its_end_and_no_further(suffix: str | None) -> None:
    end = (suffix or "\r").encode()
    assembly = Assembly(Marks(suffix=suffix, longest=8))
    assert codes(assembly, b"X" * 100_000 + end + b"FINE" + end, b"12345678" + end, b"123456789" + end) == [
        b"FINE",
        b"12345678",
    ]
    assert assembly.dropped == 2


def test_garbage_without_end_is_forgotten() -> None:
    """A cable that hums for minutes takes no memory and leaves the scanner usable."""
    assembly = Assembly(Marks(suffix="\x03", longest=64))
    assert codes(assembly, *[b"\xff\x00" * 500] * 200) == []
    assert [one.payload for one in assembly.feed(b"AFTER\x03", MonotonicMs(60_000))] == [b"AFTER"]


def test_too_long_without_suffix_is_dropped_at_the_next_silence() -> None:
    assembly = Assembly(Marks(suffix="", longest=8))
    assert codes(assembly, b"123456789", b"0") == []
    assert assembly.quiet(MonotonicMs(5000)) == ()
    assert assembly.dropped == 1
    assembly.feed(b"GOOD", MonotonicMs(6000))
    assert [one.payload for one in assembly.quiet(MonotonicMs(7000))] == [b"GOOD"]


def test_of_exactly_the_longest_length_without_suffix_it_is_taken() -> None:
    assembly = Assembly(Marks(suffix="", longest=8))
    assembly.feed(b"12345678", MonotonicMs(0))
    assert [one.payload for one in assembly.quiet(MonotonicMs(1000))] == [b"12345678"]


@given(
    st.lists(st.binary(max_size=40), max_size=20),
    st.sampled_from(["", None, "\r", "\r\n", "##"]),
    st.sampled_from(["", "~", "\x02Q"]),
    st.integers(0, 3000),
)
def test_any_bytes_give_codes_within_bounds(parts: list[bytes], suffix: str | None, prefix: str, gap: int) -> None:
    assembly = Assembly(Marks(prefix, suffix, longest=16))
    for payload in codes(assembly, *parts, gap=gap):
        assert 1 <= len(payload) <= 16
