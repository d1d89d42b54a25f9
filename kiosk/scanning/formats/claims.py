"""Signed claims: CBOR web tokens under COSE_Sign1, packed for a QR code as the EU's digital certificates are.

    prefix      HC1: (EU digital COVID certificate) or OF1: (an offer in the same envelope)
    base45      RFC 9285, of
    zlib        RFC 1950, of
    COSE_Sign1  RFC 9052 section 4.2, with or without tag 18 and CWT's tag 61: an array of
                protected    bytes: CBOR map {1 algorithm, 4 key id}
                unprotected  map of the same, for what isn't protected
                payload      bytes: CWT claims (RFC 8392 section 3.1) {1 issuer, 2 subject, 4 expires, 5 not before,
                             6 issued at, 7 token id} and the content: claim -260 under HC1, -65537 (private use) under OF1
                signature    bytes, over Sig_structure (RFC 9052 section 4.4)

Source of the envelope: eHealth Network, Electronic Health Certificate Specification 1, sections 3 and 4. Algorithms
(RFC 9053, RFC 8230): -7 ES256, -8 EdDSA with Ed25519, -37 PS256; another is `UNKNOWN_VERSION`. The content stays the bytes it is: what an
offer says is for the one who takes it, and what a health certificate says is nobody's business here.
"""

from collections.abc import Callable, Sequence

import msgspec

from kiosk.model.foreign import Format, Proof, Reason, SignedClaims
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import MalformedCode, b45decode
from kiosk.model.trust import ClaimsKey, Trust
from kiosk.scanning.formats.cbor import ARRAY, MAP, CborReader, Value
from kiosk.scanning.formats.cursor import Bad, require
from kiosk.scanning.formats.inflate import inflate
from kiosk.scanning.formats.result import Foreign
from kiosk.scanning.formats.signatures import is_eddsa_der, is_es256, is_ps256
from kiosk.scanning.formats.times import out_of_time

_CONTENT_CLAIM = {b"HC1:": -260, b"OF1:": -65537}
PREFIXES = tuple(_CONTENT_CLAIM)
_VERIFIERS: dict[int, Callable[[bytes, bytes, bytes], bool]] = {-7: is_es256, -8: is_eddsa_der, -37: is_ps256}
_ALGORITHM, _KEY_ID = 1, 4
_ISSUER, _SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED, _TOKEN = 1, 2, 4, 5, 6, 7
_LARGEST = 32_768
"""A QR code holds less than 3 KiB; real certificates unpack to less than 1."""
_LONGEST_TEXT = 128
_LONGEST_ID = 64
_PARTS_OF_SIGN1 = 4
_LAST_SECOND = 1 << 40


class _Sign1(msgspec.Struct, frozen=True):
    algorithm: int
    key_id: bytes
    signed: bytes
    claims: bytes
    signature: bytes


def read_claims(payload: bytes, trust: Trust, now_ms: EpochMs) -> Foreign | None:
    """The token in `payload`, None if it has another prefix."""
    prefix = payload[:4]
    if prefix not in PREFIXES:
        return None
    try:
        sign1 = _sign1(_unpacked(payload[len(prefix) :]))
        ticket = _ticket(prefix, sign1, _proof(sign1, trust.claims_keys))
    except Bad as bad:
        return Foreign(Format.CLAIMS, payload, None, bad.reason)
    since = max((moment for moment in (ticket.issued_at, ticket.valid_from) if moment is not None), default=None)
    return Foreign(Format.CLAIMS, payload, ticket, out_of_time(since, ticket.valid_until, now_ms))


def _unpacked(text: bytes) -> bytes:
    try:
        packed = b45decode(text)
    except MalformedCode as error:
        raise Bad(Reason.BAD_ENCODING) from error
    return inflate(packed, _LARGEST)


def _sign1(data: bytes) -> _Sign1:
    reader = CborReader(data)
    parts = [reader.item() for _ in reader.members(ARRAY)]
    reader.cursor.end()
    require(len(parts) == _PARTS_OF_SIGN1, Reason.BAD_LENGTH)
    protected, unprotected, claims, signature = parts
    if not isinstance(protected, bytes) or not isinstance(claims, bytes) or not isinstance(signature, bytes):
        raise Bad(Reason.BAD_ENCODING)
    header = _map(protected) if protected else {}
    outer = unprotected if isinstance(unprotected, dict) else {}
    algorithm = header.get(_ALGORITHM, outer.get(_ALGORITHM))
    if not isinstance(algorithm, int) or algorithm not in _VERIFIERS:
        raise Bad(Reason.UNKNOWN_VERSION)
    key_id = _bytes(header.get(_KEY_ID, outer.get(_KEY_ID)))
    signed = b"\x84\x6aSignature1" + _byte_string(protected) + b"\x40" + _byte_string(claims)
    return _Sign1(algorithm, key_id, signed, claims, signature)


def _map(data: bytes) -> dict[int | str, Value]:
    reader = CborReader(data)
    found = reader.item()
    reader.cursor.end()
    if not isinstance(found, dict):
        raise Bad(Reason.BAD_ENCODING)
    return found


def _byte_string(data: bytes) -> bytes:
    """`data` in CBOR's shortest form. None of ours is longer than `_LARGEST`, so two bytes of length suffice."""
    size = len(data)
    if size < 24:  # noqa: PLR2004 - RFC 8949 section 3
        return bytes((0x40 | size,)) + data
    return (b"\x58" + bytes((size,)) if size < 256 else b"\x59" + size.to_bytes(2, "big")) + data  # noqa: PLR2004


def _proof(sign1: _Sign1, keys: Sequence[ClaimsKey]) -> Proof:
    fitting = [key for key in keys if key.key_id == sign1.key_id]
    if not fitting:
        return Proof.UNCHECKED
    verify = _VERIFIERS[sign1.algorithm]
    require(any(verify(key.public, sign1.signature, sign1.signed) for key in fitting), Reason.BAD_SIGNATURE)
    return Proof.GOOD


def _ticket(prefix: bytes, sign1: _Sign1, proof: Proof) -> SignedClaims:
    claims, content = _claims(sign1.claims, _CONTENT_CLAIM[prefix])
    return SignedClaims(
        prefix=prefix.decode(),
        algorithm=sign1.algorithm,
        key_id=sign1.key_id,
        issuer=_text(claims.get(_ISSUER)),
        subject=_text(claims.get(_SUBJECT)),
        issued_at=_moment(claims.get(_ISSUED)),
        valid_from=_moment(claims.get(_NOT_BEFORE)),
        valid_until=_moment(claims.get(_EXPIRES)),
        token_id=_bytes(claims.get(_TOKEN)),
        content=content,
        proof=proof,
    )


def _claims(data: bytes, content_claim: int) -> tuple[dict[int | str, Value], bytes]:
    """The claims, and the content's bytes as they stand."""
    reader = CborReader(data)
    found: dict[int | str, Value] = {}
    content = b""
    for _ in reader.members(MAP):
        name = reader.item()
        if isinstance(name, bool) or not isinstance(name, int | str):
            raise Bad(Reason.BAD_ENCODING)
        require(name not in found, Reason.REPEATED_FIELD)
        start = reader.cursor.at
        found[name] = reader.item()
        content = reader.cursor.since(start) if name == content_claim else content
    reader.cursor.end()
    require(bool(content), Reason.MISSING_FIELD)
    return found, content


def _text(value: Value) -> str:
    text = "" if value is None else value
    if not isinstance(text, str):
        raise Bad(Reason.BAD_ENCODING)
    require(len(text) <= _LONGEST_TEXT, Reason.BAD_LENGTH)
    require(text.isprintable(), Reason.BAD_TEXT)
    return text


def _bytes(value: Value) -> bytes:
    found = b"" if value is None else value
    if not isinstance(found, bytes):
        raise Bad(Reason.BAD_ENCODING)
    require(len(found) <= _LONGEST_ID, Reason.BAD_LENGTH)
    return found


def _moment(value: Value) -> EpochMs | None:
    """A NumericDate (RFC 8392 section 2), whole or not. NaN and the infinities are no dates."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Bad(Reason.BAD_ENCODING)
    require(0 <= value < _LAST_SECOND, Reason.BAD_DATE)
    return EpochMs(int(value * 1000))
