"""The hub's device port, against a real HTTP server of the test's own."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kiosk.errors import LinkError
from kiosk.model.ids import HubVersion, PackVersion, SiteId
from sync.agent.hub import HubClient
from sync.agent.settings import HubTable
from sync.wire.codec import checksum, encode_changes
from sync.wire.messages import WIRE_VERSION, Changes, ChangesKind
from tests.fakes.clock import NOON

CHANGES = Changes(
    WIRE_VERSION, ChangesKind.DELTA, SiteId("harbour"), HubVersion(3), HubVersion(4), checksum(()), None, NOON, ()
)
PACK = b'{"a":"pack"}'
SHA = hashlib.sha256(PACK).hexdigest()


class Answers:
    """What the server says next; the requests it had."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.headers: dict[str, str] = {}
        self.requests: list[tuple[str, str]] = []
        self.url = ""


@pytest.fixture
def answers() -> Iterator[Answers]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.requests.append((self.path, self.headers["Authorization"]))
            self.send_response(answers.status)
            for name, value in {"Content-Length": str(len(answers.body)), **answers.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answers.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(answers: Answers) -> Iterator[HubClient]:
    with closing(HubClient(HubTable(answers.url + "/", "secret"))) as client:
        yield client


def test_changes_are_asked_for_with_the_token(client: HubClient, answers: Answers) -> None:
    """And checked before they are believed."""
    answers.body = encode_changes(CHANGES)
    assert client.changes(HubVersion(3)) == CHANGES
    assert answers.requests == [("/v1/changes?since=3", "Bearer secret")]


def test_a_hub_on_this_machine_is_asked_past_the_environments_proxy(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine behind a proxy runs the demo, also when nobody excepted the loopback interface."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    answers.body = encode_changes(CHANGES)
    with closing(HubClient(HubTable(answers.url, "secret"))) as client:
        assert client.changes(HubVersion(3)) == CHANGES


def test_a_hub_elsewhere_is_asked_by_way_of_the_environments_proxy(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a site reaches the world only through one."""
    monkeypatch.setenv("http_proxy", answers.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    answers.body = encode_changes(CHANGES)
    with closing(HubClient(HubTable("http://hub.invalid", "secret"))) as client:
        assert client.changes(HubVersion(3)) == CHANGES
    assert answers.requests == [("http://hub.invalid/v1/changes?since=3", "Bearer secret")]


@pytest.mark.parametrize("etag", [f'"{SHA}"', SHA, f'W/"{SHA}"'])
def test_a_pack_is_checked_against_its_etag(client: HubClient, answers: Answers, etag: str) -> None:
    """A version is a name like any other, so it is quoted."""
    answers.body, answers.headers = PACK, {"ETag": etag}
    pack = client.pack(PackVersion("2026/10 ä"))
    assert (pack.sha256, pack.body) == (SHA, PACK)
    assert answers.requests[0][0] == "/v1/packs/2026%2F10%20%C3%A4"


@pytest.mark.parametrize("headers", [{}, {"ETag": '"0000"'}])
def test_a_damaged_pack_is_not_staged(client: HubClient, answers: Answers, headers: dict[str, str]) -> None:
    """Without the right checksum it is fetched again."""
    answers.body, answers.headers = PACK, headers
    with pytest.raises(LinkError, match="arrived damaged"):
        client.pack(PackVersion("1"))


def test_a_refusal_speaks_with_the_hubs_words(client: HubClient, answers: Answers) -> None:
    """Made fit for one line of a log."""
    answers.status = 401
    answers.body = b'{"error":"this token\\u001b[31m is not known","todo":"Claim the device\\nanew."}'
    with pytest.raises(LinkError) as refused:
        client.changes(HubVersion(0))
    assert refused.value.what.endswith("refuses this device (this token[31m is not known).")
    assert refused.value.todo == "Claim the deviceanew."


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]"])
def test_a_refusal_without_words_says_what_to_check(client: HubClient, answers: Answers, body: bytes) -> None:
    """Something between us and the hub may have refused."""
    answers.status, answers.body = 403, body
    with pytest.raises(LinkError, match="status 403") as refused:
        client.changes(HubVersion(0))
    assert "[hub] token" in refused.value.todo


@pytest.mark.parametrize("body", [b"", b"no zstd", encode_changes(CHANGES)[:-3]])
def test_bytes_that_are_no_changes(client: HubClient, answers: Answers, body: bytes) -> None:
    """They are refused as a whole."""
    answers.body = body
    with pytest.raises(LinkError, match="can't be used"):
        client.changes(HubVersion(0))


def test_another_status(client: HubClient, answers: Answers) -> None:
    """It is told as it is."""
    answers.status = 503
    with pytest.raises(LinkError, match="answered 503"):
        client.changes(HubVersion(0))


def test_an_answer_cut_off(client: HubClient, answers: Answers) -> None:
    """Half an answer is none."""
    answers.body, answers.headers = b"half", {"Content-Length": "100", "Connection": "close"}
    with pytest.raises(LinkError, match="Hub http"):
        client.changes(HubVersion(0))


def test_nobody_there() -> None:
    """The error names the address and what to do."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with closing(HubClient(HubTable(url, "secret"))) as client, pytest.raises(LinkError, match="can't be reached") as e:
        client.changes(HubVersion(0))
    assert url in e.value.what
    assert "[hub] url" in e.value.todo


def test_a_server_without_tls(answers: Answers) -> None:
    """An https address at a plain port."""
    url = answers.url.replace("http:", "https:")
    with closing(HubClient(HubTable(url, "secret"))) as client, pytest.raises(LinkError, match="certificate"):
        client.changes(HubVersion(0))
