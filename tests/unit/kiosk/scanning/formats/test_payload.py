"""What the bytes of a code come to: any bytes give a value, and only what is signed and in time is accepted."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.customer import IssuerKey
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import PREFIX, CodeKind, OpasCode, b45encode, pack, signed_part
from kiosk.model.outcome import Outcome
from kiosk.scanning.formats import Broken, Foreign, Plain, Signed, read_payload

NOW = EpochMs(1_790_000_000_000)
HOUR = 3_600_000
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = IssuerKey("7", PRIVATE.public_key().public_bytes_raw(), EpochMs(NOW - 24 * HOUR), EpochMs(NOW + 24 * HOUR))
KEYS = {"7": KEY}


def code(since: int = -HOUR, until: int | None = HOUR, kind: CodeKind = CodeKind.TICKET) -> OpasCode:
    return OpasCode(kind, 7, "0123456789abcdef", EpochMs(NOW + since), None if until is None else EpochMs(NOW + until))


def issue(one: OpasCode, private: Ed25519PrivateKey = PRIVATE) -> bytes:
    return pack(one, private.sign(signed_part(one)))


@pytest.mark.parametrize("kind", list(CodeKind))
def test_a_signed_code_in_time_is_accepted(kind: CodeKind) -> None:
    one = code(kind=kind)
    assert read_payload(issue(one), KEYS, NOW) == Signed(one)


def test_a_code_without_end_stays_valid() -> None:
    one = code(until=None)
    assert read_payload(issue(one), KEYS, NOW) == Signed(one)


def test_a_code_signed_with_another_key_is_forged() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert read_payload(issue(code(), other), KEYS, NOW) == Broken(Outcome.FORGED)


def test_a_changed_identifier_is_forged() -> None:
    one = code()
    signature = PRIVATE.sign(signed_part(one))
    changed = OpasCode(one.kind, 7, "ffffffffffffffff", one.valid_from, one.valid_until)
    assert read_payload(pack(changed, signature), KEYS, NOW) == Broken(Outcome.FORGED)


@pytest.mark.parametrize("keys", [{}, {"7": IssuerKey("7", b"short", EpochMs(0))}], ids=["no key", "broken key"])
def test_a_key_that_is_not_here_makes_a_code_unknown_rather_than_forged(keys: dict[str, IssuerKey]) -> None:
    assert read_payload(issue(code()), keys, NOW) == Broken(Outcome.UNKNOWN)


def test_a_withdrawn_key_revokes_its_codes() -> None:
    withdrawn = IssuerKey("7", KEY.public, KEY.valid_from, KEY.valid_until, revoked=True)
    assert read_payload(issue(code()), {"7": withdrawn}, NOW) == Broken(Outcome.REVOKED, code())


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (-3 * HOUR, -HOUR, Outcome.EXPIRED),
        (HOUR, 2 * HOUR, Outcome.WRONG_DAY),
        (-3 * HOUR, -120_000, Outcome.EXPIRED),
        (121_000, HOUR, Outcome.WRONG_DAY),
    ],
)
def test_a_code_out_of_its_time_says_which_way(since: int, until: int, expected: Outcome) -> None:
    one = code(since, until)
    assert read_payload(issue(one), KEYS, NOW) == Broken(expected, one)


@pytest.mark.parametrize(("since", "until"), [(120_000, HOUR), (-HOUR, -119_000)])
def test_a_clock_two_minutes_wrong_refuses_nobody(since: int, until: int) -> None:
    assert read_payload(issue(code(since, until)), KEYS, NOW) == Signed(code(since, until))


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(NOW + HOUR, None, Outcome.WRONG_DAY), (0, NOW - HOUR, Outcome.EXPIRED)],
)
def test_a_key_out_of_its_time_takes_its_codes_along(since: int, until: int | None, expected: Outcome) -> None:
    key = IssuerKey("7", KEY.public, EpochMs(since), None if until is None else EpochMs(until))
    assert read_payload(issue(code()), {"7": key}, NOW) == Broken(expected, code())


@pytest.mark.parametrize("payload", [PREFIX, PREFIX + b"abc", issue(code())[:-3], PREFIX + b45encode(bytes(82))])
def test_a_damaged_code_of_ours_is_unreadable(payload: bytes) -> None:
    assert read_payload(payload, KEYS, NOW) == Broken(Outcome.UNREADABLE)


@pytest.mark.parametrize("payload", [b"", bytes(4297)])
def test_nothing_and_more_than_any_code_holds_are_unreadable(payload: bytes) -> None:
    assert read_payload(payload, KEYS, NOW) == Broken(Outcome.UNREADABLE)


def test_other_bytes_are_plain() -> None:
    assert read_payload(b"\x00M1TESTER", KEYS, NOW) == Plain(b"\x00M1TESTER")


@given(st.binary(max_size=5000), st.booleans(), st.integers())
def test_any_bytes_at_any_time_give_a_value_and_never_a_signed_code(data: bytes, ours: bool, now: int) -> None:
    result = read_payload(PREFIX + data if ours else data, KEYS, EpochMs(now))
    assert isinstance(result, Broken | Plain | Foreign)


@given(st.integers(0, len(issue(code())) - 1), st.integers(0, 255))
def test_one_changed_byte_never_passes(at: int, byte: int) -> None:
    good = issue(code())
    bad = good[:at] + bytes([byte]) + good[at + 1 :]
    accepted = isinstance(read_payload(bad, KEYS, NOW), Signed)
    assert accepted == (bad == good)
