"""The hub's device port over HTTP; the agent's only home of requests."""

import hashlib
import re
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter

from kiosk.errors import LinkError
from kiosk.model.ids import HubVersion, PackVersion
from kiosk.store.identity import IdentityFiles
from kiosk.store.packs import StoredPack
from sync.agent.partial import Label, Partial
from sync.agent.settings import HubTable
from sync.link.settings import on_this_machine
from sync.link.tls import client_context
from sync.wire.codec import WireError, decode_changes
from sync.wire.messages import Changes

_TIMEOUT_S = (5.0, 30.0)
"""To connect, and between two pieces of an answer."""
_WHOLE_ANSWER_S = 300.0
"""A drip of single bytes must not hold the downlink for ever."""
_MOST_CHANGES_BYTES = 256_000_000
_MOST_PACK_BYTES = 64_000_000
_MOST_WORDS = 300
_PIECE_BYTES = 65_536
_OK = 200
_PARTIAL = 206
_UNSATISFIABLE = 416
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REFUSED = frozenset({401, 403})


class _Refusal(msgspec.Struct, frozen=True):
    error: str = ""
    todo: str = ""


class _Introduced(HTTPAdapter):
    """Connections that show a certificate."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:  # noqa: FBT001, FBT002 - the library's own signature
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **more)


class HubClient:
    """Asks the hub; one thread at a time. Every method raises `LinkError` that says what to do."""

    def __init__(self, hub: HubTable, folder: Path | None = None, identity: IdentityFiles | None = None) -> None:
        """See `HubTable`. In `folder` lies what has come of an answer that broke off, to go on from there.

        With an `identity` the device comes with its certificate instead of a token.
        """
        self._base = hub.url.rstrip("/")
        self._identity = identity
        self._anew = threading.Event()
        self._session = requests.Session()
        if identity is None:
            self._session.headers["Authorization"] = f"Bearer {hub.token}"
            # A proxy set for the world outside knows no hub on this machine; many forget to except it (no_proxy).
            self._session.trust_env = not on_this_machine(urlsplit(self._base).hostname or "")
        else:
            # Not by the environment's proxies or authorities: this conversation is with one hub only.
            self._session.trust_env = False
            self._session.verify = str(identity.trusted)
            self._anew.set()
        # Parts are counted in the bytes that were packed once, not in what a proxy makes of them.
        self._session.headers["Accept-Encoding"] = "identity"
        self._partial = Partial(folder)
        if hub.tls_ca and identity is None:
            self._session.verify = hub.tls_ca

    def changes(self, since: HubVersion) -> Changes:
        """What changed since `since`, checked; a snapshot where the hub can't tell."""
        payload, _ = self._get(f"/v1/changes?since={since}", _MOST_CHANGES_BYTES)
        try:
            return decode_changes(payload)
        except WireError as error:
            raise LinkError(f"Hub {self._base}: sent changes that can't be used ({error}).", _UPDATE) from error

    def pack(self, version: PackVersion) -> StoredPack:
        """A content pack, its checksum verified."""
        body, tag = self._get(f"/v1/packs/{quote(version, safe='')}", _MOST_PACK_BYTES)
        sha256 = hashlib.sha256(body).hexdigest()
        if tag != sha256:
            raise LinkError(f"Hub {self._base}: content pack {version!r} arrived damaged.", _AGAIN)
        return StoredPack(version, sha256, body)

    def come_anew(self) -> None:
        """Come with the certificate that is there now. From any thread."""
        self._anew.set()

    def close(self) -> None:
        """Let go of open connections."""
        self._session.close()

    def _get(self, path: str, most: int) -> tuple[bytes, str]:
        """The answer and its tag; a hex SHA-256 as tag is checked. What broke off before is not fetched again."""
        tag, begun = self._partial.of(path) or ("", b"")
        body, tag = self._whole(path, most, tag, begun)
        if _SHA256.fullmatch(tag) and hashlib.sha256(body).hexdigest() != tag:
            raise LinkError(f"Hub {self._base}: the answer to {path} arrived damaged.", _AGAIN)
        return body, tag

    def _whole(self, path: str, most: int, tag: str, begun: bytes) -> tuple[bytes, str]:
        asked = {"Range": f"bytes={len(begun)}-", "If-Range": f'"{tag}"'} if tag else {}
        self._introduce()
        try:
            with self._session.get(self._base + path, headers=asked, timeout=_TIMEOUT_S, stream=True) as answer:
                self._check(answer, path)
                if not _goes_on(answer, len(begun)):
                    begun = b""
                tag = answer.headers.get("ETag", "").removeprefix("W/").strip('"')
                pieces = self._bounded(answer, most - len(begun))
                return begun + b"".join(self._partial.keep(Label(path, tag), begun, pieces)), tag
        except requests.exceptions.SSLError as error:
            raise LinkError(
                f"Hub {self._base}: its certificate is not trusted.",
                "Name the certificate authority's file in [hub] tls_ca, and check this device's clock.",
            ) from error
        except requests.exceptions.ConnectionError as error:
            raise LinkError(
                f"Hub {self._base}: can't be reached.", "Start the hub, check the network, or correct [hub] url."
            ) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise LinkError(f"Hub {self._base}: broke off ({type(error).__name__}).", _AGAIN) from error

    def _introduce(self) -> None:
        if self._identity is None or not self._anew.is_set():
            return
        self._anew.clear()
        try:
            context = client_context(self._identity.trusted, self._identity.certificate, check_time=False)
        except OSError as error:
            self._anew.set()
            todo = "Give this user read access; if they are damaged, remove the identity folder and claim anew."
            raise LinkError(f"{self._identity.folder}: keys can't be read ({error}).", todo) from error
        self._session.mount("https://", _Introduced(context))

    def _check(self, answer: requests.Response, path: str) -> None:
        if answer.status_code in _REFUSED:
            raise self._refused(answer)
        if answer.status_code in {_OK, _PARTIAL}:
            return
        if answer.status_code == _UNSATISFIABLE:
            self._partial.forget()
        raise LinkError(f"Hub {self._base}: answered {answer.status_code} to GET {path}.", _AGAIN)

    def _bounded(self, answer: requests.Response, most: int) -> Iterator[bytes]:
        size = 0
        deadline = time.monotonic() + _WHOLE_ANSWER_S
        for piece in answer.iter_content(_PIECE_BYTES):
            size += len(piece)
            if size > most:
                raise LinkError(f"Hub {self._base}: sent more than {most} bytes.", _UPDATE)
            if time.monotonic() > deadline:
                raise LinkError(f"Hub {self._base}: answers too slowly.", _AGAIN)
            yield piece

    def _refused(self, answer: requests.Response) -> LinkError:
        try:
            refusal = msgspec.json.decode(answer.raw.read(4096, decode_content=True), type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            refusal = _Refusal()
        why = _words(refusal.error) or f"status {answer.status_code}"
        todo = _words(refusal.todo) or "Copy the token that the hub gave for this device into [hub] token."
        return LinkError(f"Hub {self._base}: refuses this device ({why}).", todo)


_AGAIN = "Nothing to do here: it is tried again. If this lasts, look at the hub's log."
_UPDATE = "Bring hub and device to versions that fit together."


def _goes_on(answer: requests.Response, at: int) -> bool:
    """Whether an answer continues what is here; a hub that has other bytes by now sends all of them."""
    if answer.status_code != _PARTIAL:
        return False
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {at}-"):
        raise LinkError(f"The hub sent another part than byte {at} and what follows.", _AGAIN)
    return True


def _words(text: str) -> str:
    """Another machine's words, made fit for one line of a log."""
    return "".join(character for character in text if character.isprintable())[:_MOST_WORDS]
