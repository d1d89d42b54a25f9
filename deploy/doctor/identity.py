"""A device that comes with a certificate: how long it counts, and whether hub and broker take it."""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography import x509

from deploy.clock import wall_ms
from deploy.doctor.finding import Finding, Level, fail, ok, warn
from deploy.errors import DeployError
from deploy.web import HubApi

_OTHERS = 0o077
_TIMEOUT_S = 5.0
_ALERT_S = 1.0
"""A broker that does not like a certificate says so right after the greeting."""
_DAY_S = 86_400
_LATE = 1 / 4
"""A device renews when a third of its certificate's life is left."""
_CLOCK_OFF_MS = 300_000
_OK = 200
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: a device need not know the time, see sync/link/tls.py
_PORT = 8883
SITE_BROKER, CENTRAL_BROKER = "site broker", "central broker"
_CLAIM = "Claim it: opas fleet claim CODE, with the code on its screen."


@dataclass(frozen=True, slots=True)
class Identity:
    """The files of one device's identity, below its data folder."""

    data: Path

    @property
    def certificate(self) -> Path:
        """Key and certificate."""
        return self.data / "identity" / "device.pem"

    @property
    def trusted(self) -> Path:
        """The authority."""
        return self.data / "identity" / "ca.pem"

    def told(self, name: str) -> dict[str, Any]:
        """One of its JSON files, empty when there is none."""
        try:
            found = json.loads((self.data / "identity" / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def context(self) -> ssl.SSLContext:
        """What the agent connects with. Raises `OSError`."""
        context = ssl.create_default_context(cafile=str(self.trusted))
        context.load_cert_chain(self.certificate)
        context.verify_flags |= _NO_CHECK_TIME
        return context


def identity(device: Identity, hub_url: str, site_broker: Mapping[str, Any]) -> list[Finding]:
    """Certificate, hub and broker; `site_broker` is the table [sitebroker], empty where the site has none of its own."""
    notice = device.told("notice.json")
    if not device.certificate.exists():
        says = {"removed": "was taken out of the fleet", "expired": "was away for too long"}
        what = f"this device {says.get(str(notice.get('standing')), 'belongs to no fleet yet')}"
        problem, todo = str(notice.get("problem", "")), str(notice.get("todo", ""))
        return [fail("identity", f"{what}. {problem}".rstrip(". "), todo or _CLAIM)]
    try:
        context = device.context()
    except OSError as error:
        todo = "Run the doctor as the user who runs the agent; if they are damaged, remove the folder and claim anew."
        return [fail("identity", f"{device.certificate.parent}: keys can't be read ({error})", todo)]
    settings = device.told("settings.json")
    central = (str(settings.get("broker_host", "")), int(settings.get("broker_port", 0)))
    brokers = [_broker(SITE_BROKER, central, context)]
    if site_broker:
        own = (str(site_broker.get("host", "")), int(site_broker.get("port", _PORT)))
        brokers = [spare(_broker(SITE_BROKER, own, context)), _broker(CENTRAL_BROKER, central, context)]
    return [_certificate(device.certificate), _hub(hub_url, context), *brokers]


def spare(finding: Finding) -> Finding:
    """The site's own broker where there is the central one besides: a device goes without."""
    if finding.level is not Level.FAIL:
        return finding
    return replace(finding, level=Level.WARN, todo=f"{finding.todo} The central one is used meanwhile.")


def _certificate(path: Path) -> Finding:
    if path.stat().st_mode & _OTHERS:
        return fail("identity", f"{path} holds the device's key, and others may read it", f"chmod 600 {path}")
    held = x509.load_pem_x509_certificates(path.read_bytes())[0]
    name = held.subject.rfc4514_string()
    first, last = held.not_valid_before_utc.timestamp(), held.not_valid_after_utc.timestamp()
    left = last - wall_ms() / 1000
    until = f"{name}, until {held.not_valid_after_utc:%Y-%m-%d}"
    if left <= 0:
        return fail("identity", f"{until}: it has run out, or this clock is wrong", f"Set the clock. {_CLAIM}")
    if left > last - first:
        return warn("identity", f"{until}: it is of the future, or this clock is wrong", "Set the clock.")
    if left < (last - first) * _LATE:
        todo = "The agent renews it while the hub answers: look at its log."
        return warn("identity", f"{until}, {left / _DAY_S:.0f} days: it should have been renewed", todo)
    return ok("identity", f"{until}, {left / _DAY_S:.0f} days, renewed before that")


def _hub(url: str, context: ssl.SSLContext) -> Finding:
    try:
        answer = HubApi(url, timeout_s=_TIMEOUT_S, tls=context).ask("GET", "/v1/identity")
        said = answer.json()
    except DeployError as error:
        return fail("hub", error.what, "Correct [hub] url, start the hub, or look at the network between them.")
    except ValueError:
        return fail("hub", f"{url} is no hub", "Correct [hub] url.")
    if answer.status != _OK:
        return fail("hub", f"{url} refuses this device. {said.get('error', '')}", str(said.get("todo", _CLAIM)))
    off_ms = wall_ms() - int(said["now"])
    if abs(off_ms) > _CLOCK_OFF_MS:
        says = f"{url} knows this device; this clock is {off_ms / 60_000:+.0f} minutes off the hub's"
        return warn("hub", says, "Set the clock, or let it be set by NTP.")
    return ok("hub", f"{url} knows this device as {said['device']} at {said['site']}")


def _broker(topic: str, address: tuple[str, int], context: ssl.SSLContext) -> Finding:
    host, port = address
    where = f"{host}:{port}"
    try:
        with (
            socket.create_connection((host, port), timeout=_TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            # No CONNECT: under our name it would throw the agent out.
            secure.settimeout(_ALERT_S)
            secure.recv(1)
    except TimeoutError:
        return ok(topic, f"{where} takes the certificate")
    except ssl.SSLCertVerificationError as error:
        return fail(topic, f"{where}: its certificate is not trusted ({error.verify_message})", "Make it anew.")
    except ssl.SSLError as error:
        return fail(topic, f"{where} does not take the certificate ({error.reason})", _CLAIM)
    except OSError as error:
        todo = "Start the broker, correct identity.broker at the hub, or look at the network between them."
        return fail(topic, f"{where} does not answer ({error})", todo)
    return fail(topic, f"{where} does not take the certificate", _CLAIM)
