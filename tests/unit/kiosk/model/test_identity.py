"""Claim codes: what they stand for, and how people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.identity import (
    CODE_LENGTH,
    ClaimCode,
    Fingerprint,
    claim_code,
    fingerprint_of,
    read_code,
    scanned,
    shown,
)

KEYS = st.binary(min_size=1, max_size=200)
NONCES = st.binary(min_size=16, max_size=16)


@given(KEYS, NONCES)
def test_a_code_is_read_back_however_it_is_typed(key: bytes, nonce: bytes) -> None:
    """In small letters, without the hyphen, with blanks, with O for 0 and I or l for 1."""
    code = claim_code(key, nonce)
    assert len(code) == CODE_LENGTH
    assert not set(code) & set("ILOU")
    sloppy = shown(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    for typed in (
        code,
        shown(code),
        f"  {shown(code)}\n",
        sloppy,
        code.replace("1", "i"),
        shown(code).replace("-", "–"),
    ):
        assert read_code(typed) == (code, None)
    fingerprint = fingerprint_of(key)
    assert read_code(scanned(code, fingerprint)) == (code, fingerprint)
    assert read_code(scanned(code, fingerprint).lower()) == (code, fingerprint)


@given(KEYS, NONCES, NONCES)
def test_another_key_or_nonce_has_another_code(key: bytes, nonce: bytes, other: bytes) -> None:
    assert claim_code(key, nonce) != claim_code(key + b"x", nonce)
    assert (claim_code(key, nonce) == claim_code(key, other)) is (nonce == other)


@pytest.mark.parametrize(
    "typed",
    ["", "K7QF", "K7QF-3M9", "K7QF-3M9XX", "K7QF-3M9U", "K7QF/3M9X", "OPAS:CLAIM:K7QF3M9X", "OPAS:CLAIM:K7QF3M9X:AB"],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_scanned_code_holds_what_qr_s_alphanumeric_mode_can_say() -> None:
    """So the picture stays coarse enough for any phone."""
    text = scanned(ClaimCode("K7QF3M9X"), Fingerprint("ab" * 32))
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
