"""From a fresh card to a member of the fleet: ask the hub until somebody has claimed this device.

Each step is on the disk before the next begins, and each may be done again: the request with its key before it is sent,
the certificate before the settings, the settings before the request is forgotten. So a kill at any moment costs nothing
but the time to start.
"""

import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from kiosk.errors import ConfigurationError, LinkError
from kiosk.model.identity import NONCE_BYTES, Granted, Notice, Standing, claim_code, fingerprint_of, shown
from kiosk.store.identity import IdentityFiles, Request
from sync.agent.identity.asking import Asking, Expired, Removed
from sync.agent.identity.keys import checked, new_key, pin_of, public_der, request_for
from sync.link import Backoff
from sync.wire.enrolment import Enrol, Enrolled, EnrolState, Identity

_RETRY_FIRST_S, _RETRY_MAX_S = 1.0, 30.0
_log = logging.getLogger(__name__)


class Card(NamedTuple):
    """What a fresh card knows: the hub, and its authority by file or by SHA-256; `was` is who this device has been."""

    url: str
    trusted: str = ""
    pin: str = ""
    was: str = ""
    release: str = ""
    standing: Standing = Standing.UNCLAIMED


class AsksToBeLetIn(Protocol):
    """What is asked of the hub on the way in; `Asking` does it over TLS."""

    def authority(self, pin: str) -> bytes:
        """See `Asking`."""
        ...

    def enrol(self, form: Enrol) -> Enrolled:
        """See `Asking`."""
        ...

    def identity(self, certificate: Path) -> Identity:
        """See `Asking`."""
        ...


def trust(files: IdentityFiles, asking: AsksToBeLetIn, card: Card) -> None:
    """Have the authority's certificate at hand: from the card's file, or fetched and held against its fingerprint.

    Raises `ConfigurationError` for a card that says neither: the first answer must not be believed for being the first.
    """
    if card.trusted:
        try:
            files.write(files.trusted, Path(card.trusted).read_bytes())
        except OSError as error:
            todo = "Put the authority's certificate there (`opas fleet ca`), readable for this user."
            raise ConfigurationError(f"{card.trusted}: can't be read ({error.strerror}).", todo) from error
        return
    pin = card.pin.replace(":", "").replace(" ", "").lower()
    if not pin:
        todo = "Write what `opas fleet ca` shows at the hub as [hub] ca_sha256, or its file as [hub] tls_ca."
        raise ConfigurationError("[hub]: nothing says which hub to trust.", todo)
    kept = files.read(files.trusted)
    try:
        known = kept is not None and pin_of(kept) == pin
    except ValueError:
        known = False
    if not known:
        files.write(files.trusted, asking.authority(pin))


class Enrolling:
    """Asks until this device is claimed. `wait` sleeps for some seconds and tells whether to go on."""

    def __init__(
        self, files: IdentityFiles, card: Card, wait: Callable[[float], bool], asking: AsksToBeLetIn | None = None
    ) -> None:
        """`asking` is by default whatever answers at the card's address."""
        self._files = files
        self._card = card
        self._wait = wait
        self._asking = asking or Asking(card.url, files.trusted)
        self._backoff = Backoff(_RETRY_FIRST_S, _RETRY_MAX_S)
        self._told = ""

    def run(self) -> Granted | None:
        """What the hub granted; None when told to stop before. Raises `ConfigurationError` and `StoreError`."""
        while True:
            try:
                granted, pause_s = self._step()
            except LinkError as error:
                self._tell(error)
                granted, pause_s = None, self._backoff.next()
            if granted is not None:
                return granted
            if not self._wait(pause_s):
                return None

    def _step(self) -> tuple[Granted | None, float]:
        """One question to the hub: what it granted, or how long to wait before the next."""
        trust(self._files, self._asking, self._card)
        if self._files.read(self._files.certificate) is not None:
            return self._settle(), 0.0
        request = self._request()
        answer = self._asking.enrol(Enrol(request_for(request.key), request.nonce, self._card.was, self._card.release))
        self._backoff.reset()
        return None, self._follow(request, answer)

    def _follow(self, request: Request, answer: Enrolled) -> float:
        if answer.state is EnrolState.CLAIMED:
            trusted = self._files.read(self._files.trusted) or b""
            self._files.write(self._files.certificate, checked(request.key, answer.certificate, trusted))
            return 0.0
        if answer.state is EnrolState.WAITING:
            self._show(request)
            return max(1.0, float(answer.ask_again_s))
        if answer.state is EnrolState.CONTESTED:
            _log.warning("another device came with our claim code: we make a new key and another code")
            self._files.drop_request()
        else:
            self._files.put_request(Request(request.key, _nonce()))
        return 0.0

    def _request(self) -> Request:
        request = self._files.request()
        if request is None:
            request = Request(new_key(), _nonce())
            self._files.put_request(request)
        return request

    def _settle(self) -> Granted:
        """The certificate is there: fetch what belongs to it, write it down, and forget the claim."""
        try:
            told = self._asking.identity(self._files.certificate)
        except (Removed, Expired):
            # Turned out, or too late, before it was ever in: begin again.
            self._files.remove(self._files.certificate)
            self._files.drop_request()
            raise
        granted = granted_of(told)
        self._files.put_granted(granted)
        self._files.drop_request()
        self._files.drop_notice()
        _log.info("claimed as %s, %s at %s", granted.device, granted.role, granted.site)
        return granted

    def _show(self, request: Request) -> None:
        key = public_der(request.key)
        code = claim_code(key, bytes.fromhex(request.nonce))
        if self._told != code:
            self._told = code
            _log.info(
                "waiting to be claimed, with the code %s: opas fleet claim %s --site … --device …",
                shown(code),
                shown(code),
            )
        self._files.put_notice(Notice(self._card.standing, code, fingerprint_of(key), self._card.url))

    def _tell(self, error: LinkError) -> None:
        if self._told != error.what:
            self._told = error.what
            _log.warning("%s", error)
        self._files.put_notice(Notice(self._card.standing, hub=self._card.url, problem=error.what, todo=error.todo))


def granted_of(identity: Identity) -> Granted:
    """What the device writes down of what the hub says."""
    return Granted(
        identity.device,
        identity.site,
        identity.role,
        identity.name,
        identity.site_key,
        identity.broker_host,
        identity.broker_port,
    )


def _nonce() -> str:
    return secrets.token_hex(NONCE_BYTES)
