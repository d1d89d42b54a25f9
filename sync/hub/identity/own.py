"""The hub's own certificates: as the server of the device port, and as a client of the broker. Renewed in good time."""

import logging
import ssl
import threading
from pathlib import Path

from cryptography import x509

from kiosk.model.ids import EpochMs
from sync.hub.errors import DataError
from sync.hub.identity.keyfiles import write_durably
from sync.hub.identity.registry import Registry
from sync.hub.settings import Settings

_LOOK_S = 3600.0
_NOBODY_ELSE = 0o600
_log = logging.getLogger(__name__)


def client_file(settings: Settings) -> Path:
    """The key and certificate with which the hub comes to the broker."""
    return settings.data / "hub-broker.pem"


def root_file(settings: Settings) -> Path:
    """The root that the hub trusts at the broker: its own."""
    return settings.data / "hub-trusts.pem"


class OwnIdentity:
    """Keeps both in files of the hub's data folder and looks after them once an hour, on its own thread.

    `server` is for the device port: it asks for a certificate of our authority, and lets those in who have none, who
    may only ask to be claimed.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        """Raises `DataError`."""
        self._registry = registry
        self._names = settings.identity.names
        self._user = settings.broker.user
        self._server_file = settings.data / "hub-server.pem"
        self._client_file = client_file(settings)
        write_durably(root_file(settings), registry.authority.root_pem, 0o644)
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=registry.authority.chain_pem.decode())
        self.server.verify_mode = ssl.CERT_OPTIONAL
        self._serve_with_fresh()
        self._renew_client()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="own identity", daemon=True)

    def start(self) -> None:
        """Begin to look after them."""
        self._thread.start()

    def stop(self) -> None:
        """End at once."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Renew what has lived two thirds of its life. Connections that stand keep what they have."""
        if self._is_old(self._server_file):
            self._serve_with_fresh()
        self._renew_client()

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            try:
                self.look()
            except DataError as error:
                _log.error("the hub's own certificate could not be renewed: %s", error)

    def _serve_with_fresh(self) -> None:
        write_durably(self._server_file, self._registry.own_pem(self._user, self._names), _NOBODY_ELSE)
        self.server.load_cert_chain(self._server_file)

    def _renew_client(self) -> None:
        if self._is_old(self._client_file):
            write_durably(self._client_file, self._registry.own_pem(self._user), _NOBODY_ELSE)

    def _is_old(self, path: Path) -> bool:
        try:
            held = x509.load_pem_x509_certificate(path.read_bytes())
            known = self._registry.counts(held) or path == self._server_file
        except (OSError, ValueError):
            return True
        first, last = held.not_valid_before_utc.timestamp(), held.not_valid_after_utc.timestamp()
        now: EpochMs = self._registry.clock.now().wall_ms
        return not known or not first <= now / 1000 <= first + (last - first) * 2 / 3
