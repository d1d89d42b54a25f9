"""The site broker's bridge to the central one: the devices' own topics go up, their answers come down. Pure.

Claims stay at the site: that is what the site broker is for while the network is cut. A bridge may lose what it has
acknowledged (its queue is bounded and in memory); nothing depends on it, since a device sends again until the hub's own
ack has come.
"""

from dataclasses import dataclass
from pathlib import Path

from deploy.broker.accounts import DEVICE_READS, DEVICE_WRITES, Account, Rights

_HEAD = """\
# The way to the central broker, which knows this site as one account with the rights of its devices.
connection central
address {host}:{port}
{introduction}
bridge_protocol_version mqttv50
cleansession true
notifications false
try_private false
# Pauses between tries grow from a second to half a minute, each drawn at random, so that sites don't come all at once.
restart_timeout 1 30
keepalive_interval 15
bridge_outgoing_retain false
"""


_BY_PASSWORD = """\
remote_username {user}
remote_password {password}
remote_clientid opas-{user}"""  # noqa: S105 - the places of user and password
_BY_CERTIFICATE = """\
remote_clientid {name}
bridge_cafile {folder}/chain.pem
bridge_certfile {folder}/broker.pem
bridge_keyfile {folder}/broker.pem"""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where the central broker is and this site's account there; with `tls_ca` (PEM) the connection is TLS."""

    host: str
    port: int
    account: Account
    tls_ca: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what would change the meaning of a line in the broker's configuration."""
        if self.account.rights is not Rights.SITE:
            msg = f"{self.account.user} is no account of a site"
            raise ValueError(msg)
        if not self.host or any(character.isspace() or not character.isprintable() for character in self.host):
            msg = f"{self.host!r} is no host"
            raise ValueError(msg)
        if any(character.isspace() for character in self.account.password):
            msg = f"the password of {self.account.user} must be free of blanks: the broker's configuration ends there"
            raise ValueError(msg)


def bridge_text(bridge: Bridge) -> str:
    """The lines to add to the configuration of the site's broker."""
    account = bridge.account
    introduction = _BY_PASSWORD.format(user=account.user, password=account.password)
    head = _HEAD.format(host=bridge.host, port=bridge.port, introduction=introduction)
    lines = [f"bridge_cafile {bridge.tls_ca}"] if bridge.tls_ca else []
    for device in account.devices:
        lines += [f"topic cx/1/{device}/{leaf} out 1" for leaf in DEVICE_WRITES]
        lines += [f"topic cx/1/{device}/{leaf} in 1" for leaf in DEVICE_READS]
    return head + "\n".join(lines) + "\n"


def certified_bridge_text(host: str, port: int, name: str, folder: Path) -> str:
    """The same for a site's broker that comes with its certificate in `folder`, under `name`.

    It asks for every device's topics: the central broker's rules pass on those of the site's devices, whoever they are now.
    """
    head = _HEAD.format(host=host, port=port, introduction=_BY_CERTIFICATE.format(name=name, folder=folder))
    lines = [f"topic cx/1/+/{leaf} out 1" for leaf in DEVICE_WRITES]
    lines += [f"topic cx/1/+/{leaf} in 1" for leaf in DEVICE_READS]
    return head + "\n".join(lines) + "\n"
