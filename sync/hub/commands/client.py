"""Asks the admin API of the hub that the settings describe, on this machine."""

import http.client
import json
from typing import Any

from sync.hub.errors import HubError
from sync.hub.settings import Settings

_TIMEOUT_S = 60.0
_OK = 200
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is never asked, but its loopback


class NoAnswer(HubError):
    """The hub is not there, or says no."""

    exit_status = 69


class AdminClient:
    """The console's address and the admin token of `settings`."""

    def __init__(self, settings: Settings) -> None:
        self._address = settings.console
        self._headers = {"Authorization": f"Bearer {settings.hub.admin_token}", "Host": str(settings.console)}

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises `NoAnswer`."""
        return json.loads(self._ask("GET", path, None))

    def get_bytes(self, path: str) -> bytes:
        """The same, unread."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """The JSON answer to a POST of `body`. Raises `NoAnswer`."""
        return json.loads(self._ask("POST", path, json.dumps(body)))

    def put(self, path: str, body: object) -> Any:
        """The JSON answer to a PUT of `body`. Raises `NoAnswer`."""
        return json.loads(self._ask("PUT", path, json.dumps(body)))

    def delete(self, path: str) -> Any:
        """The JSON answer to a DELETE. Raises `NoAnswer`."""
        return json.loads(self._ask("DELETE", path, None))

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        host = _LOOPBACK.get(self._address.host, self._address.host)
        connection = http.client.HTTPConnection(host, self._address.port, timeout=_TIMEOUT_S)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            todo = "Start it with `opas hub`, or name its settings with --config."
            raise NoAnswer(f"http://{self._address}: no hub answers ({error}).", todo) from error
        finally:
            connection.close()
        if not response.headers.get("content-type", "").startswith("application/"):
            todo = "Correct hub.console in the settings."
            raise NoAnswer(f"http://{self._address}: that is no hub.", todo)
        if response.status != _OK:
            said = json.loads(text)
            raise NoAnswer(str(said["error"]), str(said["todo"]))
        return text
