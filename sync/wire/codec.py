"""Bytes on the wire: msgspec JSON, compressed with zstd where it pays; every size bounded before it is believed."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import msgspec
import zstandard

from kiosk.model.event import Event
from sync.wire.messages import (
    MAX_ENVELOPE_BYTES,
    MAX_EVENTS,
    MAX_PLAIN_BYTES,
    WIRE_VERSION,
    Ack,
    Changes,
    Claims,
    Envelope,
    Hello,
    Notice,
    RawEnvelope,
    Row,
    Status,
)

T = TypeVar("T")
Message = Ack | Claims | Hello | Notice | Status
_ZSTD_LEVEL = 3
_ENCODER = msgspec.json.Encoder()
_EVENT = msgspec.json.Decoder(Event)
_RAW_ENVELOPE = msgspec.json.Decoder(RawEnvelope)
_CHANGES = msgspec.json.Decoder(Changes)
_MAX_CHANGES_BYTES = 512_000_000


class WireError(ValueError):
    """Bytes that are not what they should be; the message says what is wrong, without their content."""


def encode(message: Message) -> bytes:
    """A small message as plain JSON."""
    return _ENCODER.encode(message)


def decode(payload: bytes, kind: type[T]) -> T:
    """The message of the type `kind`. Raises `WireError`."""
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"no valid {kind.__name__}: {error}"
        raise WireError(msg) from error


def encode_event(event: Event) -> bytes:
    """One event as JSON, the form that outbox and hub store."""
    return _ENCODER.encode(event)


def decode_event(body: bytes) -> Event:
    """One event. Raises `WireError`."""
    try:
        return _EVENT.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"no valid event: {error}"
        raise WireError(msg) from error


def encode_envelope(envelope: Envelope | RawEnvelope) -> bytes:
    """An envelope, compressed. The caller keeps to `MAX_EVENTS` and checks the size against `MAX_ENVELOPE_BYTES`."""
    return compress(_ENCODER.encode(envelope))


def decode_envelope(payload: bytes) -> RawEnvelope:
    """An envelope with its events unread. Raises `WireError`."""
    if len(payload) > MAX_ENVELOPE_BYTES:
        msg = f"an envelope has at most {MAX_ENVELOPE_BYTES} bytes, this one {len(payload)}"
        raise WireError(msg)
    try:
        envelope = _RAW_ENVELOPE.decode(decompress(payload, MAX_PLAIN_BYTES))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"no valid envelope: {error}"
        raise WireError(msg) from error
    if envelope.v != WIRE_VERSION:
        msg = f"wire version {envelope.v} is not known here"
        raise WireError(msg)
    if not 1 <= len(envelope.events) <= MAX_EVENTS or envelope.from_seq < 1:
        msg = "an envelope holds 1 to 500 events, counted from 1"
        raise WireError(msg)
    return envelope


def encode_changes(changes: Changes) -> bytes:
    """Changes, compressed."""
    return compress(_ENCODER.encode(changes))


def decode_changes(payload: bytes) -> Changes:
    """Changes, their checksum verified. Raises `WireError`."""
    try:
        changes = _CHANGES.decode(decompress(payload, _MAX_CHANGES_BYTES))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"no valid changes: {error}"
        raise WireError(msg) from error
    if changes.v != WIRE_VERSION:
        msg = f"wire version {changes.v} is not known here"
        raise WireError(msg)
    if checksum(changes.rows) != changes.checksum:
        msg = "the checksum does not match the rows"
        raise WireError(msg)
    return changes


def checksum(rows: Iterable[Row]) -> str:
    """Hex SHA-256 over collection, key, version and body of each row, each ended by a zero byte, in the rows' order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.collection}\0{row.key}\0{row.version}\0".encode() + bytes(row.body) + b"\0")
    return digest.hexdigest()


def compress(plain: bytes) -> bytes:
    """One zstd frame that names its size."""
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(plain)


def decompress(packed: bytes, limit: int) -> bytes:
    """The content of one zstd frame that names a size of at most `limit` bytes. Raises `WireError`."""
    try:
        size = zstandard.frame_content_size(packed)
        if not 0 <= size <= limit:
            msg = f"a frame must name its size, {limit} bytes at most"
            raise WireError(msg)
        plain: bytes = zstandard.ZstdDecompressor().decompress(packed, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError as error:
        msg = f"no valid zstd frame: {error}"
        raise WireError(msg) from error
    return plain
