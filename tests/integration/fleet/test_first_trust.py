"""Whom a fresh card believes, what it says when it believes nobody, and what a kill at any moment costs it."""

import datetime as dt
import http.server
import random
import shutil
import signal
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.errors import LinkError
from kiosk.model.ids import EpochMs
from sync.agent.identity.asking import Asking
from sync.hub.identity.authority import Authority, open_authority, own_request
from sync.hub.identity.keyfiles import key_pem
from sync.hub.identity.kinds import Holder, Kind
from tests.integration.fleet.ground import CardDevice, Fleet, until

_DAY = 86_400_000
_IDENTITY = (
    b'{"device":"gate-1","site":"harbour","role":"gate","name":"Gate","site_key":"","broker_host":"b","broker_port":1,'
    b'"fingerprint":"ab","not_before":1,"not_after":2,"now":1}'
)


def now_ms() -> EpochMs:
    """What OpenSSL goes by."""
    return EpochMs(int(dt.datetime.now(dt.UTC).timestamp() * 1000))  # noqa: TID251 - as said


def pem(authority: Authority, at: EpochMs, *names: str) -> bytes:
    """A key and certificate, of a client or, with `names`, of a server."""
    key = ec.generate_private_key(ec.SECP256R1())
    if names:
        issued = authority.issue_server(own_request(key), Holder(Kind.HUB, "hub"), at, names)
    else:
        issued = authority.issue(own_request(key), Holder(Kind.DEVICE, "gate-1", "harbour"), at, 90)
    return key_pem(key) + issued.pem.encode()


@contextmanager
def a_hub(folder: Path, identity: bytes, authority: Authority) -> Iterator[str]:
    """Something that speaks TLS as the hub does and says what a hub says; its address."""
    (folder / "server.pem").write_bytes(identity)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = authority.root_pem if self.path == "/v1/authority" else _IDENTITY
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=authority.chain_pem.decode())
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_cert_chain(folder / "server.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # those who hang up are meant to
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with closing(server.socket):
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
    thread.join()


@pytest.mark.parametrize("off_days", [-3650, -400, 0, 400, 3650])
def test_a_device_s_clock_does_not_decide_whether_it_may_speak(tmp_path: Path, off_days: int) -> None:
    """Seen from a clock that is years off, the hub's certificate has run out or is of the future: it is taken all the same."""
    now = now_ms()
    authority = open_authority(tmp_path / "ca", EpochMs(now + min(0, off_days) * _DAY))
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    (tmp_path / "device.pem").write_bytes(pem(authority, now))
    with a_hub(tmp_path, pem(authority, EpochMs(now + off_days * _DAY), "127.0.0.1"), authority) as url:
        assert Asking(url, tmp_path / "root.pem").identity(tmp_path / "device.pem").device == "gate-1"


def test_everything_else_about_the_other_end_must_be_right(tmp_path: Path) -> None:
    """Another authority, another name, a device that plays the hub."""
    now = now_ms()
    authority, other = open_authority(tmp_path / "ca", now), open_authority(tmp_path / "other", now)
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    (tmp_path / "device.pem").write_bytes(pem(authority, now))
    for wrong in (pem(other, now, "127.0.0.1"), pem(authority, now, "other.example"), pem(authority, now)):
        with a_hub(tmp_path, wrong, authority) as url, pytest.raises(LinkError, match="not trusted"):
            Asking(url, tmp_path / "root.pem").identity(tmp_path / "device.pem")


def test_a_root_is_taken_by_its_fingerprint_only(tmp_path: Path) -> None:
    """Whoever answers may send any root: one that is not the pinned one is refused, and so is what is none."""
    now = now_ms()
    authority, other = open_authority(tmp_path / "ca", now), open_authority(tmp_path / "other", now)
    with a_hub(tmp_path, pem(other, now, "127.0.0.1"), authority) as url:
        assert Asking(url, tmp_path / "none").authority(authority.pin) == authority.root_pem
        with pytest.raises(LinkError, match="not the hub whose authority is pinned"):
            Asking(url, tmp_path / "none").authority(other.pin)


def test_a_card_that_pins_another_hub_says_so_and_sends_nothing(fleet: Fleet) -> None:
    device = CardDevice(fleet.folder / "card", fleet.hub.devices, "ab" * 32)
    fleet.devices.append(device)
    device.start()
    notice = until(device.notice, device.log)
    assert "not the hub whose authority is pinned" in notice.problem
    assert "opas fleet ca" in notice.todo
    assert fleet.hub.admin("GET", "/v1/enrolments") == []
    device.end()
    # Corrected, it goes on.
    device.write_config(fleet.hub.devices, fleet.pin)
    device.start()
    assert fleet.claim(device, "gate-1").returncode == 0
    device.wait_claimed()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("ca_sha256", "check_s = 1.0\n#"), "which hub to trust"),
        (lambda text: text.replace("https:", "http:"), "over TLS only"),
        (lambda text: text.replace("url", "#"), "url"),
    ],
)
def test_a_card_that_lacks_what_it_needs_says_so_and_ends(
    tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    """Rather than believe the first that answers, or send its key's request in the clear."""
    device = CardDevice(tmp_path / "card", "https://127.0.0.1:1", "ab" * 32)
    lines = [line for line in device.config.read_text().splitlines() if not line.startswith("check_s")]
    device.config.write_text(change("\n".join(lines)))
    device.start()
    assert device.wait_end() == 78
    assert words in device.log()


def test_wrong_codes_are_answered_in_words(standing: Fleet) -> None:
    """On the command line, with what to do."""
    for code, status, words in (("AAAA-AAAA", 77, "No device that waits"), ("hello", 77, "no claim code")):
        said = standing.hub.opas("fleet", "claim", code, "--site", "harbour", "--device", "gate-1", "--role", "gate")
        assert (said.returncode, words in said.stderr, "What to do" in said.stderr) == (status, True, True)


def test_killed_at_any_moment_it_is_claimed_once_and_loses_nothing(fleet: Fleet) -> None:
    """Between question and answer, certificate and settings: it begins where it was, with the same key."""
    draw = random.Random(7)
    device = fleet.card("gate-1")
    code = device.code()
    assert fleet.claim(device, "gate-1").returncode == 0
    for _ in range(12):
        device.end(signal.SIGKILL)
        device.start()
        time.sleep(draw.uniform(0.25, 1.1))
    device.wait_claimed()
    assert device.log().count(f"waiting to be claimed, with the code {code}") >= 1
    (member,) = fleet.hub.admin("GET", "/v1/fleet")
    assert member["standing"] == "claimed"
    device.write(2)
    until(lambda: fleet.events_of("gate-1") == 2, device.log)


def test_killed_at_any_moment_while_it_renews_it_stays_in(fleet: Fleet) -> None:
    """Twelve kills over several renewals: there is always one certificate that counts."""
    draw = random.Random(11)
    device = fleet.member("gate-1")
    keys = {device.files.certificate.read_bytes()}
    for turn in range(12):
        fleet.hub.admin_api().post("/v1/devices/gate-1/renewal", {})
        device.end(signal.SIGKILL)
        device.start()
        if turn % 4:
            # It starts, asks within a second, and renews: any of these.
            time.sleep(draw.uniform(0.3, 2.0))
        else:
            until(lambda: device.files.certificate.read_bytes() not in keys, device.log)
        keys.add(device.files.certificate.read_bytes())
    device.write(3)
    until(lambda: fleet.events_of("gate-1") == 3, device.log)
    assert len(keys) > 3
    assert device.notice() is None


def test_a_cloned_card_is_told_and_loses_nothing(fleet: Fleet) -> None:
    """One certificate, two devices: the broker keeps one connected at a time, the hub tells them apart by what they send."""
    device = fleet.member("gate-1")
    device.write(1)
    until(lambda: fleet.events_of("gate-1") == 1, device.log)
    device.end()
    device.store.close()
    twin = CardDevice(fleet.folder / "twin", fleet.hub.devices, fleet.pin)
    fleet.devices.append(twin)
    shutil.copytree(device.data, twin.data, ignore=shutil.ignore_patterns("*.bell", "*.lock"))
    twin.start()
    device.reopen()
    device.start()
    for _ in range(4):
        device.write(1)
        twin.write(1)
        time.sleep(0.3)
    until(lambda: fleet.events_of("gate-1") >= 9, lambda: device.log() + twin.log(), 60)
    until(lambda: "CLONED" in fleet.hub.opas("fleet", "list").stdout, "the clone was not told")
    assert "cloned card" in device.log() + twin.log()
    assert fleet.events_of("gate-1") == 9
