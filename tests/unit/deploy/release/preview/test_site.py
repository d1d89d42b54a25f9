"""The page: what it shows for an address, and that no address can break it."""

import http.client
import socket
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deploy.release.pack import main
from deploy.release.preview.command import NoFolder
from deploy.release.preview.folder import PackFolder
from deploy.release.preview.html import Html, tag
from deploy.release.preview.painter import Painter
from deploy.release.preview.server import HEADERS, PortInUse, Server, static_files
from deploy.release.preview.site import PreviewSite
from tests.fakes.quay import write_quay
from tests.unit.deploy.release.preview.drawing import WELL, draws

PACKS = Path(__file__).resolve().parents[5] / "assets" / "packs"
NOW_MS = 1_795_276_800_000
"""Saturday 21 November 2026, 18:00 in Helsinki."""


@pytest.fixture(scope="module")
def painter() -> Iterator[Painter]:
    """Draws nothing, quickly."""
    made = Painter(WELL)
    yield made
    made.close()


@pytest.fixture(scope="module")
def site(painter: Painter, tmp_path_factory: pytest.TempPathFactory) -> PreviewSite:
    """The preview of a pack with few rows."""
    return PreviewSite(PackFolder(write_quay(tmp_path_factory.mktemp("packs") / "quay")), painter, lambda: NOW_MS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source to be changed."""
    return write_quay(tmp_path / "quay")


def _page(site: PreviewSite, query: str = "") -> tuple[int, str]:
    reply = site.get("/", query)
    assert reply.kind == "text/html; charset=utf-8"
    return reply.status, unescape(reply.body.decode())


def test_a_page_without_choices_shows_the_first_scenario_as_if_it_were_now(site: PreviewSite) -> None:
    status, page = _page(site)
    assert status == 200
    assert "The screen says: " in page
    assert "time=2026-11-21+18%3A00" in page
    assert "k-in-named" in page


def test_a_page_shows_the_picture_the_row_and_why_not_those_above(site: PreviewSite) -> None:
    _, page = _page(site, "at=terminal-kiosk-1&outcome=informed&journey.state=booked&lang=fi")
    name = page.partition("/picture/")[2][:24]
    assert site.get(f"/picture/{name}.png", "").body.startswith(b"\x89PNG")
    assert "journey.state in (boarding, done): it is booked" in page
    assert "rows.csv:" in page


def test_what_the_pack_or_the_address_hold_is_shown_and_never_obeyed(site: PreviewSite) -> None:
    evil = "<script>alert(1)</script>"
    raw = site.get("/", "name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&at=terminal-kiosk-1&outcome=checked_in").body.decode()
    assert evil not in raw
    assert evil in unescape(raw)
    refused = site.get("/", "%3Cscript%3Ealert(1)%3C%2Fscript%3E=1").body.decode()
    assert evil not in refused


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("at=terminal-kiosk-9", 'there is no touchpoint "terminal-kiosk-9"'),
        ("closed=lift,%20moon", 'there is no way "moon"'),
        ("lang=de", 'the pack does not speak "de"'),
        ("time=yesterday", '"yesterday" is no date and time'),
        ("time=0001-01-01", "the year 1 is too far away"),
        ("time=9999-12-31T23:59", "the year 9999 is too far away"),
        ("time=2027-03-28+03:30", 'the clocks skip "2027-03-28 03:30" that night'),
    ],
)
def test_what_the_pack_does_not_know_is_a_clear_400(site: PreviewSite, query: str, what: str) -> None:
    status, page = _page(site, query)
    assert status == 400
    assert what.lower() in page.lower()
    assert "What to do: " in page


def test_a_time_that_the_clocks_show_twice_is_told_and_can_be_given_with_its_offset(site: PreviewSite) -> None:
    _, first = _page(site, "time=2026-10-25+03:30")
    assert "The clocks show it twice that night: the first time is meant." in first
    _, second = _page(site, "time=2026-10-25T03:30%2B02:00")
    assert "twice" not in second


def test_nobody_there_is_a_screen_too(site: PreviewSite) -> None:
    _, page = _page(site, "at=terminal-kiosk-1&outcome=nobody")
    assert "Nobody has scanned anything" in page
    assert "Why not" not in page


def test_a_board_is_shown_and_asks_no_row(site: PreviewSite) -> None:
    status, page = _page(site, "at=terminal-board-1&order.state=ready&departure.state=on_time")
    assert (status, "1920 × 1080" in page, "A board reads no codes" in page) == (200, True, True)
    assert "In words" not in page


def test_the_desk_is_shown_with_its_orders(site: PreviewSite) -> None:
    status, page = _page(site, "at=terminal-desk-1&outcome=handed_over&order.state=handed_over&order2.state=ready")
    assert (status, "1920 × 1080" in page) == (200, True)


def test_where_no_row_matches_the_last_resort_is_named(site: PreviewSite) -> None:
    status, page = _page(site, "outcome=revoked")
    assert (status, "the last resort answers" in page) == (200, True)


def test_a_broken_pack_shows_its_findings_until_it_is_mended(painter: Painter, folder: Path) -> None:
    site = PreviewSite(PackFolder(folder), painter, lambda: NOW_MS)
    well = site.get("/stamp", "").body
    text = (folder / "rows.csv").read_text(encoding="utf-8")
    (folder / "rows.csv").write_text(text.replace("order.state in (", "order.stat in (", 1), encoding="utf-8")
    assert site.get("/stamp", "").body != well
    status, page = _page(site)
    assert status == 200
    assert 'There is no fact "order.stat".' in page
    assert 'What to do: Did you mean "order.state"?' in page
    assert "/picture/" not in page
    (folder / "rows.csv").write_text(text, encoding="utf-8")
    assert "/picture/" in _page(site)[1]


def test_a_picture_that_can_t_be_drawn_leaves_the_reasons(tmp_path: Path) -> None:
    painter = Painter(draws("sys.exit('no fonts')"))
    try:
        _, page = _page(PreviewSite(PackFolder(PACKS / "shop"), painter, lambda: NOW_MS))
    finally:
        painter.close()
    assert 'There is no picture. The drawing process ended with status 1 ("no fonts")' in page.replace("</b>", "")
    assert "The row that answers" in page


def test_a_folder_that_holds_nothing_is_a_page(painter: Painter, tmp_path: Path) -> None:
    status, page = _page(PreviewSite(PackFolder(tmp_path), painter, lambda: NOW_MS), "at=x")
    assert (status, "pack.toml" in page) == (200, True)


_WORDS = st.sampled_from(
    ["at", "outcome", "time", "lang", "order.state", "departure.minutes_to_gate", "next_departure.state", "text", "x"]
)
_VALUES = st.text(max_size=10) | st.sampled_from(["terminal-gate-1", "ready", "unknown", "99999999", "2026-11-21"])


@settings(max_examples=60)
@given(st.binary(max_size=200).map(lambda body: body.decode("latin-1")) | st.builds("{}={}".format, _WORDS, _VALUES))
@example("time=1970-01-01T00:00+23:59")
@example("departure.state=on_time&departure.minutes_to_departure=-1000000&departure.late=1000000")
@example("order.minutes_left=10000000&order.state=ready&order.moved=-10000000&at=terminal-desk-1")
@example("time=2200-12-31T23:59&departure.minutes_to_departure=1000000")
@example("ticket.state=valid&ticket.valid_in=10000000&ticket.used=-10000000&outcome=wrong_day")
@example("time=2026-11-21T15:00:00.123456789123")
@example("at=&outcome=&time=&lang=&order.place=&order.state=ready&departure.gate=&departure.state=on_time")
def test_any_query_is_a_page_or_a_clear_400(site: PreviewSite, query: str) -> None:
    status, page = _page(site, query)
    assert status in {200, 400}
    assert "</html>" in page


@given(st.text(max_size=40))
@example("/static/../site.py")
@example("//evil/")
def test_any_other_path_is_a_clear_404(site: PreviewSite, path: str) -> None:
    if path not in {"/", "/stamp", "/check"} and path.removeprefix("/static/") not in static_files():
        reply = site.get(path, "")
        assert (reply.status, reply.body) == (404, b"There is nothing here. The page is at /\n")


def test_a_picture_of_long_ago_is_a_clear_404(site: PreviewSite) -> None:
    reply = site.get(f"/picture/{'0' * 24}.png", "")
    assert (reply.status, b"Load the page again" in reply.body) == (404, True)


@pytest.fixture
def server(site: PreviewSite) -> Iterator[Server]:
    """The page on a port of its own."""
    with Server(0, site) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def _ask(server: Server, method: str, path: str, host: str = "") -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request(method, path, headers={"Host": host} if host else {})
    reply = connection.getresponse()
    found = reply.status, reply.read().decode(), reply.headers
    connection.close()
    return found


def test_every_reply_keeps_scripts_and_pictures_to_the_page_itself(server: Server) -> None:
    for path in ("/", "/static/preview.css", "/static/preview.js", "/static/icon.svg", "/nothing"):
        status, _, headers = _ask(server, "GET", path)
        assert status == (404 if path == "/nothing" else 200)
        assert {name: headers[name] for name in HEADERS} == HEADERS
    _, body, headers = _ask(server, "HEAD", "/")
    assert (body, int(headers["Content-Length"]) > 1000) == ("", True)


def test_a_name_of_somebody_else_is_refused(server: Server) -> None:
    """A page elsewhere that points its own name at this address learns nothing."""
    for host in ("evil.example", "127.0.0.1", f"evil.example:{server.server_port}"):
        status, body, _ = _ask(server, "GET", "/", host)
        assert (status, "this machine only" in body) == (421, True)
    assert _ask(server, "GET", "/stamp", f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "request_line", [b"POST / HTTP/1.1", b"GET /?\xff\xfe\x00 HTTP/1.1", b"GET", b"\x16\x03\x01", b"GET //[ HTTP/1.1"]
)
def test_any_bytes_on_the_wire_get_a_clear_answer(server: Server, request_line: bytes) -> None:
    """And the next one is served."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(request_line + b"\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.server_port)
        wire.shutdown(socket.SHUT_WR)
        answer = wire.makefile("rb").read()
    assert answer[:12] in {b"HTTP/1.0 501", b"HTTP/1.0 400", b"HTTP/1.0 404", b""} or b"Error code: 400" in answer
    assert _ask(server, "GET", "/stamp")[0] == 200


def test_a_port_in_use_is_told_with_what_to_do(server: Server) -> None:
    with pytest.raises(PortInUse, match=r"is in use by another program\.\n.*--port"):
        main(["preview", str(PACKS / "shop"), "--port", str(server.server_port), "--no-open"])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoFolder, match="there is no such folder"):
        main(["preview", str(tmp_path / "nothing"), "--no-open"])


@pytest.mark.parametrize("port", ["x", "70000", "-1", "٣"])
def test_what_is_no_port_is_told(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["preview", str(PACKS / "shop"), f"--port={port}"])
    assert "is no port: write a number from 0 to 65535" in capsys.readouterr().err


def test_html_is_escaped_wherever_it_comes_from() -> None:
    made = tag("p", "<b>", None, [tag("i", "&")], title='"', open=True, hidden=False, data_x=1, class_=None)
    assert made == Html('<p title="&quot;" open data-x="1">&lt;b&gt;<i>&amp;</i></p>')
    assert tag("br") == Html("<br>")
