"""The console in a real browser, under its own strict policy."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from kiosk.model.event import Health, HealthChanged
from tests.integration.hub.browser import Browser
from tests.integration.hub.running import DeviceEnd, RunningHub
from tests.integration.sync.broker import DEVICE_ID, Broker
from tests.unit.sync.hub.world import envelope, event

_LINK = "document.getElementById('link').innerText"
_TEXT = "document.body.innerText"
_LIVE = f"{_LINK}.includes('Live')"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests: each hub has an address of its own, and nothing is kept from one to the next."""
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture
def browser(window: Browser) -> Browser:
    """With an empty page, as wide as it began."""
    window.open("about:blank")
    window.resize(1280, 900)
    return window


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a console with a device that has sent something, for those who only look."""
    folder = tmp_path_factory.mktemp("standing")
    broker = Broker(folder / "broker")
    hub = RunningHub(folder / "hub", broker.port)
    with ExitStack() as stack:
        stack.callback(broker.end)
        broker.start()
        stack.callback(hub.close)
        hub.start()
        hub.make_device(DEVICE_ID)
        device = stack.enter_context(closing(DeviceEnd(broker.address(DEVICE_ID))))
        device.send_until_acked(envelope(event(1), event(2)), 2)
        yield hub.console


def test_the_page_becomes_live_and_shows_what_happens_then(
    hub: RunningHub, device: DeviceEnd, browser: Browser
) -> None:
    """Scripts and styles come through the policy, and times are in the reader's own zone."""
    hub.start()
    hub.make_device(DEVICE_ID)
    browser.open(hub.console)
    browser.wait_for(_LIVE)
    assert "Code read" not in browser.value(_TEXT)
    device.send_until_acked(envelope(event(1)), 1)
    browser.wait_for(f"{_TEXT}.includes('Code read: admitted')")
    assert "UTC" not in browser.value(_TEXT)
    assert browser.value("getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(5, 96, 58)"
    assert hub.end() == 0


def test_a_lost_connection_is_told_with_the_age_of_what_is_shown_and_comes_back(
    hub: RunningHub, browser: Browser
) -> None:
    """The devices stay readable meanwhile."""
    hub.start()
    hub.make_device(DEVICE_ID)
    port = int(hub.console.rpartition(":")[2])
    browser.open(hub.console)
    browser.wait_for(_LIVE)
    assert hub.end() == 0
    browser.wait_for(rf"/Connection lost, data from \d\d:\d\d$/.test({_LINK})")
    assert DEVICE_ID in browser.value(_TEXT)
    again = RunningHub(hub.folder, 1, console=port)
    again.start()
    try:
        browser.wait_for(_LIVE)
    finally:
        again.close()


def test_what_a_device_sends_runs_nothing_in_the_browser(hub: RunningHub, device: DeviceEnd, browser: Browser) -> None:
    """Neither drawn by the hub nor put in by the feed."""
    hub.start()
    hub.make_device(DEVICE_ID)
    browser.open(hub.console)
    browser.wait_for(_LIVE)
    evil = "<img src=x onerror=document.title='broken'>"
    device.send_until_acked(envelope(event(1, HealthChanged(Health.DEGRADED, evil))), 1)
    browser.wait_for(f"{_TEXT}.includes('<img src=x')")
    assert browser.value("document.title") == "Opas hub"
    assert browser.value("document.images.length") == 0
    assert hub.end() == 0


@pytest.mark.parametrize("width", [1280, 700, 390, 320])
def test_nothing_is_cut_off_at_any_width(console: str, browser: Browser, width: int) -> None:
    """Nobody has to scroll sideways (WCAG 1.4.10)."""
    browser.resize(width, 900)
    browser.open(console)
    browser.wait_for(_LIVE)
    assert browser.value("document.documentElement.scrollWidth") <= width


def test_the_first_key_leads_past_the_head_to_the_devices(console: str, browser: Browser) -> None:
    """For those who use no mouse."""
    browser.open(console)
    browser.wait_for(_LIVE)
    browser.press("Tab")
    browser.wait_for("document.activeElement.className === 'skip'")
    assert browser.value("document.activeElement.getBoundingClientRect().left") >= 0
    browser.press("Enter")
    browser.wait_for("document.activeElement.id === 'sites'")


def test_devices_are_chosen_by_a_form_and_stay_chosen_while_the_page_is_live(
    hub: RunningHub, device: DeviceEnd, browser: Browser
) -> None:
    """The policy lets the form go to the hub itself, and the feed shows what the address asks for."""
    hub.start()
    for name in (DEVICE_ID, "gate-1", "gate-2"):
        hub.make_device(name)
    browser.open(hub.console)
    browser.wait_for(_LIVE)
    assert "gate-2" in browser.value(_TEXT)
    browser.value("document.getElementById('filter-text').value = 'gate-1'; document.querySelector('.filter').submit()")
    browser.wait_for("location.search.includes('text=gate-1')")
    browser.wait_for(_LIVE)
    device.send_until_acked(envelope(event(1)), 1)
    browser.wait_for(f"{_TEXT}.includes('Code read: admitted')")
    shown = browser.value("document.getElementById('sites').innerText")
    assert "gate-1" in shown
    assert "gate-2" not in shown
    assert browser.value("document.getElementById('filter-text').value") == "gate-1"
    assert hub.end() == 0
