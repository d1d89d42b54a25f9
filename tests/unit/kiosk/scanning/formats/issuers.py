"""Other houses, played: each makes valid codes of its format with its own hands, not with what is tested."""

import base64
import struct
import zlib
from functools import cache

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.model.ids import EpochMs, SiteId
from kiosk.model.opascode import CodeKind, OpasCode, pack, signed_part, site_tag
from kiosk.model.rotatingcode import credential_secret, issue
from kiosk.model.sitekey import rotating_key
from kiosk.model.trust import ClaimsKey, Digest, OrderPattern, RailKey, Trust

NOW = EpochMs(1_790_000_000_000)
"""21 September 2026, 14:13:20 UTC."""
NOW_S = NOW // 1000
HOUR = 3600
SITE = site_tag(SiteId("terminal"))
ROTATING_KEY = rotating_key(bytes(range(32)))
IDENTIFIER = "0123456789abcdef"

PRETIX = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OFFERS = Ed25519PrivateKey.from_private_bytes(b"\2" * 32)
STATE = ec.derive_private_key(4711, ec.SECP256R1())
SALTED = rsa.generate_private_key(65537, 2048)
OPAS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@cache
def rail(bits: int) -> dsa.DSAPrivateKey:
    return dsa.generate_private_key(bits)


def der(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@cache
def trust() -> Trust:
    """A site that trusts every house here."""
    return Trust(
        site=SITE,
        rotating_key=ROTATING_KEY,
        pretix_keys=(PRETIX.public_key().public_bytes_raw(),),
        rail_keys=(
            RailKey("1080", "00001", der(rail(1024))),
            RailKey("1181", "00301", der(rail(2048)), Digest.SHA256),
        ),
        claims_keys=(
            ClaimsKey(b"offers", der(OFFERS)),
            ClaimsKey(b"state", der(STATE)),
            ClaimsKey(b"salted", der(SALTED)),
        ),
        order_patterns=(OrderPattern("@##"), OrderPattern("ORD-####")),
    )


def signed(kind: CodeKind = CodeKind.TICKET) -> bytes:
    code = OpasCode(kind, 7, IDENTIFIER, EpochMs(NOW - 1000 * HOUR), EpochMs(NOW + 1000 * HOUR), SITE)
    return pack(code, OPAS.sign(signed_part(code)))


def rotating(at: int = NOW, kind: CodeKind = CodeKind.TICKET, site: int = SITE, key: bytes = ROTATING_KEY) -> bytes:
    return issue(credential_secret(key, kind, IDENTIFIER), kind, IDENTIFIER, site, EpochMs(at))


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes((number,))


def protobuf(fields: dict[int, int | bytes]) -> bytes:
    """Proto3's way: what is empty is left out."""
    out = b""
    for number, value in fields.items():
        if isinstance(value, bytes) and value:
            out += varint(number << 3 | 2) + varint(len(value)) + value
        elif isinstance(value, int) and value:
            out += varint(number << 3) + varint(value)
    return out


PRETIX_FIELDS: dict[int, int | bytes] = {1: b"k3Vd9sQxZ", 2: 4711, 3: 12, 4: 0, 5: NOW_S - HOUR, 6: NOW_S + HOUR}


def pretix(message: bytes, key: Ed25519PrivateKey = PRETIX) -> bytes:
    raw = b"\1" + struct.pack(">HH", len(message), 64) + message + key.sign(message)
    return base64.b64encode(raw)[::-1]


def record(name: str, body: bytes, version: str = "01", size: int | None = None) -> bytes:
    return f"{name:6}{version}{len(body) + 12 if size is None else size:04}".encode() + body


HEAD = b"1080" + b"KEY-4711            " + b"210920261413" + b"0" + b"DE" + b"EN"
RECORDS = record("U_HEAD", HEAD) + record("U_TLAY", b"RCT20001" + b"0000013000004Test")


def rail_v1(records: bytes = RECORDS, packed: bytes | None = None) -> bytes:
    """Version 1: DSA over SHA-1, in DER, filled up with zeros to 50 bytes."""
    body = zlib.compress(records) if packed is None else packed
    signature = rail(1024).sign(body, hashes.SHA1())  # noqa: S303 - the format says so
    return b"#UT01" + b"1080" + b"00001" + signature.ljust(50, b"\0") + f"{len(body):04}".encode() + body


def rail_v2(records: bytes = RECORDS) -> bytes:
    """Version 2: DSA over SHA-256, r and s of 32 bytes each."""
    body = zlib.compress(records)
    r, s = decode_dss_signature(rail(2048).sign(body, hashes.SHA256()))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return b"#UT02" + b"1181" + b"00301" + signature + f"{len(body):04}".encode() + body


_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(data: bytes) -> bytes:
    """RFC 9285 section 4, by the book."""
    text = ""
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            text += _BASE45[digit]
    return text.encode()


CLAIMS = {1: "opas.example", 2: "loyalty", 6: NOW_S - HOUR, 4: NOW_S + HOUR, 7: b"\xca\xfe"}
OFFER = {"item": "coffee", "percent": 20}


def sign1(claims: bytes, algorithm: int = -8, key_id: bytes = b"offers") -> list[object]:
    """The four parts of a COSE_Sign1, signed by the house whose key id it is."""
    protected = cbor2.dumps({1: algorithm, 4: key_id})
    message = cbor2.dumps(["Signature1", protected, b"", claims])
    if algorithm == -37:
        signature = SALTED.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    elif algorithm == -7:
        r, s = decode_dss_signature(STATE.sign(message, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    else:
        signature = OFFERS.sign(message)
    return [protected, {}, claims, signature]


def envelope(cose: object, prefix: bytes = b"OF1:") -> bytes:
    return prefix + base45(zlib.compress(cbor2.dumps(cose)))


def offer(changes: dict[int, object] | None = None) -> bytes:
    claims = {**CLAIMS, -65537: OFFER, **(changes or {})}
    return envelope(cbor2.CBORTag(18, sign1(cbor2.dumps(claims))))


def certificate() -> bytes:
    claims = cbor2.dumps({1: "FI", 4: NOW_S + HOUR, 6: NOW_S - HOUR, -260: {1: {"ver": "1.3.0"}}})
    return envelope(cbor2.CBORTag(61, cbor2.CBORTag(18, sign1(claims, -7, b"state"))), b"HC1:")


SECURITY = "^164GIWVC5EH7JNT684FVNJ91W2QA4DVN5J8K4F0L0GEQ3DF5TGBN8709HKT5D3DW3GBHFCVHMY7J5T6HFR41W2QA4DVN5J8K4F0L0GE"
ONE_LEG = "M1DESMARAIS/LUC       EABC123 YULFRAAC 0834 226F001A0025 100"
TWO_LEGS = (
    "M2DESMARAIS/LUC       EABC123 YULFRAAC 0834 226F001A0025 14D>6181WW6225BAC 00141234560032A0141234567890 1AC AC "
    "1234567890123    20KYLX58ZDEF456 FRAGVALH 3664 227C012C0002 12E2A0140987654321 1AC AC 1234567890123    2PCNWQ"
    + SECURITY
)
"""The examples of IATA's BCBP Implementation Guide."""

ELEMENTS = b"]d2010950600013435210ABC123\x1d17261225"
LINK = b"https://id.gs1.org/01/09506000134352/10/ABC123?17=261225&linkType=all"


@cache
def every_code() -> tuple[bytes, ...]:
    """A valid code of each format."""
    return (
        signed(),
        rotating(),
        pretix(protobuf(PRETIX_FIELDS)),
        rail_v1(),
        rail_v2(),
        offer(),
        certificate(),
        ONE_LEG.encode(),
        TWO_LEGS.encode(),
        ELEMENTS,
        b"(01)09506000134352(10)ABC123",
        LINK,
        b"a17",
    )
