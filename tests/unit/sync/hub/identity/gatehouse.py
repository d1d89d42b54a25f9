"""The device port with certificates, without sockets, and devices that come to it with keys of their own."""

import secrets
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.model.identity import ClaimCode, claim_code, shown
from sync.agent.identity.keys import new_key, public_der, request_for
from sync.hub.api.device import device_app
from sync.hub.api.door import CertificateDoor
from sync.hub.api.enrolling import add_enrolling
from tests.unit.sync.hub.office import Office


class Behind:
    """An app as TLS would show it: with the certificate of whoever connected."""

    def __init__(self, app: ASGIApp, certificate: str) -> None:
        self._app = app
        self._certificate = certificate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "extensions": {"tls": {"client_cert_chain": [self._certificate]}}}, receive, send)


class Newcomer:
    """A device with a key and a nonce, as a fresh card has."""

    def __init__(self, gatehouse: "Gatehouse", was: str = "") -> None:
        self._gatehouse = gatehouse
        self.key = new_key()
        self.nonce = secrets.token_hex(16)
        self.was = was

    @property
    def code(self) -> ClaimCode:
        return claim_code(public_der(self.key), bytes.fromhex(self.nonce))

    def form(self) -> dict[str, str]:
        return {"csr": request_for(self.key), "nonce": self.nonce, "was": self.was}

    def ask(self) -> dict[str, Any]:
        answer = self._gatehouse.anybody.post("/v1/enrolments", json=self.form())
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said


class Gatehouse:
    """`anybody` is the device port without a certificate."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.clock = office.world.clock
        door = CertificateDoor(office.world.store, self.clock)
        self.app = device_app(office.world.store, self.clock, door)
        add_enrolling(self.app, office.registry, door)
        self.anybody = TestClient(self.app, base_url="https://hub.example")

    def newcomer(self, was: str = "") -> Newcomer:
        """A device that waits."""
        newcomer = Newcomer(self, was)
        assert newcomer.ask()["state"] == "waiting"
        return newcomer

    def claim(self, code: str, device: str = "gate-9", site: str = "terminal", **more: Any) -> Any:
        """What the admin API answers to a claim."""
        form = {"code": code, "site": site, "device": device, "role": "gate", **more}
        return self.office.admin.post("/v1/claims", json=form)

    def member(self, device: str = "gate-9", site: str = "terminal", **more: Any) -> tuple[Newcomer, TestClient]:
        """A claimed device, and the device port as it sees it."""
        newcomer = self.newcomer()
        answer = self.claim(shown(newcomer.code), device, site, **more)
        assert answer.status_code == 200, answer.text
        return newcomer, self.behind(newcomer.ask()["certificate"])

    def behind(self, certificate: str) -> TestClient:
        """The device port for whoever shows this certificate (PEM; the first one counts)."""
        return TestClient(Behind(self.app, certificate), base_url="https://hub.example")
