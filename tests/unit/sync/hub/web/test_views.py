"""What the page decides to show."""

import msgspec
import pytest

from kiosk.model.event import CheckedIn, EventBody, Health, HealthChanged, TicketRedeemed
from kiosk.model.ids import (
    DeviceId,
    Epoch,
    EpochMs,
    HubVersion,
    JourneyId,
    PackVersion,
    Seq,
    SiteId,
    TicketId,
)
from kiosk.model.ticket import Decision
from sync.hub.broker import BrokerState
from sync.hub.ingest import Tally
from sync.hub.routes import SILENT_AFTER_MS
from sync.hub.store.rows import Counts, DeviceState, Site, StoredEvent
from sync.hub.web.fleet import Tone, device_view
from sync.hub.web.views import Facts, event_view, page_of
from sync.wire.codec import encode_event
from tests.fakes.clock import NOON
from tests.unit.sync.hub.world import event

SITE = Site(SiteId("terminal"), "Terminal", b"", HubVersion(7), PackVersion("p2"))
READY = DeviceState(
    id=DeviceId("terminal-gate-1"),
    site=SITE.id,
    role="gate",
    name="Gate 7",
    health=Health.READY,
    problem="",
    release="0.1.0",
    pack=PackVersion("p2"),
    version=HubVersion(7),
    waiting=0,
    epoch=Epoch("e"),
    told_site=SITE.id,
    seen_at=EpochMs(NOON - 1_000),
    cloned=False,
)


UP = BrokerState(connected=True, since=EpochMs(0))


def state(**changes: object) -> DeviceState:
    return msgspec.structs.replace(READY, **changes)


@pytest.mark.parametrize(
    ("device", "tone", "word", "problem"),
    [
        (READY, Tone.GOOD, "Ready", ""),
        (state(seen_at=None, health=None), Tone.IDLE, "Not seen yet", "token"),
        (state(health=Health.OFFLINE), Tone.BAD, "Offline", "power"),
        (state(seen_at=EpochMs(NOON - SILENT_AFTER_MS - 1)), Tone.BAD, "Silent", "No sign of life"),
        (state(health=Health.DEGRADED, problem="camera"), Tone.WARN, "Needs attention", "camera"),
        (state(health=None), Tone.WARN, "Needs attention", ""),
        (state(cloned=True), Tone.WARN, "Needs attention", "copied card"),
        (state(told_site=SiteId("shop")), Tone.WARN, "Needs attention", "“shop”"),
    ],
)
def test_a_devices_health_is_told_with_the_gravest_first(
    device: DeviceState, tone: Tone, word: str, problem: str
) -> None:
    """Each with a word, and with what to do where there is something to do."""
    view = device_view(device, SITE, UP, NOON)
    assert (view.tone, view.health) == (tone, word)
    assert problem in view.problem
    assert bool(problem) == bool(view.problem)


def test_nobody_is_called_silent_while_nobody_can_be_heard() -> None:
    """Neither without a broker nor right after it is back; who signed off stays offline."""
    quiet = state(seen_at=EpochMs(NOON - SILENT_AFTER_MS - 1))
    away = BrokerState(connected=False, since=EpochMs(0))
    assert device_view(quiet, SITE, away, NOON).health == "Not heard now"
    assert device_view(state(health=Health.OFFLINE), SITE, away, NOON).health == "Offline"
    just_back = BrokerState(connected=True, since=EpochMs(NOON - 1))
    assert device_view(quiet, SITE, just_back, NOON).health == "Ready"


def test_old_data_and_old_content_are_told() -> None:
    """A site without a content pack has no old one."""
    assert device_view(READY, SITE, UP, NOON).data_current
    assert device_view(READY, SITE, UP, NOON).pack_current
    old = device_view(state(version=HubVersion(6), pack=PackVersion("p1")), SITE, UP, NOON)
    assert not old.data_current
    assert not old.pack_current
    assert device_view(READY, msgspec.structs.replace(SITE, pack=None), UP, NOON).pack_current


def stored(body: EventBody, conflict: str | None = None) -> StoredEvent:
    return StoredEvent(
        1,
        READY.id,
        Epoch("e"),
        Seq(1),
        SITE.id,
        type(body).__name__,
        NOON,
        NOON,
        conflict,
        encode_event(event(1, body)),
    )


def test_an_event_reads_as_a_sentence() -> None:
    """With the reason of a conflict beside it."""
    checked_in = event_view(stored(CheckedIn(JourneyId("j"), TicketId("00000000000000aa"))))
    assert checked_in.text == "Passenger checked in, ticket …000000aa"
    assert (checked_in.conflict, checked_in.at.text) == ("", "14:13:20 UTC")
    used = event_view(stored(TicketRedeemed(TicketId("aa"), Decision.OFFLINE_PROVISIONAL), "already_used"))
    assert used.text == "Ticket aa used, decided by the device alone"
    assert used.conflict == "already used elsewhere"
    assert event_view(stored(HealthChanged(Health.DEGRADED, "camera"))).text == "Health: needs attention (camera)"


def test_an_event_of_a_newer_release_does_not_blank_the_page() -> None:
    """The hub may have been taken back to an older release."""
    newer = msgspec.structs.replace(stored(CheckedIn(JourneyId("j"), TicketId("t"))), type="Teleported", body=b"{}")
    assert event_view(newer).text.startswith("Teleported")


def test_the_page_counts_what_needs_attention() -> None:
    """Over all sites."""
    page = page_of(
        Facts(
            now=NOON,
            broker=BrokerState(connected=True, since=NOON),
            storage_problem="",
            tally=Tally(bad=1, strangers=2, overflow=3, failed=4),
            counts=Counts(9, 1, 2),
            sites=[SITE],
            devices=[READY, state(id=DeviceId("b"), cloned=True)],
            events=[],
        )
    )
    assert (page.fleet.total, page.fleet.troubled, page.refused) == (2, 1, 10)
    assert [device.id for device in page.fleet.devices] == ["b", "terminal-gate-1"]
