"""Rotating codes: the phone draws a new one every half minute, and an old picture is no ticket."""

import pytest

from kiosk.model.ids import EpochMs
from kiosk.model.opascode import CodeKind, MalformedCode, OpasCode, b45encode
from kiosk.model.outcome import Outcome
from kiosk.model.rotatingcode import (
    PREFIX,
    STEP,
    TEXT_LENGTH,
    RotatingCode,
    credential_secret,
    is_genuine,
    issue,
    totp,
    unpack,
)
from kiosk.model.sitekey import credential_hash, names_key, rotating_key
from kiosk.model.trust import Trust
from kiosk.scanning.formats import Broken, Signed
from tests.unit.kiosk.scanning.formats.issuers import IDENTIFIER, NOW, ROTATING_KEY, SITE, rotating, signed
from tests.unit.kiosk.scanning.formats.reading import read

STEP_NOW = NOW // STEP
BEGIN, END = STEP_NOW * STEP, (STEP_NOW + 1) * STEP
CODE = OpasCode(CodeKind.TICKET, 0, IDENTIFIER, EpochMs(BEGIN), EpochMs(END), SITE)


@pytest.mark.parametrize(
    ("second", "digits"),
    [
        (59, 46119246),
        (1111111109, 68084774),
        (1111111111, 67062674),
        (1234567890, 91819424),
        (2000000000, 90698825),
        (20000000000, 77737706),
    ],
)
def test_the_digits_are_those_of_the_standard(second: int, digits: int) -> None:
    """RFC 6238 appendix B, the SHA-256 rows."""
    assert totp(b"12345678901234567890123456789012", second // 30) == digits


@pytest.mark.parametrize("kind", list(CodeKind))
def test_a_code_drawn_now_is_accepted(kind: CodeKind) -> None:
    expected = OpasCode(kind, 0, IDENTIFIER, EpochMs(BEGIN), EpochMs(END), SITE)
    assert read(rotating(kind=kind)) == Signed(expected)


def test_a_code_fits_a_small_symbol() -> None:
    """38 alphanumeric characters are what a QR code of version 2 holds at level M."""
    assert len(rotating()) == TEXT_LENGTH <= 38


@pytest.mark.parametrize("now", [BEGIN - 30_000, BEGIN, END, END + 29_999])
def test_clocks_half_a_minute_apart_refuse_nobody(now: int) -> None:
    assert read(rotating(), now=now) == Signed(CODE)


@pytest.mark.parametrize(
    ("now", "outcome"), [(END + 30_000, Outcome.OLD_PICTURE), (NOW + 86_400_000, Outcome.OLD_PICTURE)]
)
def test_a_screenshot_is_no_ticket_but_says_whose_it_was(now: int, outcome: Outcome) -> None:
    assert read(rotating(), now=now) == Broken(outcome, CODE)


def test_a_phone_far_ahead_of_its_time_is_not_believed() -> None:
    assert read(rotating(), now=BEGIN - 30_001) == Broken(Outcome.WRONG_DAY, CODE)


def test_digits_of_another_step_are_forged() -> None:
    """Who has a screenshot can move its time step on, but not find the digits for it."""
    old = unpack(rotating(NOW - 600_000))
    raw = bytes((old.kind,)) + bytes.fromhex(old.identifier) + SITE.to_bytes(2, "big")
    moved = PREFIX + b45encode(raw + STEP_NOW.to_bytes(4, "big") + old.totp.to_bytes(4, "big"))
    assert read(moved) == Broken(Outcome.FORGED)


def test_each_credential_has_its_own_secret() -> None:
    secrets = {credential_secret(ROTATING_KEY, kind, each) for kind in CodeKind for each in (IDENTIFIER, "0" * 16)}
    assert len(secrets) == 6
    assert not is_genuine(unpack(rotating()), credential_secret(ROTATING_KEY, CodeKind.TICKET, "0" * 16))


def test_the_keys_of_a_site_have_nothing_in_common() -> None:
    site_key = bytes(range(32))
    keys = {rotating_key(site_key).hex(), names_key(site_key).hex(), credential_hash(site_key, b""), site_key.hex()}
    assert len(keys) == 4


def test_another_sites_code_is_told_as_such() -> None:
    assert read(rotating(site=SITE ^ 1, key=b"other")) == Broken(Outcome.WRONG_SITE)


def test_a_touchpoint_without_the_key_does_not_know() -> None:
    assert read(rotating(), Trust()) == Broken(Outcome.UNKNOWN)


@pytest.mark.parametrize(
    "payload",
    [
        PREFIX,
        rotating()[:-1],
        rotating() + b"0",
        PREFIX + b"abc",
        PREFIX + b45encode(bytes(19)),
        PREFIX + b45encode(b"\3" + bytes(14) + (10**8).to_bytes(4, "big")),
    ],
    ids=["empty", "short", "long", "not base45", "no such kind", "nine digits"],
)
def test_a_damaged_code_is_unreadable(payload: bytes) -> None:
    assert read(payload) == Broken(Outcome.UNREADABLE)


def test_what_was_issued_is_unpacked() -> None:
    secret = credential_secret(ROTATING_KEY, CodeKind.ORDER, IDENTIFIER)
    code = unpack(rotating(kind=CodeKind.ORDER))
    assert code == RotatingCode(CodeKind.ORDER, IDENTIFIER, SITE, STEP_NOW, totp(secret, STEP_NOW))
    assert is_genuine(code, secret)


def test_another_prefix_is_no_rotating_code() -> None:
    with pytest.raises(MalformedCode, match="prefix"):
        unpack(signed())


def test_a_time_that_no_code_has_room_for_is_not_issued() -> None:
    with pytest.raises(ValueError, match="out of range"):
        issue(b"secret", CodeKind.TICKET, IDENTIFIER, SITE, EpochMs(2**63))
