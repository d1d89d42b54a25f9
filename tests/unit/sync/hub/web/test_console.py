"""The console's page: safe, complete, and helpful where there is nothing yet."""

import asyncio
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import sync.hub.web
from kiosk.model.case import CaseKind
from kiosk.model.event import Health, HealthChanged, HelpCalled
from kiosk.model.ids import CaseId, EpochMs, Lang, PlaceId
from sync.hub.broker import BrokerState
from sync.hub.store.sqlite import SqliteHubStore
from sync.hub.web.fleet import Wanted
from sync.hub.web.words import WORDS
from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import GATE, SECOND_GATE, World, envelope, event, redeemed

_EVIL = "<script>alert(1)</script>"


class _Tags(HTMLParser):
    """Collects what a browser would load or run, and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.lang = given.get("lang", self.lang)
        self.addresses += [given[name] for name in ("src", "href") if name in given]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        self.ids += [given["id"]] if "id" in given else []


def test_the_page_shows_devices_events_conflicts_and_quarantine(office: Office) -> None:
    """In words, drawn by the hub, so that it is there before any script."""
    office.world.take(envelope(event(1, redeemed()), b"{}", first=1))
    office.world.take(envelope(event(1, redeemed(), name="late")), device=SECOND_GATE)
    text = office.page.get("/").text
    assert "Conflict: already used elsewhere" in text
    assert "Not seen yet" in text
    assert GATE in text
    assert WORDS.quarantine_some in text
    assert text.count("<time datetime=") >= 4


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(office: Office) -> None:
    """Which the strict policy would stop anyway."""
    answer = office.page.get("/")
    tags = _Tags(answer.text)
    assert tags.lang == "en"
    assert tags.inline == []
    assert all(address.startswith(("/", "#")) for address in tags.addresses)
    assert len(tags.ids) == len(set(tags.ids))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for address in tags.addresses:
        if address.startswith("/"):
            assert office.page.get(address).status_code == 200


def test_what_a_device_sends_is_shown_as_text(office: Office) -> None:
    """Never as markup."""
    office.world.take(
        envelope(
            event(1, HealthChanged(Health.DEGRADED, _EVIL)),
            event(2, HelpCalled(CaseId("c"), CaseKind.QUESTION, PlaceId(_EVIL), Lang("fi"))),
        )
    )
    office.admin.put("/v1/sites/evil", json={"name": _EVIL})
    text = office.page.get("/").text
    assert _EVIL not in text
    assert "&lt;script&gt;" in text


def test_conflicts_stand_by_themselves_however_much_happened_since(office: Office) -> None:
    """Among the last fifty events they would be gone within seconds."""
    office.world.take(envelope(event(1, redeemed())))
    office.world.take(envelope(event(1, redeemed(), name="late")), device=SECOND_GATE)
    office.world.take(envelope(*(event(n) for n in range(2, 70))))
    text = office.page.get("/").text
    assert WORDS.conflicts_note in text
    assert text.count("Conflict: already used elsewhere") == 1


def test_the_page_shows_the_devices_that_its_address_asks_for(office: Office) -> None:
    """And its form holds what was asked for, as text."""
    assert SECOND_GATE in office.page.get("/").text
    text = office.page.get("/", params={"text": str(GATE), "health": "idle"}).text
    assert f"<code>{GATE}</code>" in text
    assert SECOND_GATE not in text
    assert f'value="{GATE}"' in text
    assert '<option value="idle" selected>' in text
    nothing = office.page.get("/", params={"text": _EVIL}).text
    assert WORDS.none_match in nothing
    assert _EVIL not in nothing


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5:8601", ""])
def test_a_page_of_another_name_is_refused(office: Office, host: str) -> None:
    """A site that points its own name at this address gets nothing, nor from the admin API."""
    for path in ("/", "/live", "/v1/state"):
        assert office.page.get(path, headers={"Host": host}).status_code == 400


def test_an_empty_hub_says_how_to_begin(tmp_path: Path, world: World) -> None:
    """A first visitor is not left before an empty table."""
    world.store.close()
    world.store = SqliteHubStore(tmp_path / "empty", world.clock)
    empty = Office(world, tmp_path)
    text = empty.page.get("/").text
    assert WORDS.no_sites in text
    assert "PUT /v1/sites/" in text
    assert WORDS.no_events in text
    empty.make_site("new")
    assert WORDS.no_devices_todo[:20] in empty.page.get("/").text


def test_a_broker_that_is_away_and_a_full_disk_are_shown_with_what_to_do(office: Office) -> None:
    """Not only in a log."""
    office.broker = BrokerState(connected=False, since=EpochMs(0), problem="Nothing listens there.", todo="Start it.")
    office.storage_problem = "hub.db: the disk is full."
    text = office.page.get("/").text
    assert WORDS.broker_down in text
    assert "Nothing listens there. Start it." in text
    assert WORDS.storage_ill in html.unescape(text)


def test_the_feed_sends_a_picture_at_once_and_after_each_change(office: Office) -> None:
    """And ends when the hub stops."""

    async def listen() -> list[dict[str, object]]:
        pictures = []
        stream = office.feed.stream(Wanted())
        assert (await anext(stream)).startswith(b"retry:")
        pictures.append(_picture(await anext(stream)))
        office.world.take(envelope(event(1)))
        office.pulse.beat()
        pictures.append(_picture(await anext(stream)))
        office.feed.close()
        assert [piece async for piece in stream] == []
        return pictures

    first, second = asyncio.run(listen())
    assert set(first) == {"at", "sections"}
    assert "Code read: admitted" not in str(first)
    assert "Code read: admitted" in str(second)


def _picture(message: bytes) -> dict[str, object]:
    match = re.fullmatch(r"event: page\ndata: (.*)\n\n", message.decode())
    assert match is not None
    picture: dict[str, object] = json.loads(match[1])
    return picture


def test_a_file_that_is_not_there_is_not_found(office: Office) -> None:
    """Nor can a path climb out of the folder."""
    for name in ("none.js", "..%2Fapp.py", "%2e%2e/app.py"):
        assert office.page.get(f"/static/{name}").status_code == 404


def test_every_word_of_the_templates_comes_from_one_place() -> None:
    """So that the page can be given another language."""
    folder = Path(str(sync.hub.web.__file__)).parent / "templates"
    for path in folder.iterdir():
        bare = re.sub(
            r"<svg class=\"sprite\".*?</svg>|<!doctype html>|\{#.*?#\}", "", path.read_text(), flags=re.DOTALL
        )
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", bare, flags=re.DOTALL)
        assert re.findall(r"[A-Za-z]{2,}", bare) == [], path.name
