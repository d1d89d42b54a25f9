"""The two HTTP servers in one event loop, on sockets that were bound before anything else began."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.hub.errors import AddressInUse
from sync.hub.settings import Address

_GRACE_S = 1
_BACKLOG = 512


class _Server(uvicorn.Server):
    """A server that leaves signals to the process that runs it."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def bind(address: Address) -> socket.socket:
    """A listening socket. Raises `AddressInUse` that says what to do."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _unusable(address, error) from error
    return listener


class _WithPeer(msgspec.Struct, frozen=True):
    """The app of one TLS connection, which tells every request whose certificate (PEM) it came with (ASGI's TLS extension)."""

    app: ASGIApp
    certificate: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tls = {"client_cert_chain": [self.certificate]}
        scope = {**scope, "extensions": {**scope.get("extensions", {}), "tls": tls}}
        await self.app(scope, receive, send)


class _Protocol(H11Protocol):
    """HTTP/1.1 that remembers the certificate which the other end has shown."""

    def connection_made(self, transport: Any) -> None:
        secure = transport.get_extra_info("ssl_object")
        der = None if secure is None else secure.getpeercert(binary_form=True)
        if der:
            self.app = _WithPeer(self.app, ssl.DER_cert_to_PEM_cert(der))
        super().connection_made(transport)


class Served(NamedTuple):
    """An app, its socket, and the TLS that is spoken there, if any."""

    app: FastAPI
    listener: socket.socket
    tls: ssl.SSLContext | None = None


class Servers:
    """Serves each app on its socket until `stop`."""

    def __init__(self, apps: list[Served]) -> None:
        self._apps = apps
        self._servers = [_Server(_configured(each)) for each in apps]

    async def serve(self) -> None:
        """Returns when all have stopped."""
        sockets = [each.listener for each in self._apps]
        await asyncio.gather(
            *(server.serve(sockets=[listener]) for server, listener in zip(self._servers, sockets, strict=True))
        )

    def stop(self) -> None:
        """Take no more requests and end those in hand, after a second by force."""
        for server in self._servers:
            server.should_exit = True


def _configured(served: Served) -> uvicorn.Config:
    config = uvicorn.Config(
        served.app,
        http=_Protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
        # Slow clients must not hold connections for ever.
        timeout_keep_alive=15,
    )
    config.load()
    config.ssl = served.tls
    return config


def _unusable(address: Address, error: OSError) -> AddressInUse:
    if error.errno == errno.EADDRINUSE:
        todo = f"Stop the program that holds it (ss -ltnp 'sport = :{address.port}' names it), or choose another port."
        return AddressInUse(f"{address} is in use by another program.", todo)
    if error.errno == errno.EACCES:
        return AddressInUse(f"{address} may not be used by this user.", "Choose a port above 1023.")
    todo = "Name an address of this machine; 0.0.0.0 stands for all of them."
    return AddressInUse(f"{address} can't be listened on ({error.strerror}).", todo)
