"""Answers that break off, against a real HTTP server that cuts them where the test says."""

import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from kiosk.errors import LinkError
from kiosk.model.ids import HubVersion, PackVersion
from kiosk.model.records import Collection
from sync.agent.hub import HubClient
from sync.agent.settings import HubTable
from sync.wire.codec import checksum, encode_changes
from sync.wire.messages import Row
from tests.unit.sync.agent.test_hub_client import CHANGES

PACK = bytes(range(256)) * 2_000
QUESTION = PackVersion("1")


class CuttingServer:
    """Serves `body` with ranges; `cuts` says after how many bytes each of the next answers breaks off."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.tag: str | None = None
        self.cuts: list[int] = []
        self.ranges: list[str] = []
        self.shift = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        tag = f'"{self.tag or hashlib.sha256(self.body).hexdigest()}"'
        wanted = handler.headers.get("Range", "")
        self.ranges.append(wanted)
        start = 0
        if wanted and handler.headers.get("If-Range") == tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-")) + self.shift
        rest = self.body[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(rest)))
        handler.send_header("ETag", tag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.body) - 1}/{len(self.body)}")
        handler.end_headers()
        handler.wfile.write(rest[: self.cuts.pop(0)] if self.cuts else rest)
        handler.close_connection = True

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[CuttingServer]:
    server = CuttingServer(PACK)
    yield server
    server.close()


def client_of(server: CuttingServer, folder: Path) -> HubClient:
    return HubClient(HubTable(server.url, "secret"), folder)


def break_off(server: CuttingServer, folder: Path, after: int) -> None:
    """An agent of its own each time: what has come survives the agent's end."""
    server.cuts = [after]
    with closing(client_of(server, folder)) as client, pytest.raises(LinkError):
        client.pack(QUESTION)


def test_what_has_come_is_not_fetched_again(server: CuttingServer, tmp_path: Path) -> None:
    """Two breaks, two agents that end, and the third fetches the rest; nothing stays behind."""
    break_off(server, tmp_path, 200_000)
    break_off(server, tmp_path, 150_000)
    with closing(client_of(server, tmp_path)) as client:
        assert client.pack(QUESTION).body == PACK
    begun = [int(asked.removeprefix("bytes=").rstrip("-") or 0) for asked in server.ranges]
    assert begun[0] == 0 < begun[1] < begun[2]
    assert list(tmp_path.iterdir()) == []


def test_a_hub_that_has_other_bytes_by_now_sends_all(server: CuttingServer, tmp_path: Path) -> None:
    """The tag tells; halves of two answers are never put together."""
    break_off(server, tmp_path, 200_000)
    server.body = PACK[::-1]
    with closing(client_of(server, tmp_path)) as client:
        assert client.pack(QUESTION).body == PACK[::-1]


def test_a_part_belongs_to_its_question(server: CuttingServer, tmp_path: Path) -> None:
    """Another question begins at its beginning."""
    break_off(server, tmp_path, 200_000)
    with closing(client_of(server, tmp_path)) as client:
        client.pack(PackVersion("2"))
    assert server.ranges[-1] == ""


def test_a_damaged_part_is_found_and_fetched_again(server: CuttingServer, tmp_path: Path) -> None:
    """The checksum covers the whole; the second try begins anew."""
    break_off(server, tmp_path, 200_000)
    (part,) = tmp_path.iterdir()
    content = bytearray(part.read_bytes())
    content[-10] ^= 1
    part.write_bytes(content)
    with closing(client_of(server, tmp_path)) as client:
        with pytest.raises(LinkError, match="arrived damaged"):
            client.pack(QUESTION)
        assert client.pack(QUESTION).body == PACK


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\nabc", b"\xff\xfe\nabc"])
def test_a_part_that_is_none_is_left_out(server: CuttingServer, tmp_path: Path, content: bytes) -> None:
    """A power cut may leave anything."""
    (tmp_path / "download.part").write_bytes(content)
    with closing(client_of(server, tmp_path)) as client:
        assert client.pack(QUESTION).body == PACK


def test_another_part_than_asked_is_refused(server: CuttingServer, tmp_path: Path) -> None:
    """A proxy that counts otherwise."""
    break_off(server, tmp_path, 200_000)
    server.shift = 5
    with closing(client_of(server, tmp_path)) as client, pytest.raises(LinkError, match="another part"):
        client.pack(QUESTION)


def test_a_folder_that_takes_nothing_only_costs_the_resuming(server: CuttingServer, tmp_path: Path) -> None:
    """A full or broken disk does not stop a download."""
    with closing(client_of(server, tmp_path / "gone")) as client:
        assert client.pack(QUESTION).body == PACK


def test_a_snapshot_is_resumed_too(server: CuttingServer, tmp_path: Path) -> None:
    """Where the hub names its bytes with a tag."""
    rows = tuple(Row(Collection.TICKETS, random.Random(n).randbytes(40).hex(), HubVersion(4)) for n in range(4_000))
    changes = msgspec.structs.replace(CHANGES, rows=rows, checksum=checksum(rows))
    server.body = encode_changes(changes)
    server.cuts = [100_000]
    with closing(client_of(server, tmp_path)) as client:
        with pytest.raises(LinkError):
            client.changes(HubVersion(3))
        assert client.changes(HubVersion(3)) == changes
    assert server.ranges[0] == ""
    assert int(server.ranges[1].removeprefix("bytes=").rstrip("-")) > 0
