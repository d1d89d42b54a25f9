"""The protobuf reader: what the format allows, and an end to everything else."""

import pytest

from kiosk.model.foreign import Reason
from kiosk.scanning.formats.cursor import Bad
from kiosk.scanning.formats.protobuf import read_message


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (b"", {}),
        (b"\x08\x96\x01", {1: 150}),
        (b"\x12\x07testing", {2: b"testing"}),
        (b"\x08\x01\x08\x02", {1: 2}),
        (b"\x09" + bytes(8) + b"\x15" + bytes(4), {1: bytes(8), 2: bytes(4)}),
        (b"\x08" + b"\xff" * 9 + b"\x01", {1: (1 << 64) - 1}),
    ],
    ids=["empty", "varint", "text", "the last counts", "fixed", "the largest number"],
)
def test_a_message_is_read(data: bytes, fields: dict[int, int | bytes]) -> None:
    """150 and `testing` are the examples of the encoding's own documentation."""
    assert read_message(data) == fields


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x08", Reason.TRUNCATED),
        (b"\x08\x80", Reason.TRUNCATED),
        (b"\x0a\x02a", Reason.TRUNCATED),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", Reason.TRUNCATED),
        (b"\x09" + bytes(7), Reason.TRUNCATED),
        (b"\x00\x01", Reason.BAD_ENCODING),
        (b"\x0b", Reason.BAD_ENCODING),
        (b"\x0c", Reason.BAD_ENCODING),
        (b"\x0e", Reason.BAD_ENCODING),
        (b"\x08" + b"\xff" * 10, Reason.BAD_ENCODING),
        (b"\x08" + b"\xff" * 9 + b"\x02", Reason.BAD_NUMBER),
        (b"\x08\x01" * 65, Reason.TOO_MANY),
    ],
)
def test_anything_else_is_refused_by_name(data: bytes, reason: Reason) -> None:
    with pytest.raises(Bad) as refused:
        read_message(data)
    assert refused.value.reason is reason
