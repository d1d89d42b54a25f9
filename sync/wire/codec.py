"""Bytes on the wire: msgspec JSON, compressed with zstd where it pays; every size bounded before it is believed."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar, cast

import msgspec
import zstandard

from kiosk.model.event import Event
from kiosk.model.ids import EpochMs, HubVersion, PackVersion, SiteId
from kiosk.model.records import Collection
from sync.wire.messages import (
    MAX_ENVELOPE_BYTES,
    MAX_EVENTS,
    MAX_PLAIN_BYTES,
    TOMBSTONE,
    WIRE_VERSION,
    Ack,
    Changes,
    ChangesKind,
    Claims,
    Envelope,
    Hello,
    Notice,
    RawClaims,
    RawEnvelope,
    Row,
    Status,
)

T = TypeVar("T")
Message = Ack | Claims | Hello | Notice | RawClaims | Status
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


def decode_claims(payload: bytes) -> Claims:
    """What another device tells, without the events that a newer release wrote and nobody here can read yet.

    They come once more with the hub's data. Raises `WireError` for what is no such message at all.
    """
    raw = decode(payload, RawClaims)
    events = tuple(event for body in raw.events if (event := _known_event(bytes(body))) is not None)
    return Claims(raw.v, raw.device, raw.epoch, raw.acked, raw.version, events, raw.ask, raw.wishes)


def _known_event(body: bytes) -> Event | None:
    try:
        return decode_event(body)
    except WireError:
        return None


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
        msg = f"an envelope holds 1 to {MAX_EVENTS} events, counted from 1"
        raise WireError(msg)
    return envelope


def encode_changes(changes: Changes) -> bytes:
    """Changes, compressed."""
    return compress(_ENCODER.encode(changes))


def decode_changes(payload: bytes) -> Changes:
    """Changes, their checksum verified. Raises `WireError`.

    Rows of collections that a newer hub has and nobody here knows are kept under their names, unread, for the release
    that comes; they are not asked for again.
    """
    plain = decompress(payload, _MAX_CHANGES_BYTES)
    try:
        try:
            changes = _CHANGES.decode(plain)
        except msgspec.ValidationError:
            changes = _with_known_rows(_ANY_CHANGES.decode(plain))
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


class _AnyRow(msgspec.Struct, frozen=True):
    """A `Row` of any collection."""

    collection: str
    key: str
    version: HubVersion
    body: msgspec.Raw = TOMBSTONE


class _AnyChanges(msgspec.Struct, frozen=True):
    """`Changes` with rows of any collection."""

    v: int
    kind: ChangesKind
    site: SiteId
    since: HubVersion
    version: HubVersion
    checksum: str
    pack: PackVersion | None
    at: EpochMs
    rows: tuple[_AnyRow, ...]


_ANY_CHANGES = msgspec.json.Decoder(_AnyChanges)


def _with_known_rows(found: _AnyChanges) -> Changes:
    rows = tuple(Row(cast("Collection", row.collection), row.key, row.version, row.body) for row in found.rows)
    return Changes(
        found.v, found.kind, found.site, found.since, found.version, found.checksum, found.pack, found.at, rows
    )


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
