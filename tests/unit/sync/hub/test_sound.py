"""Reading events one by one and all at once comes to the same."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.event import Event, HelpTaken
from kiosk.model.ids import CaseId, EpochMs, EventId, MonotonicMs, Seq
from sync.hub.sound import read_event, read_run
from sync.wire.codec import WireError, encode_event
from sync.wire.messages import WIRE_VERSION, RawEnvelope
from tests.unit.sync.hub.world import EPOCH, event, redeemed

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


def _alone(body: bytes, seq: Seq) -> Event | WireError:
    try:
        return read_event(body, seq)
    except WireError as error:
        return error


def _told(event: Event | WireError) -> Event | tuple[type, str]:
    return event if isinstance(event, Event) else (type(event), str(event))


@given(st.lists(_FAULTS, min_size=1, max_size=4), st.integers(0, 8), _BYTES)
def test_a_run_is_read_at_once_exactly_if_each_of_its_events_can_be_read(
    faults: list[dict[str, object]], place: int, other: bytes
) -> None:
    """Whatever is wrong with one of them, and whatever stands in its place."""
    bodies = [
        encode_event(msgspec.structs.replace(event(seq), **fault)) for seq, fault in enumerate(faults, start=FIRST)
    ]
    bodies[place:place] = [other] if place < len(bodies) else []
    raw = tuple(map(msgspec.Raw, bodies))
    run = read_run(RawEnvelope(WIRE_VERSION, EPOCH, Seq(FIRST), raw))
    alone = [_alone(body, Seq(seq)) for seq, body in enumerate(bodies, start=FIRST)]
    assert run.sound == all(isinstance(each, Event) for each in alone)
    assert [_told(each) for each in run.events] == [_told(each) for each in alone]
    assert list(run.bodies) == bodies


def test_two_events_in_one_place_are_no_run() -> None:
    """They would fill the place of the one that is missing."""
    two = encode_event(event(FIRST)) + b"," + encode_event(event(FIRST + 1))
    for bodies in ((two,), (two, b"null"), (two, encode_event(event(FIRST + 2)))):
        run = read_run(RawEnvelope(WIRE_VERSION, EPOCH, Seq(FIRST), tuple(map(msgspec.Raw, bodies))))
        assert isinstance(run.events[0], WireError)
        assert not run.sound
