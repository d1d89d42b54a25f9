"""The console's page for letting devices in, in a real browser, under its own strict policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.fleet.ground import Fleet
from tests.integration.hub.browser import Browser
from tests.integration.hub.running import ADMIN_TOKEN

_SAID = "document.getElementById('said').innerText"
_PICTURES = Path(__file__).resolve().parents[3] / "build" / "screens"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    made = Browser(tmp_path / "profile")
    yield made
    made.close()


def fill(browser: Browser, **values: str) -> None:
    for field, value in values.items():
        browser.value(f"document.getElementById({field!r}).value = {value!r}")


def submit(browser: Browser) -> None:
    browser.wait_for("!document.querySelector('#claim button').disabled")
    browser.value("document.querySelector('#claim button').click()")


def test_an_administrator_lets_a_device_in(fleet: Fleet, browser: Browser) -> None:
    """Who waits is listed without its code; a wrong token and a wrong code are answered in words; then it is in."""
    device = fleet.card("gate-1")
    code = device.code()
    browser.open(f"{fleet.hub.console}/claim")
    browser.wait_for("document.querySelectorAll('.waiting li').length === 1")
    assert code not in browser.value("document.documentElement.outerHTML")
    fill(browser, code="AAAA-AAAA", device="gate-1", site="shop", role="gate", name="Gate 1", token="wrong")
    submit(browser)
    browser.wait_for(f"{_SAID}.includes('not the admin token')")
    fill(browser, token=ADMIN_TOKEN)
    submit(browser)
    browser.wait_for(f"{_SAID}.includes('No device that waits shows the code AAAA-AAAA')")
    _PICTURES.mkdir(parents=True, exist_ok=True)
    browser.shoot(_PICTURES / "claim-page.png")
    fill(browser, code=code.lower())
    submit(browser)
    browser.wait_for(f"{_SAID}.includes('gate-1 is in')")
    browser.wait_for("document.querySelectorAll('.waiting li').length === 0")
    browser.resize(420, 900)
    assert browser.value("document.documentElement.scrollWidth") <= 420
    browser.shoot(_PICTURES / "claim-page-phone.png")
    device.wait_claimed()
    granted = device.files.granted()
    assert granted is not None
    assert (granted.device, granted.site, granted.role, granted.name) == ("gate-1", "shop", "gate", "Gate 1")


def test_the_console_leads_there(standing: Fleet, browser: Browser) -> None:
    browser.open(standing.hub.console)
    browser.wait_for("document.querySelector('a[href=\"/claim\"]') !== null")
    browser.value("document.querySelector('a[href=\"/claim\"]').click()")
    browser.wait_for("document.getElementById('claim') !== null")
