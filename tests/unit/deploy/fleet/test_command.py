"""`opas fleet …`: what it asks of the hub, and what it says."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import Refused, Unreachable
from deploy.fleet.access import NoAccess
from deploy.fleet.command import main

AT = 1_790_000_000_000
ANSWERS: dict[tuple[str, str], Any] = {
    ("POST", "/v1/claims"): {
        "device": "gate-1", "site": "harbour", "role": "gate", "fingerprint": "ab" * 32, "not_after": AT,
    },
    ("GET", "/v1/fleet"): [
        {"device": "gate-1", "site": "harbour", "role": "gate", "name": "Gate", "standing": "claimed", "not_after": AT,
         "used_at": AT, "cloned": True},
        {"device": "desk-1", "site": "harbour", "role": "desk", "name": "Desk", "standing": "removed",
         "not_after": None, "used_at": None, "cloned": False},
    ],
    ("GET", "/v1/enrolments"): [
        {"fingerprint": "cd" * 32, "was": "gate-2", "asked_at": AT, "expires_at": AT, "contested": True},
    ],
    ("DELETE", "/v1/devices/gate-1/certificates"): {"device": "gate-1", "taken_back": 2},
    ("POST", "/v1/devices/gate-1/renewal"): {"device": "gate-1", "renew": True},
    ("GET", "/v1/authority"): {"pin": "ef" * 32, "root": "PEM", "chain": "PEM"},
}  # fmt: skip


class Hub:
    """Answers what a hub would; `asked` holds what it was sent."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                hub.asked.append((self.command, self.path, body))
                known = ANSWERS.get((self.command, self.path))
                trusted = self.headers["Authorization"] == "Bearer secret"
                refusal = {"error": "Not so.", "todo": "Do otherwise."}
                self.send_response(200 if known is not None and trusted else 401)
                self.end_headers()
                self.wfile.write(json.dumps(known if trusted else refusal).encode())

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("OPAS_ADMIN_TOKEN", "secret")
    made = Hub()
    yield made
    made.close()


def test_a_claim_goes_to_the_hub_as_it_was_typed(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "claim",
        "k7qf-3m9x",
        "--site",
        "harbour",
        "--device",
        "gate-1",
        "--role",
        "gate",
        "--console",
        hub.address,
    ]
    assert main(words) == 0
    form = {"code": "k7qf-3m9x", "site": "harbour", "device": "gate-1", "role": "gate", "name": "", "replace": False}
    assert hub.asked == [("POST", "/v1/claims", form)]
    said = capsys.readouterr().out
    assert "gate-1 is gate at harbour" in said
    assert "until 2026-09-21" in said


def test_the_list_says_who_is_in_who_waits_and_what_is_wrong(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--console", hub.address]) == 0
    said = capsys.readouterr().out
    assert "CLONED" in said
    assert "removed" in said
    assert "comes back as gate-2" in said
    assert "CONTESTED" in said
    assert main(["list", "--json", "--console", hub.address]) == 0
    assert len(json.loads(capsys.readouterr().out)["devices"]) == 2


def test_devices_are_turned_out_and_renewed_by_name(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke", "gate-1", "--console", f"http://{hub.address}"]) == 0
    assert main(["rotate", "gate-1", "--console", hub.address]) == 0
    assert [asked[:2] for asked in hub.asked] == [
        ("DELETE", "/v1/devices/gate-1/certificates"),
        ("POST", "/v1/devices/gate-1/renewal"),
    ]
    assert "2 certificates count no more" in capsys.readouterr().out


def test_the_fingerprint_is_all_that_is_printed(hub: Hub, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """So that a script can take it."""
    assert main(["ca", "--out", str(tmp_path / "ca.pem"), "--console", hub.address]) == 0
    assert capsys.readouterr().out == "ef" * 32 + "\n"
    assert (tmp_path / "ca.pem").read_text() == "PEM"


def test_address_and_token_come_from_the_hub_s_own_file(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPAS_ADMIN_TOKEN")
    config = tmp_path / "hub.toml"
    config.write_text(f'[hub]\nconsole = "{hub.address}"\nadmin_token = "secret"\n')
    assert main(["ca", "--config", str(config)]) == 0
    config.write_text(f'[hub]\nconsole = "{hub.address}"\nadmin_token = "wrong"\n')
    with pytest.raises(Refused, match="Not so"):
        main(["ca", "--config", str(config)])


@pytest.mark.parametrize(("text", "words"), [(None, "can't be read"), ("[hub", "is not TOML")])
def test_a_file_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, words: str
) -> None:
    monkeypatch.delenv("OPAS_ADMIN_TOKEN", raising=False)
    config = tmp_path / "hub.toml"
    if text is not None:
        config.write_text(text)
    with pytest.raises(NoAccess, match=words):
        main(["list", "--config", str(config)])
    with pytest.raises(NoAccess, match="OPAS_ADMIN_TOKEN"):
        main(["list", "--console", "127.0.0.1:1"])


def test_a_hub_that_is_not_there_is_told(hub: Hub) -> None:
    with pytest.raises(Unreachable):
        main(["list", "--console", "127.0.0.1:1"])
