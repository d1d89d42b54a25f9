"""Signed claims in the EU certificate's envelope: who signed them, when they count, and what is wrong by name."""

import zlib

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kiosk.model.foreign import Format, Proof, Reason, SignedClaims
from kiosk.model.ids import EpochMs
from kiosk.model.trust import ClaimsKey, Trust
from kiosk.scanning.formats import Plain
from tests.unit.kiosk.scanning.formats.issuers import (
    CLAIMS,
    HOUR,
    NOW,
    NOW_S,
    OFFER,
    OFFERS,
    STATE,
    base45,
    certificate,
    der,
    envelope,
    offer,
    sign1,
    trust,
)
from tests.unit.kiosk.scanning.formats.reading import foreign, read, refusal, ticket

# RFC 8392 appendix A.2.3 (the key) and A.3 (the signed token).
_RFC_X = 0x143329CCE7868E416927599CF65A34F3CE2FFDA55A7ECA69ED8919A394D42F0F
_RFC_Y = 0x60F7F1A780D8A783BFB7A2DD6B2796E8128DBBCEF9D3D168DB9529971A36E7B9
_RFC_TOKEN = bytes.fromhex(
    "d28443a10126a104524173796d6d657472696345434453413235365850a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572"
    "696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b7158405427c1"
    "ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee743a52b9b63632c5720912"
    "0e1c9e30"
)
_RFC_KEY_ID = b"AsymmetricECDSA256"
_SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def test_an_offer_is_read_and_checked() -> None:
    assert ticket(SignedClaims, offer()) == SignedClaims(
        prefix="OF1:",
        algorithm=-8,
        key_id=b"offers",
        issuer="opas.example",
        subject="loyalty",
        issued_at=EpochMs(NOW - 1000 * HOUR),
        valid_from=None,
        valid_until=EpochMs(NOW + 1000 * HOUR),
        token_id=b"\xca\xfe",
        content=cbor2.dumps(OFFER),
        proof=Proof.GOOD,
    )


def test_a_certificate_is_read_and_checked() -> None:
    found = ticket(SignedClaims, certificate())
    assert (found.algorithm, found.issuer, found.proof) == (-7, "FI", Proof.GOOD)


def test_a_token_signed_with_rsa_is_checked() -> None:
    """Some states sign their certificates with PS256."""
    claims = cbor2.dumps({**CLAIMS, -65537: OFFER})
    assert ticket(SignedClaims, envelope(sign1(claims, -37, b"salted"))).proof is Proof.GOOD
    assert refusal(Format.CLAIMS, envelope([*sign1(claims, -37, b"salted")[:3], bytes(256)])) is Reason.BAD_SIGNATURE
    wrong = Trust(claims_keys=(ClaimsKey(b"salted", der(OFFERS)),))
    assert refusal(Format.CLAIMS, envelope(sign1(claims, -37, b"salted")), wrong) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_a_longer_curve_has_a_longer_signature(curve: ec.EllipticCurve) -> None:
    private = ec.generate_private_key(curve)
    size = (curve.key_size + 7) // 8
    claims, protected = cbor2.dumps({-65537: OFFER}), cbor2.dumps({1: -7, 4: b"long"})
    message = cbor2.dumps(["Signature1", protected, b"", claims])
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
    token = envelope([protected, {}, claims, r.to_bytes(size, "big") + s.to_bytes(size, "big")])
    assert ticket(SignedClaims, token, Trust(claims_keys=(ClaimsKey(b"long", der(private)),))).proof is Proof.GOOD


def test_the_standards_own_token_verifies() -> None:
    """RFC 8392 appendix A.3: its signature is good, so what it lacks is told: the content of a certificate."""
    public = _SPKI_P256 + b"\4" + _RFC_X.to_bytes(32, "big") + _RFC_Y.to_bytes(32, "big")
    whom = Trust(claims_keys=(ClaimsKey(_RFC_KEY_ID, public),))
    token = b"HC1:" + base45(zlib.compress(_RFC_TOKEN))
    assert refusal(Format.CLAIMS, token, whom) is Reason.MISSING_FIELD
    changed = b"HC1:" + base45(zlib.compress(_RFC_TOKEN.replace(b"erikw", b"erikv")))
    assert refusal(Format.CLAIMS, changed, whom) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("wrap", [lambda parts: parts, lambda parts: cbor2.CBORTag(55799, cbor2.CBORTag(18, parts))])
def test_the_tags_are_the_issuers_choice(wrap: object) -> None:
    assert callable(wrap)
    claims = cbor2.dumps({**CLAIMS, -65537: OFFER})
    assert ticket(SignedClaims, envelope(wrap(sign1(claims)))).proof is Proof.GOOD


@pytest.mark.parametrize(
    ("header", "outer"), [({1: -8}, {4: b"offers"}), (None, {1: -8, 4: b"offers"}), ({4: b"offers"}, {1: -8})]
)
def test_a_header_may_stand_unprotected(header: object, outer: object) -> None:
    claims = cbor2.dumps({-65537: OFFER})
    protected = b"" if header is None else cbor2.dumps(header)
    signature = OFFERS.sign(cbor2.dumps(["Signature1", protected, b"", claims]))
    found = ticket(SignedClaims, envelope([protected, outer, claims, signature]))
    assert (found.key_id, found.proof, found.valid_until, found.issuer) == (b"offers", Proof.GOOD, None, "")


def test_an_offer_of_any_size_verifies() -> None:
    """The signature covers lengths of one, two and three bytes of CBOR alike."""
    for size in (0, 20, 200, 2000):
        assert ticket(SignedClaims, offer({-65537: "x" * size})).proof is Proof.GOOD


def test_a_token_that_nobody_here_can_check_is_told_so() -> None:
    for payload in (offer(), certificate()):
        assert ticket(SignedClaims, payload, Trust()).proof is Proof.UNCHECKED


@pytest.mark.parametrize(
    "key",
    [
        ClaimsKey(b"offers", der(STATE)),
        ClaimsKey(b"offers", b"no key"),
        ClaimsKey(b"state", der(OFFERS)),
        ClaimsKey(b"state", bytes(10)),
    ],
)
def test_a_key_of_another_kind_proves_nothing(key: ClaimsKey) -> None:
    payload = offer() if key.key_id == b"offers" else certificate()
    assert refusal(Format.CLAIMS, payload, Trust(claims_keys=(key,))) is Reason.BAD_SIGNATURE
    both = Trust(claims_keys=(key, *trust().claims_keys))
    assert ticket(SignedClaims, payload, both).proof is Proof.GOOD


def test_a_changed_token_is_forged_and_shows_nothing() -> None:
    for algorithm, key_id in ((-8, b"offers"), (-7, b"state")):
        parts = sign1(cbor2.dumps({**CLAIMS, -65537: OFFER}), algorithm, key_id)
        signature = parts[3]
        assert isinstance(signature, bytes)
        for wrong in (signature[:-1] + bytes((signature[-1] ^ 1,)), signature[:-1], b""):
            forged = foreign(envelope([*parts[:3], wrong]))
            assert (forged.problem, forged.ticket) == (Reason.BAD_SIGNATURE, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({4: NOW_S - HOUR}, Reason.EXPIRED),
        ({5: NOW_S + HOUR}, Reason.NOT_YET_VALID),
        ({6: NOW_S + HOUR}, Reason.NOT_YET_VALID),
        ({4: NOW_S - 121.5}, Reason.EXPIRED),
    ],
)
def test_a_token_out_of_its_time_says_which_way(changes: dict[int, object], reason: Reason) -> None:
    late = foreign(offer(changes))
    assert late.problem is reason
    assert late.ticket is not None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({1: 7}, Reason.BAD_ENCODING),
        ({1: "x" * 129}, Reason.BAD_LENGTH),
        ({2: "a\nb"}, Reason.BAD_TEXT),
        ({4: "soon"}, Reason.BAD_ENCODING),
        ({4: True}, Reason.BAD_ENCODING),
        ({4: -1}, Reason.BAD_DATE),
        ({4: 1 << 40}, Reason.BAD_DATE),
        ({4: float("nan")}, Reason.BAD_DATE),
        ({4: float("inf")}, Reason.BAD_DATE),
        ({7: "id"}, Reason.BAD_ENCODING),
        ({7: bytes(65)}, Reason.BAD_LENGTH),
    ],
)
def test_a_claim_that_is_wrong_has_a_name(changes: dict[int, object], reason: Reason) -> None:
    assert refusal(Format.CLAIMS, offer(changes)) is reason


def _claims(data: bytes) -> bytes:
    return envelope(sign1(data))


def _header(header: object, unprotected: object = None) -> bytes:
    return envelope([cbor2.dumps(header), unprotected, b"", bytes(64)])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"OF1:", Reason.BAD_COMPRESSION),
        (b"OF1:a", Reason.BAD_ENCODING),
        (b"OF1:" + base45(b"not packed"), Reason.BAD_COMPRESSION),
        (b"OF1:" + base45(zlib.compress(bytes(32_769))), Reason.TOO_LARGE),
        (b"OF1:" + base45(zlib.compress(b"\x9f" * 9000)), Reason.TOO_DEEP),
        (envelope([]), Reason.BAD_LENGTH),
        (envelope({}), Reason.BAD_ENCODING),
        (envelope(sign1(b"")[:3]), Reason.BAD_LENGTH),
        (b"OF1:" + base45(zlib.compress(cbor2.dumps(sign1(b"")) + b"\0")), Reason.TRAILING),
        (envelope(["", {}, b"", b""]), Reason.BAD_ENCODING),
        (envelope([b"", {}, "", b""]), Reason.BAD_ENCODING),
        (envelope([b"", {}, b"", None]), Reason.BAD_ENCODING),
        (envelope([b"", {}, b"", b""]), Reason.UNKNOWN_VERSION),
        (_header([]), Reason.BAD_ENCODING),
        (_header({1: -257}), Reason.UNKNOWN_VERSION),
        (_header({1: "ES256"}), Reason.UNKNOWN_VERSION),
        (_header({1: -8, 4: "text"}), Reason.BAD_ENCODING),
        (_header({1: -8}, {4: bytes(65)}), Reason.BAD_LENGTH),
        (_claims(b""), Reason.TRUNCATED),
        (_claims(b"\x80"), Reason.BAD_ENCODING),
        (_claims(cbor2.dumps(CLAIMS)), Reason.MISSING_FIELD),
        (_claims(cbor2.dumps({**CLAIMS, -65537: OFFER}) + b"\0"), Reason.TRAILING),
        (_claims(b"\xa2\1\0\1\0"), Reason.REPEATED_FIELD),
        (_claims(b"\xa1\x40\0"), Reason.BAD_ENCODING),
        (_claims(b"\xa1\xf5\0"), Reason.BAD_ENCODING),
    ],
)
def test_what_is_wrong_has_a_name(payload: bytes, reason: Reason) -> None:
    assert refusal(Format.CLAIMS, payload) is reason


def test_the_content_belongs_to_the_prefix() -> None:
    """A health certificate is no offer, and the other way round."""
    assert refusal(Format.CLAIMS, b"OF1:" + certificate()[4:]) is Reason.MISSING_FIELD
    assert refusal(Format.CLAIMS, b"HC1:" + offer()[4:]) is Reason.MISSING_FIELD


def test_another_prefix_is_plain() -> None:
    other = b"HC2:" + certificate()[4:]
    assert read(other) == Plain(other)


def test_what_an_offer_says_can_not_be_printed_by_mistake() -> None:
    found = foreign(offer())
    assert repr(found) == "Foreign(…)"
    assert repr(found.ticket) == "SignedClaims(…)"
    assert msgspec.structs.asdict(found)["payload"] == offer()
