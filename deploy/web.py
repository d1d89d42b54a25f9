"""Plain HTTP requests to a hub; the one place of `deploy` that makes any."""

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deploy.errors import DeployError, Refused, Unreachable

_TIMEOUT_S = 10.0
_BAD_REQUEST = 400
_UNAUTHORISED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body, and the tag of what the body is."""

    status: int
    body: bytes
    tag: str = ""

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError`."""
        return json.loads(self.body)


class HubApi:
    """One address of a hub, e.g. http://127.0.0.1:8601, and the token that it asks for, or the certificate in `tls`."""

    def __init__(
        self, base: str, token: str = "", timeout_s: float = _TIMEOUT_S, tls: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Unreachable(f"{base} is no address of a hub.", "Write it as http://HOST:PORT or https://HOST:PORT.")
        self._parts = parts
        self._base = base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = timeout_s
        self._tls = tls

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises `Unreachable` or `Refused`."""
        return self._checked("GET", path, None)

    def put(self, path: str, body: bytes | dict[str, Any]) -> Any:
        """The JSON answer to a PUT. Raises `Unreachable` or `Refused`."""
        return self._checked("PUT", path, body)

    def post(self, path: str, body: bytes | dict[str, Any]) -> Any:
        """The JSON answer to a POST. Raises `Unreachable` or `Refused`."""
        return self._checked("POST", path, body)

    def delete(self, path: str) -> Any:
        """The JSON answer to a DELETE. Raises `Unreachable` or `Refused`."""
        return self._checked("DELETE", path, None)

    def ask(self, method: str, path: str, body: bytes | dict[str, Any] | None = None, tag: str = "") -> Answer:
        """Whatever comes back, also that it is still what has this `tag`. Raises `Unreachable` when nothing does."""
        payload = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = self._headers if payload is None else {**self._headers, "Content-Type": "application/json"}
        if tag:
            headers = {**headers, "If-None-Match": tag}
        connection = self._connection()
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, payload, headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.headers.get("ETag", ""))
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(
                f"{self._base}: no answer ({error}).", "Start the hub, or correct its address."
            ) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = self._tls or ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)

    def _checked(self, method: str, path: str, body: bytes | dict[str, Any] | None) -> Any:
        answer = self.ask(method, path, body)
        if answer.status >= _BAD_REQUEST:
            raise self._refusal(method, path, answer)
        try:
            return answer.json()
        except ValueError as error:
            raise Unreachable(f"{self._base}{path}: that is no hub.", "Correct the address.") from error

    def _refusal(self, method: str, path: str, answer: Answer) -> DeployError:
        try:
            said = answer.json()
        except ValueError:
            said = {}
        said = said if isinstance(said, dict) else {}
        what = f"{method} {self._base}{path}: status {answer.status}. {said.get('error', '')}".rstrip()
        usual = "Give the token that the hub knows." if answer.status in _UNAUTHORISED else "Read the hub's log."
        return Refused(what, str(said.get("todo", usual)))
