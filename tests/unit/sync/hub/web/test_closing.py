"""The console's page of the ways, without sockets: what it shows of a hub, and what it asks before something is said."""

import html
import re

import pytest

from sync.hub.web.closing import SITES
from sync.hub.web.words import WaysWords
from tests.fakes.packs import pack_bytes, small_body
from tests.unit.sync.hub.office import Office

_WORDS = WaysWords()
_EVIL = "<script>alert(1)</script>"


@pytest.fixture
def site(office: Office) -> Office:
    """The harbour with its content pack and a kiosk; two more sites without one."""
    office.make_site()
    assert office.admin.put("/v1/sites/harbour/pack", content=pack_bytes(small_body())).status_code == 200
    office.make_device()
    return office


def _text(office: Office, path: str = "/ways") -> str:
    answer = office.page.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def _close(office: Office, way: str = "lift", **more: object) -> None:
    answer = office.admin.put(f"/v1/sites/harbour/pathways/{way}", json={"open": False, **more})
    assert answer.status_code == 200, answer.text


def test_a_closed_way_stands_there_from_the_moment_it_is_closed(site: Office) -> None:
    """With its reason, whose word it is, who does not know yet, and what the screens tell."""
    assert f"{_WORDS.none_at} Harbour." in _text(site)
    _close(site, why="Door stuck", until=site.world.clock.now().wall_ms + 60_000)
    for path in ("/ways", "/ways/now"):
        text = _text(site, path)
        for part in (
            "Lift: Level 1 – Level 2 lift Closed Door stuck",
            "An administrator, here 0 of 1 devices not yet: harbour-kiosk-1",
            "No step-free way to Gate 7; people are sent to Hall. Kiosk kiosk-1, Desk desk-1",
        ):
            assert part in text
    site.world.clock.advance(60_000)
    assert f"{_WORDS.none_at} Harbour." in _text(site)


def test_a_new_pack_is_shown_at_once(site: Office) -> None:
    """The one that was read before is not taken for it."""
    assert "Closed until" not in _text(site, "/ways/now")
    body = small_body()
    body["pathways"][4]["open"] = False
    version = site.admin.put("/v1/sites/harbour/pack", content=pack_bytes(body)).json()["version"]
    text = _text(site, "/ways/now")
    assert f"lift Closed – {_WORDS.as_long} Content {version}" in text


def test_a_site_without_a_pack_says_so_and_an_empty_hub_how_to_begin(site: Office) -> None:
    """Its ways can't be closed, and are not offered."""
    assert f"{_WORDS.no_map} Shop, Terminal." in _text(site)
    assert "terminal/" not in site.page.get("/ways").text
    other = _text(site, "/ways?site=terminal")
    assert f"{_WORDS.no_map} Terminal." in other
    assert _WORDS.change not in other


def test_one_site_can_be_chosen_and_an_unknown_one_shows_all(site: Office) -> None:
    """What was asked for stays chosen; an address that names nothing known is passed over."""
    page = site.page.get("/ways", params={"site": "harbour"}).text
    assert '<option value="harbour" selected>' in page
    assert "Shop, Terminal" not in page
    strange = site.page.get("/ways", params={"site": _EVIL}).text
    assert "Shop, Terminal" in strange
    assert _EVIL not in strange


def test_of_many_sites_those_with_something_closed_come_first(site: Office) -> None:
    """The rest is counted, and can be named."""
    for number in range(SITES):
        site.admin.put(f"/v1/sites/a{number:02}", json={"name": f"A {number:02}"})
    _close(site)
    text = _text(site)
    assert "Lift: Level 1 – Level 2" in text
    assert f"3 {_WORDS.more}" in text


def test_names_and_reasons_are_shown_as_text(site: Office) -> None:
    """Never as markup."""
    _close(site, why=_EVIL)
    site.admin.put("/v1/sites/harbour", json={"name": _EVIL})
    page = site.page.get("/ways").text
    assert _EVIL not in page
    assert "&lt;script&gt;" in page


def test_before_something_is_said_the_page_tells_what_it_would_change(site: Office) -> None:
    """Nothing is changed by asking; the end counts from the hub's own clock."""
    path = "/ways/asked?site=harbour&way=lift&act={}&minutes=45"
    closing = _text(site, path.format("close"))
    assert "Close this way? Lift: Level 1 – Level 2 at Harbour, until" in closing
    assert "No step-free way to Gate 7; people are sent to Hall." in closing
    ends = site.world.clock.now().wall_ms + 45 * 60_000
    assert f'data-until="{ends}"' in site.page.get(path.format("close")).text
    assert _WORDS.then_nothing in _text(site, path.format("open"))
    _close(site)
    cleared = site.page.get(path.format("clear")).text
    assert "A step-free way again to Gate 7." in cleared
    assert 'data-until=""' in cleared
    assert site.records("pathways")[0]["open"] is False


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("site=harbour&way=moon&act=close", 404, "list"),
        ("site=nowhere&way=lift&act=close", 404, "PUT /v1/sites"),
        ("site=terminal&way=lift&act=close", 404, "list"),
        ("site=harbour&way=lift&act=lock", 422, "close, open, clear"),
        ("site=harbour&way=lift&act=close&minutes=-1", 422, "minutes"),
        ("site=harbour&way=lift&act=close&minutes=soon", 422, "minutes"),
    ],
)
def test_what_can_not_be_said_is_refused_with_what_to_do(site: Office, query: str, status: int, word: str) -> None:
    """In the form of every other refusal, which the page shows."""
    answer = site.page.get(f"/ways/asked?{query}")
    assert (answer.status_code, word in answer.json()["todo"]) == (status, True)


def test_the_page_is_as_strict_as_the_console(site: Office) -> None:
    """Nothing inline, nothing from elsewhere, and its own files are there."""
    _close(site)
    answer = site.page.get("/ways")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<[^>]* (on\w+|style)=", answer.text)
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)
    assert "/static/ways.js" in files
    assert all(site.page.get(file).status_code == 200 for file in files)
    ids = re.findall(r' id="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
