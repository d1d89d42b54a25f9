"""Kept events as CloudEvents: one for one, into a file or to a webhook, whatever interrupts it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.hub.commands.client import AdminClient, NoAnswer
from sync.hub.commands.export import Destination, Exporter
from sync.hub.commands.jsonlines import JsonLines
from sync.hub.commands.webhook import NotTaken, Webhook
from sync.hub.errors import DataError
from sync.hub.settings import HubTable, Settings
from sync.link import Backoff
from sync.wire.codec import decode_event
from tests.unit.sync.hub.office import ADMIN_TOKEN, Office
from tests.unit.sync.hub.world import EPOCH, GATE, SECOND_GATE, SITE, envelope, event, redeemed


class OfficeClient(AdminClient):
    """Asks the office's app instead of a socket."""

    def __init__(self, office: Office) -> None:
        super().__init__(Settings(HubTable("unused", ADMIN_TOKEN)))
        self._office = office
        self.away = 0

    def get_bytes(self, path: str) -> bytes:
        if self.away:
            self.away -= 1
            raise NoAnswer("no hub answers.", "Start it.")
        return self._office.admin.get(path).content


class Receiver:
    """A webhook on loopback that answers with the `statuses` in turn, then with 204."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[list[dict[str, Any]]] = []
        self.tried: list[dict[str, str]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.tried.append(dict(self.headers.items()))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                if status == 204:
                    receiver.got.append(json.loads(body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                return

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?a=b"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def export(office: Office, destination: Destination, tries: int = 8, client: AdminClient | None = None) -> int:
    at_once = Backoff(0.001, 0.001)
    exporter = Exporter(client or OfficeClient(office), destination, threading.Event(), at_once)
    try:
        exporter.run(follow=False, tries=tries)
    finally:
        destination.close()
    return exporter.count


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_event_and_its_cloudevent_say_the_same(office: Office, tmp_path: Path) -> None:
    """Every attribute that the standard demands, and the event itself as the device wrote it."""
    sent = event(1, redeemed())
    office.world.take(envelope(sent))
    office.world.take(envelope(event(1, redeemed(), name="late")), device=SECOND_GATE)
    assert export(office, JsonLines(tmp_path / "events.jsonl")) == 2
    first, second = read(tmp_path / "events.jsonl")
    assert decode_event(msgspec.json.encode(first["data"])) == sent
    assert (first["specversion"], first["type"], first["id"]) == ("1.0", "opas.v1.TicketRedeemed", "1")
    assert first["source"] == f"/opas/devices/{GATE}/epochs/{EPOCH}"
    assert first["time"].endswith("Z")
    assert (first["hubnumber"], first["opassite"], "conflict" in first) == (1, SITE, False)
    assert second["conflict"] == "already_used"
    assert all(name.isalnum() and name.islower() and len(name) <= 20 for name in first)


def test_a_file_goes_on_where_it_ended_even_within_a_line(office: Office, tmp_path: Path) -> None:
    """Each event stands in it once."""
    path = tmp_path / "events.jsonl"
    office.world.take(envelope(*(event(seq) for seq in range(1, 6))))
    assert export(office, JsonLines(path)) == 5
    office.world.take(envelope(event(6), event(7)))
    with path.open("ab") as file:
        file.write(b'{"id":"6","sour')
    assert export(office, JsonLines(path)) == 2
    assert [line["id"] for line in read(path)] == [str(seq) for seq in range(1, 8)]
    assert export(office, JsonLines(path)) == 0


def test_a_file_that_is_no_export_is_left_alone(tmp_path: Path) -> None:
    """It may be somebody's only copy of something."""
    path = tmp_path / "notes.txt"
    path.write_text("buy milk\n")
    with pytest.raises(DataError, match="no exported event"):
        JsonLines(path)
    assert path.read_text() == "buy milk\n"
    with pytest.raises(DataError, match="can't be written"):
        JsonLines(tmp_path / "none" / "events.jsonl")


def test_a_webhook_gets_every_event_in_order_though_it_fails_at_times(
    office: Office, tmp_path: Path, receiver: Receiver
) -> None:
    """And the next export goes on after them."""
    office.world.take(envelope(*(event(seq) for seq in range(1, 251))))
    receiver.statuses = [503, 429, 204, 500]
    client = OfficeClient(office)
    client.away = 1
    assert export(office, Webhook(receiver.url, tmp_path, "geheim"), client=client) == 250
    assert [each["id"] for batch in receiver.got for each in batch] == [str(seq) for seq in range(1, 251)]
    assert [len(batch) for batch in receiver.got] == [100, 100, 50]
    assert receiver.tried[0]["Content-Type"] == "application/cloudevents-batch+json"
    assert receiver.tried[0]["Authorization"] == "Bearer geheim"
    office.world.take(envelope(event(251)))
    assert export(office, Webhook(receiver.url, tmp_path)) == 1
    assert [each["id"] for each in receiver.got[-1]] == ["251"]


def test_a_webhook_that_refuses_ends_the_export_at_once(office: Office, tmp_path: Path, receiver: Receiver) -> None:
    """Nobody tries a wrong address for ever, and nothing is skipped."""
    office.world.take(envelope(event(1)))
    receiver.statuses = [403]
    with pytest.raises(NotTaken, match="status 403"):
        export(office, Webhook(receiver.url, tmp_path))
    assert len(receiver.tried) == 1
    assert export(office, Webhook(receiver.url, tmp_path)) == 1


def test_a_webhook_that_stays_away_is_given_up_with_what_to_do(office: Office, tmp_path: Path) -> None:
    """Without what may be secret in its address."""
    office.world.take(envelope(event(1)))
    with pytest.raises(NotTaken, match="no answer") as caught:
        export(office, Webhook("http://user:geheim@127.0.0.1:1/hook?key=geheim", tmp_path), tries=3)
    assert "geheim" not in str(caught.value)


def test_a_place_that_is_damaged_is_not_guessed(office: Office, tmp_path: Path, receiver: Receiver) -> None:
    """Events would be skipped, or sent again without anybody's knowing."""
    office.world.take(envelope(event(1)))
    export(office, Webhook(receiver.url, tmp_path))
    (cursor,) = tmp_path.glob("export-*.cursor")
    cursor.write_text("?")
    with pytest.raises(DataError, match="can't be read"):
        Webhook(receiver.url, tmp_path)
