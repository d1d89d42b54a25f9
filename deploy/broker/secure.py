"""Writes a folder from which a mosquitto runs that takes certificates of the hub's authority only, from any network.

What belongs to whom is the hub's to say: the access rules and the list of certificates that count no more are written
anew whenever they change there, and the broker is told to read them (`deploy.broker.command`).
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.broker.accounts import Account, Rights, acl_text
from deploy.broker.bridge import certified_bridge_text
from deploy.broker.files import MANNERS, find_program, run_as, write_private
from deploy.errors import DeployError, MissingProgram

_CONFIGURATION = """\
# Written by `opas broker`; changes are lost at the next start.
listener {port} {bind}
cafile {folder}/chain.pem
certfile {folder}/broker.pem
keyfile {folder}/broker.pem
# Read anew at each SIGHUP: whoever is on it can't connect any more. That ends no connection, the access rules do.
crlfile {folder}/revoked.pem
require_certificate true
# The certificate's name is the user, and the user's name the client's, so that nobody can throw out another one.
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {folder}/acl
"""
_SETTINGS = "broker.json"
_QUEUED = 100_000


class NoBroker(DeployError):
    """The folder holds no broker that `opas broker new` made."""

    exit_status = 66


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """One broker: the `name` on its certificate, where it listens, and the hub's device port.

    `central` is HOST:PORT of the central broker for a site's own one, which passes on to it what its devices say.
    """

    name: str
    bind: str
    port: int
    hub: str
    central: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one broker."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """What mosquitto is started with."""
        return self.folder / "mosquitto.conf"

    @property
    def identity(self) -> Path:
        """Its private key, its certificate and the issuing authority's; the key leaves this file in no form."""
        return self.folder / "broker.pem"

    @property
    def chain(self) -> Path:
        """The authorities that it trusts."""
        return self.folder / "chain.pem"

    @property
    def revoked(self) -> Path:
        """The certificates that count no more."""
        return self.folder / "revoked.pem"

    @property
    def acl(self) -> Path:
        """Who may do what."""
        return self.folder / "acl"

    def settings(self) -> BrokerSettings:
        """Raises `NoBroker`."""
        try:
            return BrokerSettings(**json.loads((self.folder / _SETTINGS).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            todo = "Make it first: opas broker new FOLDER --name HOST --hub https://HUB:8600"
            raise NoBroker(f"{self.folder}: holds no broker.", todo) from error

    def prepare(self, settings: BrokerSettings) -> None:
        """Make the folder, for this user only, with the broker's configuration."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        write_private(self.folder / _SETTINGS, json.dumps(asdict(settings)))
        values = {"port": settings.port, "bind": settings.bind, "folder": self.folder.resolve()}
        write_private(
            self.configuration,
            (_CONFIGURATION + MANNERS).format(**values, queued=_QUEUED) + run_as() + self._way_up(settings),
        )
        if not self.acl.exists():
            write_private(self.acl, "")

    def _way_up(self, settings: BrokerSettings) -> str:
        host, _, port = settings.central.rpartition(":")
        return certified_bridge_text(host, int(port), settings.name, self.folder.resolve()) if host else ""

    def take_access(self, access: dict[str, object]) -> None:
        """Write down whom the hub lets in. Raises `ValueError` or `KeyError` for what no hub says."""
        told = access["accounts"]
        if not isinstance(told, list):
            raise TypeError(told)
        accounts = [
            Account(
                each["user"], "", Rights(each["rights"]), each["site"], tuple(each.get("devices", ())), certified=True
            )
            for each in told
        ]
        revoked = str(access["revocations"])
        x509.load_pem_x509_crl(revoked.encode())
        write_private(self.revoked, revoked)
        write_private(self.acl, acl_text(accounts))


def fresh_request() -> tuple[str, str]:
    """A private key and a request for a certificate for it, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return private.decode(), request.public_bytes(serialization.Encoding.PEM).decode()


def lives_at(home: Home, now_ms: int) -> float:
    """Which part of its certificate's life is over, 1 for all of it. Raises `NoBroker` where there is none."""
    try:
        held = x509.load_pem_x509_certificate(home.identity.read_bytes())
    except (OSError, ValueError) as error:
        todo = "Make the broker anew: opas broker new FOLDER --name HOST --hub https://HUB:8600"
        raise NoBroker(f"{home.identity}: holds no certificate.", todo) from error
    first, last = held.not_valid_before_utc.timestamp(), held.not_valid_after_utc.timestamp()
    return (now_ms / 1000 - first) / (last - first)


def mosquitto() -> str:
    """The broker's program. Raises `MissingProgram`."""
    program = find_program("mosquitto")
    if program is None:
        raise MissingProgram("mosquitto is not on this machine.", "Install it: apt-get install mosquitto")
    return program
