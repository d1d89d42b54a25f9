"""Reading events one by one and all at once comes to the same."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.event import Event, HelpTaken
from kiosk.model.ids import CaseId, EpochMs, EventId, MonotonicMs, Seq
from sync.hub.sound import read_event, read_run
from sync.wire.codec import WireError, encode_event
from tests.unit.sync.hub.world import event, redeemed

FIRST = 7
_FAULTS = st.sampled_from(
    [
        {},
        {"id": EventId("")},
        {"id": EventId("x" * 65)},
        {"id": EventId("no id\n")},
        {"at": EpochMs(-1)},
        {"at": EpochMs(2**53)},
        {"mono": MonotonicMs(-1)},
        {"mono": MonotonicMs(2**53)},
        {"seq": Seq(3)},
        {"body": redeemed()},
        {"body": HelpTaken(CaseId(" "))},
    ]
)
_BYTES = st.sampled_from([b"null", b"{}", b"[]", b'{"v":1}', b"1,2", b"]", b"", b"\xff", b'"' + b"\\ud800" + b'"'])


def _one_by_one(bodies: Sequence[bytes]) -> list[Event] | None:
    try:
        return [read_event(body, Seq(seq)) for seq, body in enumerate(bodies, start=FIRST)]
    except WireError:
        return None


@given(st.lists(_FAULTS, min_size=1, max_size=4), st.integers(0, 8), _BYTES)
def test_a_run_is_read_at_once_exactly_if_each_of_its_events_can_be_read(
    faults: list[dict[str, object]], place: int, other: bytes
) -> None:
    """Whatever is wrong with one of them, and whatever stands in its place."""
    bodies = [
        encode_event(msgspec.structs.replace(event(seq), **fault)) for seq, fault in enumerate(faults, start=FIRST)
    ]
    bodies[place:place] = [other] if place < len(bodies) else []
    at_once = read_run(bodies, Seq(FIRST))
    assert (None if at_once is None else list(at_once)) == _one_by_one(bodies)


def test_two_events_in_one_place_are_no_run() -> None:
    """They would fill the place of the one that is missing."""
    two = encode_event(event(FIRST)) + b"," + encode_event(event(FIRST + 1))
    assert read_run([two, b"null"], Seq(FIRST)) is None
    assert read_run([two], Seq(FIRST)) is None
