"""A webhook that takes batches of CloudEvents, and how far it has come, remembered in the hub's data folder."""

import hashlib
import http.client
import os
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from sync.hub.cloudevents import BATCH_TYPE
from sync.hub.errors import DataError, HubError, SettingsError

_BATCH = 100
_TIMEOUT_S = 30.0
_OK = range(200, 300)
_AGAIN = frozenset({408, 425, 429, *range(500, 600)})


class NotTaken(HubError):
    """The webhook did not take a batch. `again` says whether it may take it later."""

    exit_status = 69

    def __init__(self, what: str, todo: str, *, again: bool) -> None:
        """As the base."""
        super().__init__(what, todo)
        self.again = again


class Webhook:
    """Posts batches to `url`, with `token` as bearer token if there is one."""

    batch = _BATCH

    def __init__(self, url: str, data: Path, token: str = "") -> None:
        """Raises `SettingsError` for what is no address, `DataError` when the place in the data folder can't be read."""
        self._url = urlsplit(url)
        if not self._url.hostname:
            raise SettingsError(f"{_shown(self._url)} is no address.", "Write http://HOST/PATH or https://HOST/PATH.")
        self._headers = {"Content-Type": BATCH_TYPE, **({"Authorization": f"Bearer {token}"} if token else {})}
        self._cursor = data / f"export-{hashlib.sha256(url.encode()).hexdigest()[:16]}.cursor"
        self.position = self._remembered()

    def put(self, events: Sequence[msgspec.Raw], last: int) -> None:
        """Post `events` and remember that they were taken."""
        status = self._post(b"[" + b",".join(map(bytes, events)) + b"]")
        if status not in _OK:
            todo = "Look into the receiver's log; what it has not taken is kept and sent again."
            raise NotTaken(f"{_shown(self._url)} answers with status {status}.", todo, again=status in _AGAIN)
        self._remember(last)
        self.position = last

    def close(self) -> None:
        """Nothing is held open between batches."""

    def _post(self, body: bytes) -> int:
        parts = self._url
        try:
            connection = _connection(parts)
            try:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("POST", path, body, self._headers)
                response = connection.getresponse()
                response.read()
                return response.status
            finally:
                connection.close()
        except (OSError, ValueError, http.client.HTTPException) as error:
            todo = "Correct the address, or start what listens there."
            raise NotTaken(f"{_shown(parts)}: no answer ({error}).", todo, again=True) from error

    def _remembered(self) -> int:
        try:
            return int(self._cursor.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            todo = "Delete the file to send every event again, or write the last number that arrived into it."
            raise DataError(f"{self._cursor}: can't be read.", todo) from error

    def _remember(self, position: int) -> None:
        draft = self._cursor.with_suffix(".new")
        try:
            with draft.open("w", encoding="ascii") as file:
                file.write(str(position))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._cursor)
        except OSError as error:
            todo = "Make room and give this user write access to hub.data; the last batch is sent again."
            raise DataError(f"{self._cursor}: can't be written ({error.strerror}).", todo) from error


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_S)


def _shown(parts: SplitResult) -> str:
    """Where it is, without what may be secret in it."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
