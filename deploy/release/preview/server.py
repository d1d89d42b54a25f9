"""The page's server: plain HTTP on the loopback interface, for one author and this machine's browsers only."""

import errno
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Protocol

from deploy.errors import DeployError

HOST = "127.0.0.1"
_TIMEOUT_S = 15.0
_MOST_AT_ONCE = 32
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PortInUse(DeployError):
    """The page can't be served there."""

    exit_status = 69


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a type and a body."""

    status: HTTPStatus
    kind: str
    body: bytes


class Site(Protocol):
    """What is served."""

    def get(self, path: str, query: str) -> Reply:
        """The reply to a request. Raises nothing that a request could bring about."""
        ...


def text(status: HTTPStatus, words: str) -> Reply:
    """A sentence."""
    return Reply(status, "text/plain; charset=utf-8", f"{words}\n".encode())


def static_files() -> Mapping[str, Reply]:
    """The page's own files by their names."""
    folder = files("deploy.release.preview") / "static"
    return {
        part.name: Reply(HTTPStatus.OK, _TYPES[part.name.rpartition(".")[2]], part.read_bytes())
        for part in folder.iterdir()
    }


class Server(ThreadingHTTPServer):
    """Serves a site until `shutdown`; each request on a thread of its own, only so many at once."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 32

    def __init__(self, port: int, site: Site) -> None:
        """Listens at once; port 0 takes any that is free. Raises `PortInUse`."""
        self.site = site
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        try:
            super().__init__((HOST, port), Handler)
        except OSError as error:
            raise _unusable(port, error) from error

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/"

    def hosts(self) -> frozenset[str]:
        """What may stand in Host: another name would be a page of somebody else that points here."""
        return frozenset(f"{name}:{self.server_port}" for name in (HOST, "localhost"))

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Answer when there is room."""
        with self._room:
            super().process_request_thread(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no news; anything else is."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    timeout = _TIMEOUT_S
    server_version = "Opas"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a request for a page or a file."""
        self._reply(self._found(), body=True)

    def do_HEAD(self) -> None:
        """The same without its body."""
        self._reply(self._found(), body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so the base class names it
        """Nothing: an address holds what somebody tries, and is nobody's business."""

    def _found(self) -> Reply:
        if self.headers.get("Host", "") not in self.server.hosts():
            what = f"This page is for this machine only. Open {self.server.address}"
            return text(HTTPStatus.MISDIRECTED_REQUEST, what)
        # Not `urlsplit`: it takes a path that begins with two slashes for the name of a host, and refuses some.
        path, _, query = self.path.partition("#")[0].partition("?")
        return self.server.site.get(path, query)

    def _reply(self, reply: Reply, *, body: bool) -> None:
        self.send_response(reply.status)
        for name, value in {**HEADERS, "Content-Type": reply.kind, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(reply.body)


def _unusable(port: int, error: OSError) -> PortInUse:
    where = f"{HOST}:{port}"
    if error.errno == errno.EADDRINUSE:
        todo = f"Stop the program that holds it (ss -ltnp 'sport = :{port}' names it), or choose another with --port."
        return PortInUse(f"{where} is in use by another program.", todo)
    if error.errno == errno.EACCES:
        return PortInUse(f"{where} may not be used by this user.", "Choose a port above 1023 with --port.")
    return PortInUse(f"{where} can't be listened on ({error.strerror}).", "Choose another port with --port.")
