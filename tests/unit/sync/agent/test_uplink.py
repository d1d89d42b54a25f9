"""The uplink's agreement with the hub, step by step."""

from kiosk.model.ids import Epoch
from kiosk.store import DeviceStore
from sync.agent.uplink import Uplink
from tests.fakes.clock import FakeClock
from tests.unit.sync.agent.hubend import Hub, write


def test_hello_comes_first_and_tells_where_we_are(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """Nothing is sent before the hub has answered."""
    write(store, 3)
    uplink.on_doorbell()
    (hello,) = hub.hellos()
    assert (hello.epoch, hello.last_seq, hello.release, hello.since) == (store.epoch, 0, "0.1.0", 0)
    assert hub.runs() == []
    hub.ack(0)
    assert hub.runs() == [(1, 3)]


def test_one_envelope_at_a_time(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """What comes meanwhile waits for the ack."""
    hub.ack(0)
    write(store, 2)
    uplink.on_doorbell()
    write(store, 1)
    uplink.on_doorbell()
    assert hub.runs() == [(1, 2)]
    hub.ack(2)
    assert hub.runs() == [(3, 3)]
    hub.ack(3)
    assert hub.runs() == []
    assert uplink.deadline is None
    assert store.waiting() == 0


def test_the_hub_is_ahead_after_a_lost_ack(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """The answer to hello says so, and only the rest is sent."""
    write(store, 5)
    hub.ack(3)
    assert hub.runs() == [(4, 5)]


def test_what_is_not_answered_is_sent_again_ever_more_slowly(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock
) -> None:
    """After 5, 10, 20, 40 and then every 60 seconds; an ack makes it quick again."""
    hub.ack(0)
    write(store, 2)
    uplink.on_doorbell()
    waits = []
    for _ in range(6):
        assert uplink.deadline is not None
        waits.append(uplink.deadline - clock.mono_ms)
        clock.advance(waits[-1] - 1)
        uplink.tick()
        clock.advance(1)
        uplink.tick()
    assert waits == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]
    assert hub.runs() == [(1, 2)] * 7
    hub.ack(2)
    write(store, 1)
    uplink.on_doorbell()
    assert uplink.deadline == clock.mono_ms + 5_000


def test_hello_is_said_again(hub: Hub, uplink: Uplink, clock: FakeClock) -> None:
    """A hub that came later hears it, too."""
    clock.advance(5_000)
    uplink.tick()
    assert len(hub.hellos()) == 2


def test_a_hub_that_is_heard_again_gets_the_unanswered_at_once(
    hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock
) -> None:
    """But not what it can hardly have answered yet."""
    hub.ack(0)
    write(store, 2)
    uplink.on_doorbell()
    uplink.on_hub_heard("hub-1")
    assert hub.runs() == [(1, 2)]
    clock.advance(1_000)
    uplink.on_hub_heard("hub-1")
    assert hub.runs() == [(1, 2)]
    hub.ack(2)
    clock.advance(1_000)
    uplink.on_hub_heard("hub-1")
    assert hub.runs() == []


def test_a_hub_never_heard_before_is_asked_for_its_watermark(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """It may have been restored from a backup; a device with nothing to send would never hear what it lacks."""
    hub.ack(0)
    write(store, 3)
    uplink.on_doorbell()
    hub.ack(3)
    uplink.on_hub_heard("hub-1")
    hub.envelopes()
    assert len(hub.hellos()) == 1
    uplink.on_hub_heard("hub-2")
    assert len(hub.hellos()) == 1
    hub.ack(1)
    assert hub.runs() == [(2, 3)]
    hub.ack(3)
    for run in ("hub-1", "hub-2", "hub-1"):
        uplink.on_hub_heard(run)
    assert hub.hellos() == []


def test_an_echo_does_not_double_the_traffic(hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock) -> None:
    """Sent twice, acked twice: the second ack must not make the next envelope go twice, and so on for ever."""
    hub.ack(0)
    write(store, 1)
    uplink.on_doorbell()
    clock.advance(5_000)
    uplink.tick()
    write(store, 1)
    hub.ack(1)
    hub.ack(1)
    assert hub.runs() == [(1, 1), (1, 1), (2, 2)]


def test_an_ack_of_another_epoch_is_left_out(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """Also as an answer to hello."""
    hub.hellos()
    hub.ack(0, Epoch("f" * 16))
    write(store, 1)
    uplink.on_doorbell()
    assert hub.runs() == []
    hub.ack(0)
    hub.ack(9, Epoch("f" * 16))
    assert hub.runs() == [(1, 1)]
    assert store.waiting() == 1


def test_a_lower_watermark_is_asked_about_then_believed(hub: Hub, store: DeviceStore, uplink: Uplink) -> None:
    """A late echo would look the same, so the hub is asked first; its answer makes the device go back."""
    write(store, 6)
    hub.ack(6)
    hub.hellos()
    hub.ack(2)
    assert len(hub.hellos()) == 1
    assert store.waiting() == 0
    hub.ack(2)
    assert hub.runs() == [(3, 6)]
    assert store.waiting() == 4


def test_while_the_link_is_down_nothing_happens(hub: Hub, store: DeviceStore, uplink: Uplink, clock: FakeClock) -> None:
    """No deadline, no message; a late ack is left out."""
    hub.ack(0)
    uplink.on_disconnect()
    write(store, 1)
    uplink.on_doorbell()
    clock.advance(100_000)
    uplink.tick()
    uplink.on_hub_heard("hub-1")
    hub.ack(1)
    assert uplink.deadline is None
    assert hub.runs() == []
    assert store.waiting() == 1
