"""The CBOR reader: the standard's own examples, an independent writer's output, and an end to everything else."""

import math

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.foreign import Reason
from kiosk.scanning.formats.cbor import ARRAY, MOST_DEPTH, MOST_ITEMS, CborReader, Value
from kiosk.scanning.formats.cursor import Bad


def read(data: bytes) -> Value:
    reader = CborReader(data)
    found = reader.item()
    reader.cursor.end()
    return found


@pytest.mark.parametrize(
    ("hexadecimal", "value"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("20", -1),
        ("3bffffffffffffffff", -18446744073709551616),
        ("f90000", 0.0),
        ("f93c00", 1.0),
        ("fa47c35000", 100000.0),
        ("fb3ff199999999999a", 1.1),
        ("f4", False),
        ("f5", True),
        ("f6", None),
        ("f7", None),
        ("c074323031332d30332d32315432303a30343a30305a", "2013-03-21T20:04:00Z"),
        ("c11a514b67b0", 1363896240),
        ("d74401020304", b"\1\2\3\4"),
        ("40", b""),
        ("62c3bc", "ü"),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("a201020304", {1: 2, 3: 4}),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("5f42010243030405ff", b"\1\2\3\4\5"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9fff", []),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
    ],
)
def test_the_standards_examples_are_read(hexadecimal: str, value: Value) -> None:
    """RFC 8949 appendix A. A tag is read past."""
    assert read(bytes.fromhex(hexadecimal)) == value


def test_a_number_that_is_none_is_one() -> None:
    assert math.isnan(read(bytes.fromhex("f97e00")))  # type: ignore[arg-type]


_PLAIN = st.recursive(
    st.integers(-(1 << 64), (1 << 64) - 1)
    | st.binary()
    | st.text()
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(-99, 99) | st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(_PLAIN)
def test_what_another_writer_wrote_is_read(value: Value) -> None:
    assert read(cbor2.dumps(value)) == value


@pytest.mark.parametrize(
    ("hexadecimal", "reason"),
    [
        ("", Reason.TRUNCATED),
        ("18", Reason.TRUNCATED),
        ("5bffffffffffffffff00", Reason.TRUNCATED),
        ("9bffffffffffffffff00", Reason.TRUNCATED),
        ("bbffffffffffffffff", Reason.TRUNCATED),
        ("9f00", Reason.TRUNCATED),
        ("5f4100", Reason.TRUNCATED),
        ("fb00", Reason.TRUNCATED),
        ("0000", Reason.TRAILING),
        ("1c", Reason.BAD_ENCODING),
        ("1f", Reason.BAD_ENCODING),
        ("df00", Reason.BAD_ENCODING),
        ("e0", Reason.BAD_ENCODING),
        ("f8ff", Reason.BAD_ENCODING),
        ("ff", Reason.BAD_ENCODING),
        ("5f00ff", Reason.BAD_ENCODING),
        ("5f6161ff", Reason.BAD_ENCODING),
        ("a1400000", Reason.BAD_ENCODING),
        ("a1f500", Reason.BAD_ENCODING),
        ("a1f600", Reason.BAD_ENCODING),
        ("a201000100", Reason.REPEATED_FIELD),
        ("61ff", Reason.BAD_TEXT),
        ("7f61c361bcff", Reason.BAD_TEXT),
        ("81" * (MOST_DEPTH + 1) + "00", Reason.TOO_DEEP),
        ("c1" * (MOST_DEPTH + 1) + "00", Reason.TOO_DEEP),
        ("9f" * 5000, Reason.TOO_DEEP),
        ("9f" + "00" * MOST_ITEMS + "ff", Reason.TOO_MANY),
        ("5f" + "40" * MOST_ITEMS + "ff", Reason.TOO_MANY),
    ],
)
def test_anything_else_is_refused_by_name(hexadecimal: str, reason: Reason) -> None:
    with pytest.raises(Bad) as refused:
        read(bytes.fromhex(hexadecimal))
    assert refused.value.reason is reason


def test_as_deep_as_allowed_is_allowed() -> None:
    assert read(b"\x81" * MOST_DEPTH + b"\0") is not None


@pytest.mark.parametrize("tags", [0, 1, MOST_DEPTH])
def test_tags_before_an_array_are_read_past(tags: int) -> None:
    reader = CborReader(b"\xd2" * tags + b"\x82\1\2")
    assert [reader.item() for _ in reader.members(ARRAY)] == [1, 2]


def test_tags_without_end_are_not() -> None:
    with pytest.raises(Bad):
        list(CborReader(b"\xd2" * (MOST_DEPTH + 1) + b"\x80").members(ARRAY))
