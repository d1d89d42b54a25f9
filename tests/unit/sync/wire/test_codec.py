"""Bytes on the wire: what is encoded is decoded, and nothing that comes in can do harm."""

from contextlib import suppress

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.event import Event
from kiosk.model.ids import Epoch, EpochMs, HubVersion, PackVersion, Seq, SiteId
from kiosk.model.records import Collection
from sync.wire.codec import (
    Message,
    WireError,
    checksum,
    compress,
    decode,
    decode_changes,
    decode_envelope,
    decode_event,
    decompress,
    encode,
    encode_changes,
    encode_envelope,
    encode_event,
)
from sync.wire.messages import (
    MAX_ENVELOPE_BYTES,
    MAX_EVENTS,
    MAX_PLAIN_BYTES,
    TOMBSTONE,
    WIRE_VERSION,
    Ack,
    Changes,
    ChangesKind,
    Envelope,
    Hello,
    Notice,
    RawEnvelope,
    Row,
    Status,
)
from tests.unit.sync.wire.samples import events, messages, rows

EPOCH = Epoch("0123456789abcdef")
RAW = msgspec.Raw(b"{}")


def envelope(count: int = 1, from_seq: int = 1, v: int = WIRE_VERSION) -> RawEnvelope:
    return RawEnvelope(v, EPOCH, Seq(from_seq), (RAW,) * count)


def changes(*all_rows: Row, v: int = WIRE_VERSION, told: str | None = None) -> Changes:
    return Changes(
        v,
        ChangesKind.DELTA,
        SiteId("x"),
        HubVersion(1),
        HubVersion(2),
        checksum(all_rows) if told is None else told,
        PackVersion("p"),
        EpochMs(3),
        all_rows,
    )


@given(messages)
def test_messages_come_back(message: Message) -> None:
    """Every small message, whatever its texts."""
    assert decode(encode(message), type(message)) == message


@given(events)
def test_events_come_back(event: Event) -> None:
    """In the form that outbox and hub store."""
    assert decode_event(encode_event(event)) == event


@given(st.lists(events, min_size=1, max_size=20))
def test_envelopes_come_back_with_events_unread(all_events: list[Event]) -> None:
    """Each event as its own JSON, in order."""
    sent = Envelope(WIRE_VERSION, EPOCH, Seq(1), tuple(all_events))
    got = decode_envelope(encode_envelope(sent))
    assert (got.v, got.epoch, got.from_seq) == (sent.v, sent.epoch, sent.from_seq)
    assert tuple(decode_event(bytes(raw)) for raw in got.events) == sent.events


@given(st.lists(rows, max_size=10))
def test_changes_come_back(all_rows: list[Row]) -> None:
    """With their checksum verified."""
    sent = changes(*all_rows)
    got = decode_changes(encode_changes(sent))
    assert encode_changes(got) == encode_changes(sent)
    assert [row.deleted for row in got.rows] == [bytes(row.body) == b"null" for row in all_rows]


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_understood_or_refused(payload: bytes, packed: bool) -> None:
    """Nothing but `WireError` ever comes of noise."""
    noise = compress(payload) if packed else payload
    for kind in (Ack, Hello, Notice, Status):
        with suppress(WireError):
            assert isinstance(decode(noise, kind), kind)
    for read in (decode_event, decode_envelope, decode_changes):
        with pytest.raises(WireError):
            read(noise)


@given(events, st.data())
def test_a_flipped_byte_never_passes_as_something_worse(event: Event, data: st.DataObject) -> None:
    """A damaged envelope is refused, or holds events that are read one by one."""
    payload = bytearray(encode_envelope(Envelope(WIRE_VERSION, EPOCH, Seq(1), (event,))))
    at = data.draw(st.integers(0, len(payload) - 1))
    payload[at] ^= data.draw(st.integers(1, 255))
    try:
        got = decode_envelope(bytes(payload))
    except WireError:
        return
    assert 1 <= len(got.events) <= MAX_EVENTS


@pytest.mark.parametrize("field", ["v", "added_later"])
def test_an_added_field_is_passed_over(field: str) -> None:
    """A newer end may say more."""
    plain = b'{"epoch":"e","seq":1,"version":2,"' + field.encode() + b'":[1,{"x":2}]}'
    assert decode(plain, Ack) == Ack(Epoch("e"), Seq(1), HubVersion(2))


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (encode_envelope(envelope(v=2)), "wire version 2"),
        (encode_envelope(envelope(count=0)), "1 to 2000"),
        (encode_envelope(envelope(count=MAX_EVENTS + 1)), "1 to 2000"),
        (encode_envelope(envelope(from_seq=0)), "counted from 1"),
        (b"x" * (MAX_ENVELOPE_BYTES + 1), "at most"),
        (compress(b"[]"), "no valid envelope"),
        (compress(b'{"v":1'), "no valid envelope"),
        (compress(b"\xff\xfe"), "no valid envelope"),
        (compress(b"[" * 100_000), "no valid envelope"),
        (compress(b" " * (MAX_PLAIN_BYTES + 1)), "must name its size"),
        (zstandard.ZstdCompressor(write_content_size=False).compress(b"{}"), "must name its size"),
        (encode_envelope(envelope()) + b"more", "no valid zstd frame"),
        (encode_envelope(envelope())[:-2], "no valid zstd frame"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_envelope_out_of_bounds_is_refused(payload: bytes, words: str) -> None:
    """Each with what is wrong, and never with the content."""
    with pytest.raises(WireError, match=words):
        decode_envelope(payload)


def test_a_frame_that_lies_about_its_size_is_bounded() -> None:
    """A bomb that names a small size is cut off, one that names a large one is refused unread."""
    bomb = bytearray(compress(b"\0" * 1_000_000))
    with pytest.raises(WireError):
        decompress(bytes(bomb), 999_999)
    assert decompress(bytes(bomb), 1_000_000) == b"\0" * 1_000_000


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (changes(v=9), "wire version 9"),
        (changes(Row(Collection.ORDERS, "a", HubVersion(1), RAW), told="0" * 64), "checksum"),
        (changes(told=""), "checksum"),
    ],
)
def test_changes_that_do_not_add_up_are_refused(sent: Changes, words: str) -> None:
    """Nothing of them may be applied."""
    with pytest.raises(WireError, match=words):
        decode_changes(encode_changes(sent))


def test_the_checksum_tells_order_and_borders_apart() -> None:
    """Moving a character from one field or row to the next is another content."""
    first, second = (Row(Collection.ORDERS, key, HubVersion(1), RAW) for key in "ab")
    assert checksum((first, second)) != checksum((second, first))
    joined = Row(Collection.ORDERS, "a", HubVersion(11), TOMBSTONE)
    apart = Row(Collection.ORDERS, "a\x001", HubVersion(1), TOMBSTONE)
    assert checksum((joined,)) != checksum((apart,))


def test_a_deeply_nested_message_is_refused() -> None:
    """And does not take the process with it."""
    with pytest.raises(WireError):
        decode(b'{"epoch":' * 50_000, Ack)
    with pytest.raises(WireError):
        decode_event(b"[" * 100_000)


def test_an_event_of_an_unknown_type_is_refused_alone() -> None:
    """A newer device's event is unreadable here, but the envelope around it is not."""
    raw = msgspec.Raw(b'{"id":"e","seq":1,"at":1,"mono":1,"boot":"b","pack":"p","body":{"type":"Teleported"}}')
    got = decode_envelope(encode_envelope(RawEnvelope(WIRE_VERSION, EPOCH, Seq(1), (raw,))))
    with pytest.raises(WireError, match="no valid event"):
        decode_event(bytes(got.events[0]))
