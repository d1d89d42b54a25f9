"""The console's page of the ways in a real browser, with a real agent at the other end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.model.pathway import PathwayState
from kiosk.model.records import Collection
from tests.fakes.packs import pack_bytes, small_body
from tests.integration.hub.browser import Browser
from tests.integration.hub.running import ADMIN_TOKEN, RunningHub
from tests.integration.sync.broker import DEVICE_ID, SITE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN

_NOW = "document.getElementById('now').innerText"
_SAID = "document.getElementById('said').innerText"
_ASKED = "document.getElementById('asked')"
_PICTURES = Path(__file__).resolve().parents[3] / "build" / "screens"


@pytest.fixture
def hub(tmp_path: Path, broker: Broker) -> Iterator[RunningHub]:
    """With one site, its pack and its device."""
    made = RunningHub(tmp_path / "hub", broker.port)
    made.start()
    made.keep_ports()
    yield made
    made.close()


@pytest.fixture
def device(tmp_path: Path, hub: RunningHub, broker: Broker) -> Iterator[Device]:
    token = hub.make_device(DEVICE_ID, SITE_ID)
    hub.admin("PUT", f"/v1/sites/{SITE_ID}/pack", content=pack_bytes({**small_body(), "site": SITE_ID}))
    made = Device(tmp_path / "device", broker.port, hub.devices)
    made.config.write_text(made.config.read_text().replace(TOKEN, token))
    made.start_agent()
    yield made
    made.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    made = Browser(tmp_path / "profile")
    yield made
    made.close()


def _wait_for(device: Device, *expected: tuple[str, bool]) -> None:
    for _ in range(400):
        found = device.store.all(Collection.PATHWAYS)
        if [(each.id, each.open) for each in found if isinstance(each, PathwayState)] == list(expected):
            return
        device.store.wait(0.05)
    raise AssertionError(device.log())


def _ask(browser: Browser, **values: str) -> None:
    """Fill the form in and go on to the question."""
    browser.wait_for("document.querySelector('#change button')?.disabled === false")
    for field, value in values.items():
        browser.value(f"document.getElementById({field!r}).value = {value!r}")
    browser.value("document.querySelector('#change button').click()")
    browser.wait_for(f"{_ASKED}.open")


def _answer(browser: Browser, button: str) -> None:
    browser.value(f"document.getElementById({button!r}).click()")
    browser.wait_for(f"!{_ASKED}.open")


def test_an_administrator_closes_a_lift_and_lets_the_pack_decide_again(
    hub: RunningHub, device: Device, browser: Browser
) -> None:
    """Asked first what would change; cancelled nothing does; a wrong token is refused; then the device knows, and the page says so."""
    browser.open(hub.console)
    browser.wait_for("document.querySelector('a[href=\"/ways\"]') !== null")
    browser.value("document.querySelector('a[href=\"/ways\"]').click()")
    browser.wait_for(f"{_NOW}.includes('Every way is open')")
    _ask(browser, way=f"{SITE_ID}/lift", act="close", minutes="30", why="Door stuck", token="wrong")
    assert "No step-free way to Gate 7" in browser.value(f"{_ASKED}.innerText")
    assert "UTC" not in browser.value(f"{_ASKED}.innerText")
    assert browser.value("document.activeElement.id") == "cancel"
    _answer(browser, "cancel")
    _ask(browser)
    _answer(browser, "confirm")
    browser.wait_for(f"{_SAID}.includes('not the admin token')")
    assert device.store.all(Collection.PATHWAYS) == ()
    _ask(browser, token=ADMIN_TOKEN)
    _answer(browser, "confirm")
    browser.wait_for(f"{_SAID}.includes('Said.')")
    _wait_for(device, ("lift", False))
    browser.wait_for(f"{_NOW}.includes('1 of 1 devices')")
    for part in ("Closed", "Door stuck", "people are sent to Hall"):
        assert part in browser.value(_NOW)
    _PICTURES.mkdir(parents=True, exist_ok=True)
    browser.shoot(_PICTURES / "ways-page.png")
    browser.value("document.querySelector('button.change').click()")
    assert browser.value("[document.getElementById('way').value, document.getElementById('act').value]") == [
        f"{SITE_ID}/lift",
        "clear",
    ]
    assert browser.value("document.getElementById('minutes').disabled")
    _ask(browser)
    assert "A step-free way again to Gate 7." in browser.value(f"{_ASKED}.innerText")
    _answer(browser, "confirm")
    _wait_for(device)
    browser.wait_for(f"{_NOW}.includes('Every way is open')")


@pytest.mark.parametrize("width", [1440, 700, 400, 320])
def test_nothing_is_cut_off_at_any_width(hub: RunningHub, device: Device, browser: Browser, width: int) -> None:
    """Nobody has to scroll sideways (WCAG 1.4.10), nor in the question."""
    hub.admin("PUT", f"/v1/sites/{SITE_ID}/pathways/lift", json={"open": False, "why": "Door stuck " * 7})
    browser.resize(width, 900)
    browser.open(f"{hub.console}/ways")
    # The script runs once the styles are there.
    browser.wait_for("document.querySelector('#change button')?.disabled === false")
    assert browser.value("document.documentElement.scrollWidth") <= width
    _ask(browser, way=f"{SITE_ID}/stairs", token="any")
    assert browser.value(f"{_ASKED}.getBoundingClientRect().right") <= width
