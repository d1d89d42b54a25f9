"""How an unclaimed device and the hub come to know each other: the claim code, and what a claimed device is told.

A claim code is eight characters of Crockford's base32 (no I, L, O, U), made from the device's public key and a nonce
that device and hub both hold. So the code that an administrator reads off a screen stands for one key only: a request
with another key has another code.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NewType

import msgspec

from kiosk.model.ids import DeviceId, SiteId

ClaimCode = NewType("ClaimCode", str)
"""Eight characters without a hyphen."""
Fingerprint = NewType("Fingerprint", str)
"""SHA-256 of a public key (SubjectPublicKeyInfo in DER), in hex."""

CODE_LENGTH = 8
NONCE_BYTES = 16
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 5
_LABEL = b"opas/1/claim"
_SAME = str.maketrans("ILO", "110", " -\u2010\u2011\u2013")
"""How people type what they read; hyphens and blanks only help the eye."""
_SCANNED = "OPAS:CLAIM:"
_FINGERPRINT_LENGTH = 64

FOLDER = "identity"
"""Below a device's data folder."""
SETTINGS_FILE = "settings.json"
NOTICE_FILE = "notice.json"


class Granted(msgspec.Struct, frozen=True):
    """What a claimed device is told about itself. `site_key` is base64 of 32 secret bytes."""

    device: DeviceId
    site: SiteId
    role: str
    name: str
    site_key: str
    broker_host: str
    broker_port: int


class Standing(StrEnum):
    """How a device stands with its fleet."""

    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    REMOVED = "removed"
    """The hub refuses its certificate for good."""
    EXPIRED = "expired"
    """Its certificate has run out before it could be renewed."""


class Notice(msgspec.Struct, frozen=True):
    """What the agent tells the screen of a device that waits to be claimed. `problem` and `todo` are for staff, in English."""

    standing: Standing
    code: ClaimCode = ClaimCode("")
    fingerprint: Fingerprint = Fingerprint("")
    hub: str = ""
    problem: str = ""
    todo: str = ""


def fingerprint_of(public_key: bytes) -> Fingerprint:
    """The fingerprint of a public key (SubjectPublicKeyInfo in DER)."""
    return Fingerprint(hashlib.sha256(public_key).hexdigest())


def claim_code(public_key: bytes, nonce: bytes) -> ClaimCode:
    """The code that stands for this key and nonce."""
    digest = hashlib.sha256(_LABEL + len(nonce).to_bytes(1, "big") + nonce + public_key).digest()
    number = int.from_bytes(digest[: CODE_LENGTH * _BITS // 8], "big")
    places = range((CODE_LENGTH - 1) * _BITS, -1, -_BITS)
    return ClaimCode("".join(_ALPHABET[number >> place & (len(_ALPHABET) - 1)] for place in places))


def shown(code: ClaimCode) -> str:
    """The code as people read it, in two groups: `K7QF-3M9X`."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def scanned(code: ClaimCode, fingerprint: Fingerprint) -> str:
    """What the QR code on the screen says: the code and the whole fingerprint, all in QR's alphanumeric characters."""
    return f"{_SCANNED}{code}:{fingerprint.upper()}"


def read_code(text: str) -> tuple[ClaimCode, Fingerprint | None] | None:
    """The code that somebody typed, or scanned with its fingerprint; None for anything else."""
    typed = text.strip().upper()
    told: Fingerprint | None = None
    if typed.startswith(_SCANNED):
        typed, _, print_ = typed.removeprefix(_SCANNED).partition(":")
        if len(print_) != _FINGERPRINT_LENGTH or set(print_) - set("0123456789ABCDEF"):
            return None
        told = Fingerprint(print_.lower())
    code = typed.translate(_SAME)
    if len(code) != CODE_LENGTH or set(code) - set(_ALPHABET):
        return None
    return ClaimCode(code), told


def granted_tables(tables: Mapping[str, Any], granted: Granted) -> dict[str, Any]:
    """The tables of a device.toml with what the hub granted laid over them, as far as the file does not say it."""
    device = {
        "id": granted.device,
        "site": granted.site,
        "role": granted.role,
        "site_key": granted.site_key,
    }
    broker = {"host": granted.broker_host, "port": granted.broker_port}
    return {
        **tables,
        "device": {**device, **tables.get("device", {})},
        "broker": {**broker, **tables.get("broker", {})},
    }
