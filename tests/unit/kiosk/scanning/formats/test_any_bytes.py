"""Whatever is held up to a reader: a value or a named reason, never an exception, and never more work than its length."""

import sys
import zlib
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.model.customer import IssuerKey
from kiosk.model.foreign import Reason
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import PREFIX as OPAS
from kiosk.model.outcome import Outcome
from kiosk.model.rotatingcode import PREFIX as ROTATING
from kiosk.scanning.formats import Broken, Foreign, Payload, Plain, Signed, read_payload
from kiosk.scanning.formats.payload import LONGEST
from tests.unit.kiosk.scanning.formats.issuers import (
    NOW,
    ROTATING_KEY,
    SECURITY,
    base45,
    every_code,
    pretix,
    rail_v1,
    rotating,
    trust,
)
from tests.unit.kiosk.scanning.formats.issuers import (
    OPAS as ISSUER,
)

KEYS = {"7": IssuerKey("7", ISSUER.public_key().public_bytes_raw(), EpochMs(0))}
STARTS = (b"", OPAS, ROTATING, b"#UT01", b"#UT02", b"HC1:", b"OF1:", b"M1", b"]C1", b"(01)", b"https://a/01/", b"\x1d")


def judge(payload: bytes, now: int = NOW) -> Payload:
    return read_payload(payload, KEYS, EpochMs(now), trust())


@pytest.mark.parametrize("payload", every_code(), ids=lambda payload: str(payload[:8]))
def test_a_valid_code_of_each_format_is_accepted(payload: bytes) -> None:
    result = judge(payload)
    assert isinstance(result, Signed) or (isinstance(result, Foreign) and result.problem is None)


@given(st.sampled_from(STARTS), st.binary(max_size=LONGEST + 10), st.integers())
@example(b"", b"", 0)
@example(b"", bytes(LONGEST + 1), 0)
def test_any_bytes_at_any_time_give_a_value(start: bytes, data: bytes, now: int) -> None:
    result = judge(start + data, now)
    assert isinstance(result, Plain | Broken | Foreign)
    if isinstance(result, Foreign):
        assert (result.problem is None) <= (result.ticket is not None)


@given(st.sampled_from(STARTS), st.text(st.characters(min_codepoint=0x1D, max_codepoint=0x7E), max_size=400))
def test_any_text_gives_a_value(start: bytes, text: str) -> None:
    assert isinstance(judge(start + text.encode()), Plain | Broken | Foreign)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A valid code, cut, spliced, with bytes changed, doubled or taken from another code."""
    payload = draw(st.sampled_from(every_code()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(payload)))
        size = draw(st.integers(0, 8))
        piece = draw(st.binary(max_size=8) | st.sampled_from((payload[at : at + size] * 2, *every_code())))
        payload = payload[:at] + piece + payload[at + size :]
    return payload


@given(mutations())
def test_any_changed_code_gives_a_value(payload: bytes) -> None:
    assert isinstance(judge(payload), Signed | Plain | Broken | Foreign)


@given(st.sampled_from([each for each in every_code() if each[:3] in {b"OP1", b"OP2"}]), st.data())
def test_no_changed_code_of_ours_is_accepted(payload: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(payload) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != payload[at]))
    assert not isinstance(judge(payload[:at] + bytes((byte,)) + payload[at + 1 :]), Signed)


def test_every_reason_is_an_outcome_that_refuses() -> None:
    told = {reason: reason.outcome for reason in Reason}
    assert set(told.values()) == {
        Outcome.UNREADABLE,
        Outcome.UNKNOWN,
        Outcome.FORGED,
        Outcome.REVOKED,
        Outcome.BLOCKED,
        Outcome.WRONG_DAY,
        Outcome.EXPIRED,
    }
    assert told[Reason.BAD_SIGNATURE] is Outcome.FORGED
    assert told[Reason.TRUNCATED] is Outcome.UNREADABLE


@pytest.mark.parametrize("payload", [*every_code(), b"card"], ids=lambda payload: str(payload[:8]))
def test_nothing_of_a_foreign_code_stands_in_its_text(payload: bytes) -> None:
    """What a log line or a traceback would print."""
    result = judge(payload)
    if not isinstance(result, Signed):
        assert repr(result) in {"Foreign(…)", "Plain(…)"}


class _Steps:
    """Counts calls, of Python and of C, which every loop of the readers makes: work that no clock has to measure."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        self.taken += event in {"call", "c_call"}


def _work(payload: bytes) -> int:
    steps = _Steps()
    before = sys.getprofile()
    sys.setprofile(steps)
    try:
        judge(payload)
    finally:
        sys.setprofile(before)
    return steps.taken


def _longest(start: bytes, filling: bytes) -> bytes:
    return (start + filling * LONGEST)[:LONGEST]


@pytest.mark.parametrize(
    "payload",
    [
        *(
            _longest(start, filling)
            for start in STARTS
            for filling in (b"\x00", b"0", b"(", b"%", b"/01", b"^FF", b"\xff")
        ),
        _longest(b"HC1:", base45(zlib.compress(b"\x9f" * 30_000, 9))),
        _longest(b"https://a/", b"01/09506000134352/"),
        _longest(b"]C1", b"01095060001343521"),
        _longest(b"M1" + b"/" * 60, SECURITY.encode()),
        b"HC1:" + base45(zlib.compress(b"\x9f" + b"\x00" * 32_000)),
        b"HC1:" + base45(zlib.compress(b"\xbf" + b"\x5f\x40" * 16_000)),
        rail_v1(packed=zlib.compress(bytes(50_000_000), 9)[:4000]),
        rail_v1(b"U_TLAY010012" * 5000),
        pretix(b"\x08\x01" * 1500),
    ],
    ids=lambda payload: f"{payload[:12]!r} {len(payload)}",
)
def test_the_worst_code_takes_no_more_steps_than_its_length_allows(payload: bytes) -> None:
    """At most ten steps for each byte of the longest code, however little of it makes sense."""
    assert _work(payload) < 10 * LONGEST


def test_a_rotating_code_of_any_site_key_but_ours_is_refused() -> None:
    assert bytes(32) != ROTATING_KEY
    assert judge(rotating(key=bytes(32))) == Broken(Outcome.FORGED)
