"""Signing of Opas codes: the issuer's private keys in files that only the hub's user can read."""

import base64
import os
import re
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model.customer import IssuerKey
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import OpasCode, pack, signed_part
from sync.hub.errors import DataError

_FILE = re.compile(r"issuer-([1-9]\d{0,2})\.json")
_LARGEST_ID = 255
_DAY_MS = 86_400_000
_OTHERS = 0o077


class _KeyFile(msgspec.Struct, frozen=True):
    """One private key on disk: its number in codes, its 32 secret bytes in base64, and when it was made."""

    id: int
    private: str
    made_at: EpochMs


class Issuer:
    """Signs with the newest key; the older ones stay public, so that what they signed stays good."""

    def __init__(self, keys: tuple[_KeyFile, ...]) -> None:
        self._newest = keys[-1]
        self._signer = _private(self._newest)
        self.public = tuple(_public(key) for key in keys)

    @property
    def key_id(self) -> int:
        """The number of the key that signs."""
        return self._newest.id

    def sign(self, code: OpasCode) -> bytes:
        """The payload to print. The code's `key_id` must be this issuer's."""
        return pack(code, self._signer.sign(signed_part(code)))


def open_issuer(folder: Path, now: EpochMs) -> Issuer:
    """The issuer with the keys in `folder`; makes the first one. Raises `DataError` for a file that can't be trusted."""
    numbers = sorted(int(match[1]) for path in folder.iterdir() if (match := _FILE.fullmatch(path.name)))
    if not numbers:
        _make(folder / "issuer-1.json", 1, now)
        numbers = [1]
    return Issuer(tuple(_read(folder / f"issuer-{number}.json", number) for number in numbers))


def _make(path: Path, number: int, now: EpochMs) -> None:
    secret = Ed25519PrivateKey.generate().private_bytes_raw()
    content = msgspec.json.encode(_KeyFile(number, base64.b64encode(secret).decode(), now))
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    # The name must be as durable as the codes that the key will sign.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path, number: int) -> _KeyFile:
    if path.stat().st_mode & _OTHERS:
        todo = f"If nobody can have read it: chmod 600 {path}. Otherwise move it away and issue all codes anew."
        raise DataError(f"{path}: the signing key can be read by others.", todo)
    try:
        key = msgspec.json.decode(path.read_bytes(), type=_KeyFile)
        _private(key)
    except (OSError, ValueError) as error:
        todo = "Put back the backup of this file; without it, codes that it signed can't be issued again."
        raise DataError(f"{path}: is no signing key.", todo) from error
    if key.id != number or number > _LARGEST_ID:
        raise DataError(f"{path}: holds key {key.id}.", f"Name the file issuer-{key.id}.json again.")
    return key


def _private(key: _KeyFile) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private, validate=True))


def _public(key: _KeyFile) -> IssuerKey:
    # A device whose clock is slow must not take a new key for one of the future.
    valid_from = EpochMs(max(0, key.made_at - _DAY_MS))
    return IssuerKey(str(key.id), _private(key).public_key().public_bytes_raw(), valid_from)
