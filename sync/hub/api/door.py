"""Who may use the device port: by certificate where the port speaks TLS, else by token."""

from typing import Protocol

from cryptography import x509
from fastapi import Request

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId
from sync.hub.api.http import bearer, same_token, unauthorized
from sync.hub.errors import Refused
from sync.hub.fleet import token_hash
from sync.hub.identity.holding import adopt, shown_by
from sync.hub.identity.kinds import Kind, Peer, peer_of
from sync.hub.store.identity_rows import Certificate
from sync.hub.store.interface import HubStore, Reading
from sync.hub.store.rows import Device


class Door(Protocol):
    """Tells which device a request comes from."""

    def device(self, reading: Reading, request: Request) -> Device:
        """The device. Raises `Refused`."""
        ...


class TokenDoor:
    """For a port without TLS: the token that the hub gave for the device."""

    def device(self, reading: Reading, request: Request) -> Device:
        """See `Door`."""
        token = bearer(request)
        found = reading.device_of_token(token_hash(token))
        if found is None or not same_token(token, found[1]):
            raise unauthorized("The token is not known here.")
        return found[0]


class CertificateDoor:
    """For a port with TLS: a certificate of ours, in force, of a device that is registered for the site it names."""

    def __init__(self, store: HubStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def device(self, reading: Reading, request: Request) -> Device:
        """See `Door`."""
        shown = self.shown(reading, request, Kind.DEVICE)
        device = reading.devices_of([DeviceId(shown.name)]).get(DeviceId(shown.name))
        if device is None or device.site != shown.site:
            what = f"{shown.name} is not registered for the site {shown.site} that its certificate names."
            raise Refused(what, "Take it out with `opas fleet revoke` and claim it anew.", status=403)
        return device

    def shown(self, reading: Reading, request: Request, kind: Kind) -> Certificate:
        """The certificate of the connection, checked. Raises `Refused`."""
        pem = _shown_on(request)
        peer = peer_on(request)
        if peer is None:
            todo = "Connect with the device's certificate; one that has none must be claimed first."
            raise Refused("The connection carries no certificate.", todo, status=401)
        now = self._clock.now().wall_ms
        if kind is Kind.DEVICE and reading.identities.certificate(peer.serial) is None:
            with self._store.writing() as writing:
                adopted = adopt(writing, pem, now)
            if adopted is not None:
                return adopted
        return shown_by(reading, peer.serial, kind, now)


def peer_on(request: Request) -> Peer | None:
    """Who is at the other end of the TLS connection; the chain and the time were checked by TLS itself."""
    pem = _shown_on(request)
    return peer_of(x509.load_pem_x509_certificate(pem.encode())) if pem else None


def _shown_on(request: Request) -> str:
    tls = request.scope.get("extensions", {}).get("tls", {})
    chain = tls.get("client_cert_chain", ())
    return str(chain[0]) if chain else ""
