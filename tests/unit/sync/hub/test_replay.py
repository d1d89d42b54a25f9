"""What lay in quarantine is taken in once the hub can read it, and only once."""

import pytest

from kiosk.model.event import OrderReadied, OrderStarted
from kiosk.model.order import OrderState, PickupOrder
from sync.hub.replay import Replayed, replay
from sync.hub.store.rows import PutAside
from sync.wire.codec import encode_event
from tests.fakes.clock import NOON
from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import EPOCH, GATE, ORDER, SITE, World, envelope, event, order

UNKNOWN = b'{"id":"x","seq":2,"at":1,"mono":1,"boot":"b","pack":"p","body":{"type":"OrderWrapped","order":"o"}}'


def put_aside(world: World, body: bytes, seq: int = 2) -> None:
    """As an older release did that could not read `body`: the watermark has passed it."""
    world.take(envelope(event(1), UNKNOWN, event(3), first=1))
    with world.store.writing() as writing:
        (old,) = writing.quarantine(0, 10)
        writing.mark_replayed([old.number], NOON)
        writing.put_aside([PutAside(GATE, EPOCH, old.seq, NOON, "not known yet", body)])


def replay_all(world: World) -> Replayed:
    with world.store.writing() as writing:
        return replay(writing, writing.quarantine(0, 100), world.clock.now().wall_ms)


def test_an_event_of_a_type_that_is_now_known_is_kept_under_its_number_and_moves_its_record(world: World) -> None:
    """The site's devices are told, and nothing is left in quarantine."""
    put_aside(world, encode_event(event(2, OrderStarted(ORDER))))
    done = replay_all(world)
    assert len(done.replayed) == 1
    assert done.aside == ()
    assert done.sites == {SITE}
    assert sorted(kept.seq for kept in world.events()) == [1, 2, 3]
    now = world.record(SITE, order())
    assert isinstance(now, PickupOrder)
    assert now.state is OrderState.PREPARING
    mark = world.watermark()
    assert mark is not None
    assert (mark.seq, mark.events, mark.quarantined) == (3, 3, 0)


def test_what_is_still_unknown_stays_and_says_why(world: World) -> None:
    """However often it is tried."""
    world.take(envelope(event(1), UNKNOWN, event(3), first=1))
    for _ in range(2):
        done = replay_all(world)
        assert done.replayed == ()
        assert "no valid event" in done.aside[0].why
        assert "OrderWrapped" not in done.aside[0].why
    with world.store.reading() as reading:
        assert len(reading.quarantine(0, 10)) == 1


def test_an_item_is_taken_in_once(world: World) -> None:
    """Also when two items lie under one number, and when somebody asks twice."""
    put_aside(world, encode_event(event(2, OrderStarted(ORDER))))
    with world.store.writing() as writing:
        other = encode_event(event(2, OrderReadied(ORDER), name="other"))
        writing.put_aside([PutAside(GATE, EPOCH, event(2).seq, NOON, "not known yet", other)])
        items = writing.quarantine(0, 10)
    first = replay_all(world)
    assert (len(first.replayed), [item.why for item in first.aside]) == (1, ["another event is held under its number"])
    with world.store.writing() as writing:
        again = replay(writing, writing.quarantined([item.number for item in items]), NOON)
    assert again.replayed == ()
    assert [item.why for item in again.aside] == ["it was taken in before", "another event is held under its number"]
    assert sorted(kept.seq for kept in world.events()) == [1, 2, 3]


def test_an_administrator_sees_the_quarantine_and_replays_it(office: Office) -> None:
    """Over the admin API, with the site told."""
    put_aside(office.world, encode_event(event(2, OrderStarted(ORDER))))
    (item,) = office.admin.get("/v1/quarantine").json()
    assert (item["device"], item["seq"], item["why"]) == (GATE, 2, "not known yet")
    assert "OrderStarted" in item["text"]
    assert office.admin.get(f"/v1/quarantine?after={item['number']}").json() == []
    answer = office.admin.post("/v1/quarantine/replay", json={"numbers": [item["number"]]})
    assert answer.json() == {"replayed": [item["number"]], "aside": []}
    assert office.changed == [SITE]
    assert office.admin.post("/v1/quarantine/replay", json={}).json() == {"replayed": [], "aside": []}


@pytest.mark.parametrize("body", [{"numbers": [0]}, {"numbers": ["a"]}, {"all": True}, {"numbers": [2**70]}])
def test_a_wrong_request_changes_nothing_and_says_what_to_send(office: Office, body: dict[str, object]) -> None:
    """No replay by accident."""
    put_aside(office.world, encode_event(event(2, OrderStarted(ORDER))))
    answer = office.admin.post("/v1/quarantine/replay", json=body)
    assert answer.status_code == 422
    assert answer.json()["todo"]
    assert len(office.admin.get("/v1/quarantine").json()) == 1
    assert office.admin.get("/v1/quarantine?limit=0").status_code == 422


def test_nobody_without_the_token_sees_or_replays(office: Office) -> None:
    """The page is open to all on the machine, this is not."""
    assert office.page.get("/v1/quarantine").status_code == 401
    assert office.page.post("/v1/quarantine/replay", json={}).status_code == 401
