"""A scanner that types is told from a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import ConfigurationError
from kiosk.model.code import Code, Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.scanning.hid import WedgeReader, WedgeRules, wedge_for


def typed(reader: WedgeReader, text: str, gap: int = 5, at: int = 1000) -> list[Code]:
    codes = [reader.feed(char, MonotonicMs(at + gap * index)) for index, char in enumerate(text)]
    return [code for code in codes if code is not None]


def test_a_scanner_gives_a_code_with_its_times() -> None:
    codes = typed(WedgeReader(), "CARD-1234\r")
    assert codes == [Code(b"CARD-1234", Symbology.KEYED, "keys", MonotonicMs(1000), MonotonicMs(1045))]


def test_a_person_who_types_the_same_gives_none() -> None:
    assert typed(WedgeReader(), "CARD-1234\r", gap=120) == []


def test_a_person_who_types_then_enter_quickly_gives_none() -> None:
    reader = WedgeReader()
    assert typed(reader, "CARD-123", gap=120) == []
    assert typed(reader, "4\r", gap=5, at=2000) == []


def test_enter_alone_and_codes_out_of_bounds_give_none() -> None:
    reader = WedgeReader(WedgeRules(least=4, most=6))
    assert typed(reader, "\r\n\rABC\rABCDEFG\r") == []
    assert [code.payload for code in typed(reader, "ABCD\r")] == [b"ABCD"]


def test_two_codes_in_a_row_are_two() -> None:
    assert [code.payload for code in typed(WedgeReader(), "FIRST\rSECOND\n")] == [b"FIRST", b"SECOND"]


def test_carriage_return_and_line_feed_end_one_code_once() -> None:
    assert [code.payload for code in typed(WedgeReader(), "FIRST\r\n")] == [b"FIRST"]


def test_prefix_and_suffix_are_taken_off() -> None:
    reader = WedgeReader(WedgeRules(prefix="~Q", suffix="\t"))
    assert [code.payload for code in typed(reader, "~QCARD-1\t")] == [b"CARD-1"]


def test_a_long_suffix_is_taken_off_and_a_part_of_it_is_not() -> None:
    reader = WedgeReader(WedgeRules(suffix="##\r"))
    assert [code.payload for code in typed(reader, "CARD#1##")] == [b"CARD#1"]


def test_what_lacks_the_prefix_is_no_code() -> None:
    assert typed(WedgeReader(WedgeRules(prefix="~Q")), "CARD-1\r") == []


def test_a_sites_own_prefix_and_suffix_are_used_and_without_such_a_scanner_keys_are_no_codes() -> None:
    reader = wedge_for([SourceConfig(SourceKind.CAMERA), SourceConfig(SourceKind.KEYS, prefix="~", suffix="#")])
    assert reader is not None
    assert [code.payload for code in typed(reader, "~CARD-1#~CARD-2\r")] == [b"CARD-1", b"CARD-2"]
    plain = wedge_for([SourceConfig(SourceKind.KEYS)])
    assert plain is not None
    assert [code.payload for code in typed(plain, "CARD-1\r")] == [b"CARD-1"]
    assert wedge_for([SourceConfig(SourceKind.CAMERA)]) is None


def test_control_characters_are_kept() -> None:
    assert [code.payload for code in typed(WedgeReader(), "01\x1d10LOT\r")] == [b"01\x1d10LOT"]


def test_while_a_scanner_types_its_keys_can_be_kept_from_the_screen() -> None:
    reader = WedgeReader()
    typed(reader, "CARD")
    assert reader.scanning(MonotonicMs(1020))
    assert not reader.scanning(MonotonicMs(1200))


def test_endless_typing_keeps_no_more_than_the_longest_code() -> None:
    reader = WedgeReader(WedgeRules(most=10))
    assert typed(reader, "A" * 100_000 + "\r", gap=1) == []
    assert [code.payload for code in typed(reader, "AFTER\r", at=200_000)] == [b"AFTER"]


@pytest.mark.parametrize(("least", "most", "gap"), [(0, 5, 50), (6, 5, 50), (4, 5, 0)])
def test_rules_that_no_scan_could_meet_are_refused(least: int, most: int, gap: int) -> None:
    with pytest.raises(ConfigurationError, match="leave no code"):
        WedgeRules(least=least, most=most, gap_ms=DurationMs(gap))


@given(st.text(max_size=200), st.integers(0, 100))
def test_any_keys_give_codes_within_bounds_or_none(text: str, gap: int) -> None:
    for code in typed(WedgeReader(), text, gap=gap):
        assert 4 <= len(code.payload) <= 4 * 4096
