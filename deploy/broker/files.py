"""Writes a folder from which one mosquitto runs, on loopback and for the given accounts only."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.broker.accounts import Account, acl_text, passwords_text
from deploy.broker.bridge import Bridge, bridge_text
from deploy.errors import MissingProgram

_OURS_ONLY = 0o600
_OURS_ONLY_FOLDER = 0o700
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
_HASHING_TIMEOUT_S = 60
_FEWEST_CONNECTIONS, _FEWEST_QUEUED = 500, 1_000
_QUEUED_EACH = 10

MANNERS = """\
# Devices and hub keep everything themselves and dedupe on (device, epoch, seq): the broker need remember nothing.
persistence false
# Messages are small and each waits for an answer; gathering them would cost tens of milliseconds.
set_tcp_nodelay true
# An envelope has 100,000 bytes at most.
max_packet_size 262144
# By default twenty messages wait for a hub's word before it gets the next, and its way may be long.
max_inflight_messages 1000
# A fleet that comes back speaks all at once; what is dropped here is sent again, but only seconds later.
max_queued_messages {queued}
log_dest stdout
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
"""
"""What every broker of ours is asked for, whoever may speak to it; `queued` is how many messages may wait for one client."""
_CONFIGURATION = """\
# Written by `opas`; changes are lost at the next start.
listener {port} 127.0.0.1
max_connections {connections}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
"""
_RUN_AS = """\
# Without this, a broker started by root gives itself to another user, who can't read these files.
user {user}
"""


@dataclass(frozen=True, slots=True)
class BrokerFiles:
    """A broker that is ready to be started with `command`; it listens on 127.0.0.1, `port`."""

    command: tuple[str, ...]
    port: int
    folder: Path


def find_program(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """The path of a program; Debian keeps mosquitto where an ordinary user's PATH does not look."""
    path = (os.environ if environ is None else environ).get("PATH", "")
    return shutil.which(name, path=f"{path}:{_SBIN}" if environ is None else path)


def write_broker(
    folder: Path,
    port: int,
    accounts: Sequence[Account],
    environ: Mapping[str, str] | None = None,
    bridge: Bridge | None = None,
) -> BrokerFiles:
    """Write configuration, hashed passwords and access rules into `folder`, readable by this user only.

    With a `bridge` it is a site's broker, which passes on to the central one what its devices and the hub say.
    The programs are looked for in the PATH of `environ`, by default in this process's and in Debian's sbin. Raises `MissingProgram` when mosquitto or its password tool is not there or fails.
    """
    broker, hasher = _needed("mosquitto", environ), _needed("mosquitto_passwd", environ)
    folder = folder.resolve()
    folder.mkdir(mode=_OURS_ONLY_FOLDER, parents=True, exist_ok=True)
    folder.chmod(_OURS_ONLY_FOLDER)
    way_up = "" if bridge is None else bridge_text(bridge)
    write_private(folder / "mosquitto.conf", _settings(port, folder, len(accounts)) + run_as() + way_up)
    write_private(folder / "acl", acl_text(accounts))
    _hash_passwords(hasher, folder / "passwords", passwords_text(accounts))
    return BrokerFiles((broker, "-c", str(folder / "mosquitto.conf")), port, folder)


def _settings(port: int, folder: Path, accounts: int) -> str:
    return (_CONFIGURATION + MANNERS).format(
        port=port,
        folder=folder,
        # While a device comes back its last connection may not be gone yet.
        connections=max(_FEWEST_CONNECTIONS, 2 * accounts),
        queued=max(_FEWEST_QUEUED, _QUEUED_EACH * accounts),
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, in one move, so that no reader sees half of it."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS_ONLY), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def run_as() -> str:
    """The line that keeps a broker with the user that starts it."""
    try:
        return _RUN_AS.format(user=pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:
        # In a container a user may have no name; such a one is not root, so the broker stays as it is.
        return ""


def _needed(name: str, environ: Mapping[str, str] | None) -> str:
    program = find_program(name, environ)
    if program is None:
        raise MissingProgram(f"{name} is not on this machine.", "Install it: apt-get install mosquitto")
    return program


def _hash_passwords(hasher: str, path: Path, plain: str) -> None:
    # In place and never in an argument, where every user of the machine could read them.
    write_private(path, plain)
    try:
        subprocess.run([hasher, "-U", str(path)], check=True, capture_output=True, timeout=_HASHING_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError) as error:
        path.unlink(missing_ok=True)
        raise MissingProgram(
            f"{hasher} could not hash the broker's passwords ({error}).", "Install mosquitto anew and try again."
        ) from error
    path.chmod(_OURS_ONLY)
