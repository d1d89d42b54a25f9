"""Small questions to the hub's device port about who this device is. Small answers, one connection each."""

import contextlib
import email.utils
import http.client
import ssl
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from kiosk.errors import LinkError
from kiosk.model.ids import EpochMs
from sync.agent.identity.keys import held, pin_of
from sync.link.tls import client_context
from sync.wire.enrolment import REMOVED, Enrol, Enrolled, Identity, Renewal, Renewed

_TIMEOUT_S = 10.0
_MOST_BYTES = 200_000
_MOST_WORDS = 300
_OK = 200
_AGAIN = "Nothing to do here: it is tried again. If this lasts, look at the hub's log."
_T = TypeVar("_T")


class Removed(LinkError):
    """The hub has turned this device out; its certificate will never be good again."""


class Expired(LinkError):
    """The certificate has run out, by the hub's clock."""


class _Refusal(msgspec.Struct, frozen=True):
    error: str = ""
    todo: str = ""
    field: str = ""


class _Answer(NamedTuple):
    status: int
    body: bytes
    at: EpochMs | None


class Asking:
    """Asks one hub. `trusted` is the PEM of its authority. Every method raises `LinkError` that says what to do."""

    def __init__(self, url: str, trusted: Path) -> None:
        self._parts = urlsplit(url)
        self._base = url.rstrip("/")
        self._trusted = trusted

    def authority(self, pin: str) -> bytes:
        """The authority's certificate (PEM), fetched from whoever answers and taken only when it is the one of `pin`."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        answer = self._send(context, "GET", "/v1/authority", None)
        try:
            found = pin_of(answer.body) if answer.status == _OK else ""
        except ValueError:
            found = ""
        if found != pin:
            todo = (
                "Compare [hub] ca_sha256 with `opas fleet ca` at the hub, and [hub] url with its address. If both are"
                " right, somebody stands between this device and the hub."
            )
            raise LinkError(f"{self._base}: is not the hub whose authority is pinned.", todo)
        return answer.body

    def enrol(self, form: Enrol) -> Enrolled:
        """Ask to be let in, or how it stands."""
        return self._said(self._send(self._context(None), "POST", "/v1/enrolments", form), Enrolled)

    def identity(self, certificate: Path) -> Identity:
        """Who the holder of `certificate` is. Raises `Removed` and `Expired` beside other `LinkError`s."""
        try:
            return self._said(self._send(self._context(certificate), "GET", "/v1/identity", None), Identity)
        except Removed:
            raise
        except LinkError as error:
            raise self._run_out(certificate) or error from error

    def renew(self, certificate: Path, csr: str) -> str:
        """Another certificate (PEM, with the issuing authority's), for the key of `csr`."""
        answer = self._send(self._context(certificate), "POST", "/v1/identity/renewal", Renewal(csr))
        return self._said(answer, Renewed).certificate

    def _run_out(self, certificate: Path) -> Expired | None:
        """Whether the hub would not speak to us because our certificate has run out; it tells its time to anybody."""
        with contextlib.suppress(LinkError, OSError, ValueError):
            at = self._send(self._context(None), "GET", "/v1/authority", None).at
            if at is not None and held(certificate.read_bytes()).not_after <= at:
                return Expired(
                    f"{certificate}: this device's certificate has run out.",
                    "Claim the device anew, under the name that it had: its data and unsent events are kept.",
                )
        return None

    def _context(self, certificate: Path | None) -> ssl.SSLContext:
        try:
            return client_context(self._trusted, certificate, check_time=False)
        except OSError as error:
            todo = "Give this user read access; if they are damaged, remove the identity folder and claim anew."
            raise LinkError(f"{self._trusted.parent}: keys can't be read ({error}).", todo) from error

    def _send(self, context: ssl.SSLContext, method: str, path: str, form: object) -> _Answer:
        host, port = self._parts.hostname or "", self._parts.port
        connection = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=context)
        body = None if form is None else msgspec.json.encode(form)
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, body)
            response = connection.getresponse()
            return _Answer(response.status, response.read(_MOST_BYTES), _time_of(response))
        except ssl.SSLCertVerificationError as error:
            todo = "Compare [hub] url with the names in the hub's identity.names, and [hub] ca_sha256 with `opas fleet ca`."
            what = f"Hub {self._base}: its certificate is not trusted ({error.verify_message})."
            raise LinkError(what, todo) from error
        except ssl.SSLError as error:
            raise LinkError(f"Hub {self._base}: ends the conversation ({error.reason}).", _AGAIN) from error
        except (OSError, http.client.HTTPException) as error:
            todo = "Start the hub, check the network, or correct [hub] url."
            raise LinkError(f"Hub {self._base}: can't be reached ({_words(str(error))}).", todo) from error
        finally:
            connection.close()

    def _said(self, answer: _Answer, kind: type[_T]) -> _T:
        if answer.status == _OK:
            try:
                return msgspec.json.decode(answer.body, type=kind)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise LinkError(f"Hub {self._base}: that is no answer of a hub.", "Correct [hub] url.") from error
        try:
            refusal = msgspec.json.decode(answer.body, type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            refusal = _Refusal()
        what = f"Hub {self._base}: {_words(refusal.error) or f'answered {answer.status}.'}"
        family = Removed if refusal.field == REMOVED else LinkError
        raise family(what, _words(refusal.todo) or _AGAIN)


def _time_of(response: http.client.HTTPResponse) -> EpochMs | None:
    try:
        return EpochMs(int(email.utils.parsedate_to_datetime(response.headers["Date"]).timestamp() * 1000))
    except (TypeError, ValueError):
        return None


def _words(text: str) -> str:
    """Another machine's words, made fit for one line of a log and a screen."""
    return "".join(character for character in text if character.isprintable())[:_MOST_WORDS]
