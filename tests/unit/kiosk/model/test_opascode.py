"""Packing and unpacking of Opas's own codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.ids import EpochMs, SiteId
from kiosk.model.opascode import (
    PREFIX,
    SIGNATURE_BYTES,
    TEXT_LENGTH,
    CodeKind,
    MalformedCode,
    OpasCode,
    b45decode,
    b45encode,
    pack,
    signed_part,
    site_tag,
    unpack,
)

SIGNATURE = bytes(range(SIGNATURE_BYTES))
CODE = OpasCode(CodeKind.TICKET, 7, "00112233445566ff", EpochMs(1_790_000_000_000), None, site_tag(SiteId("harbour")))
ALPHANUMERIC = set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
seconds = st.integers(1, 2**32 - 1).map(lambda s: EpochMs(s * 1000))
codes = st.builds(
    OpasCode,
    st.sampled_from(CodeKind),
    st.integers(0, 255),
    st.binary(min_size=8, max_size=8).map(bytes.hex),
    seconds,
    st.none() | seconds,
    st.integers(0, 0xFFFF),
)


@given(codes, st.binary(min_size=SIGNATURE_BYTES, max_size=SIGNATURE_BYTES))
def test_what_is_packed_is_unpacked(code: OpasCode, signature: bytes) -> None:
    """Always the same length, always in the alphanumeric set of QR codes."""
    payload = pack(code, signature)
    assert len(payload) == TEXT_LENGTH == 130
    assert set(payload) <= ALPHANUMERIC
    assert unpack(payload) == (code, signature)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_code_or_malformed(payload: bytes) -> None:
    """Nothing else ever happens."""
    for candidate in (payload, PREFIX + payload):
        try:
            code, signature = unpack(candidate)
        except MalformedCode:
            continue
        assert pack(code, signature) == candidate


@given(st.binary(max_size=100))
def test_base45_is_reversible(data: bytes) -> None:
    """Any bytes there and back."""
    assert b45decode(b45encode(data)) == data


@pytest.mark.parametrize(
    ("plain", "text"),
    [(b"AB", b"BB8"), (b"Hello!!", b"%69 VD92EX0"), (b"base-45", b"UJCLQE7W581"), (b"ietf!", b"QED8WEX0")],
)
def test_base45_as_in_the_rfc(plain: bytes, text: bytes) -> None:
    """The examples of RFC 9285 sections 4.3 and 4.4."""
    assert b45encode(plain) == text
    assert b45decode(text) == plain


@pytest.mark.parametrize("text", [b"A", b"ABCD", b"ab0", b"::::::", b":::", b"ZZ", b"\xff00"])
def test_what_base45_forbids(text: bytes) -> None:
    """A length, a character, a value out of range (RFC 9285 section 6)."""
    with pytest.raises(MalformedCode):
        b45decode(text)


@pytest.mark.parametrize(
    "payload",
    [b"", b"OP2:AAA", PREFIX, PREFIX + b"BB8", pack(CODE, SIGNATURE) + b"0", pack(CODE, SIGNATURE)[:-1]],
)
def test_what_is_not_exactly_one_code(payload: bytes) -> None:
    """Too short, too long, another prefix."""
    with pytest.raises(MalformedCode):
        unpack(payload)


def test_an_unknown_kind_is_malformed() -> None:
    """A later version's code is told apart from noise only by its message."""
    raw = b45decode(pack(CODE, SIGNATURE)[len(PREFIX) :])
    with pytest.raises(MalformedCode, match="number 9"):
        unpack(PREFIX + b45encode(b"\x09" + raw[1:]))


@pytest.mark.parametrize(
    "changes",
    [
        {"key_id": 256},
        {"identifier": "00"},
        {"identifier": "00112233445566ff00"},
        {"identifier": "00 11 22 33 44 5"},
        {"identifier": "order A17 please"},
        {"valid_from": EpochMs(-1)},
        {"valid_until": EpochMs(2**32 * 1000)},
        {"valid_until": EpochMs(999)},
        {"site": 65_536},
    ],
)
def test_a_field_out_of_range_is_refused(changes: dict[str, object]) -> None:
    """Never cut or padded in silence: the code would stand for something else."""
    fields = {name: getattr(CODE, name) for name in CODE.__struct_fields__} | changes
    with pytest.raises(ValueError, match=r"range|identifier|end|hex"):
        signed_part(OpasCode(**fields))


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    """It can't be an Ed25519 signature."""
    with pytest.raises(ValueError, match="64 bytes"):
        pack(CODE, bytes(size))


def test_a_sites_tag_is_stable_and_never_stands_for_every_site() -> None:
    """Changing it would make every printed code foreign."""
    assert site_tag(SiteId("harbour")) == 0xAA74
    # The SHA-256 of this name begins with two zero bytes.
    assert site_tag(SiteId("site-26677")) == 1
