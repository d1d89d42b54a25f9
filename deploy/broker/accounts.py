"""Who may connect to the broker, and what each may publish and read there. Pure: text in, text out."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PASSWORD_BYTES = 24
DEVICE_WRITES = ("up", "hello", "status", "req")
DEVICE_READS = ("ack", "down")
"""The last words of a device's own topics."""


class Rights(StrEnum):
    """What an account is for."""

    DEVICE = "device"
    """Sends its own events, health and greeting, and reads what is meant for it."""
    HUB = "hub"
    """Reads what all devices send and answers each."""
    SITE = "site"
    """A site's broker at the central one: sends and reads as each of its devices may."""


@dataclass(frozen=True, slots=True)
class Account:
    """One user of the broker. `site` is needed for a device, whose claims its site shares; `devices` for a site's broker.

    A `certified` user comes with a certificate and has no password.
    """

    user: str
    password: str
    rights: Rights
    site: str = ""
    devices: tuple[str, ...] = ()
    certified: bool = False

    def __post_init__(self) -> None:
        """Refuse what would change the meaning of a line in the broker's files."""
        names = (self.user, self.site) if self.rights is Rights.DEVICE else (self.user, *self.devices)
        for name in names:
            if not _NAME.fullmatch(name):
                msg = f"{name!r} is no name for a broker's user or site: lower-case letters, digits, hyphens"
                raise ValueError(msg)
        if self.certified:
            return
        if not self.password or not self.password.isprintable() or ":" in self.password:
            msg = f"the password of {self.user} must be printable and free of colons"
            raise ValueError(msg)


def new_password() -> str:
    """A random password that needs no quoting anywhere."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def acl_text(accounts: Iterable[Account]) -> str:
    """The content of mosquitto's `acl_file`: whatever stands nowhere in it is denied."""
    return "\n".join(line for account in accounts for line in (f"user {account.user}", *_rules(account), ""))


def passwords_text(accounts: Iterable[Account]) -> str:
    """The plain lines that `mosquitto_passwd -U` turns into hashes."""
    return "".join(f"{account.user}:{account.password}\n" for account in accounts if not account.certified)


def _rules(account: Account) -> tuple[str, ...]:
    if account.rights is Rights.HUB:
        return (
            *(f"topic read cx/1/+/{leaf}" for leaf in DEVICE_WRITES),
            *(f"topic write cx/1/+/{leaf}" for leaf in DEVICE_READS),
        )
    if account.rights is Rights.SITE:
        return tuple(rule for device in account.devices for rule in _own(device))
    return (*_own(account.user), f"topic readwrite cx/1/site/{account.site}/claims")


def _own(device: str) -> tuple[str, ...]:
    return (
        *(f"topic write cx/1/{device}/{leaf}" for leaf in DEVICE_WRITES),
        *(f"topic read cx/1/{device}/{leaf}" for leaf in DEVICE_READS),
    )
