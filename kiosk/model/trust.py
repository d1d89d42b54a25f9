"""Whom a touchpoint trusts beside Opas's own issuers: other houses' keys, their lists, and the shape of order numbers."""

import hashlib
import string
from enum import StrEnum

import msgspec

from kiosk.model.ids import DurationMs


class Digest(StrEnum):
    """The hash that a rail issuer signs with."""

    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"


class RailKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rail issuer's DSA key: company code (RICS, 4 digits or letters), key id (5 characters), SubjectPublicKeyInfo in DER.

    Envelopes of version 1 are mostly signed with SHA-1, because the format says so; it is the issuer's choice, not ours.
    """

    issuer: str
    key_id: str
    public: bytes
    digest: Digest = Digest.SHA1


class ClaimsKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that signs COSE tokens: its key id and its SubjectPublicKeyInfo in DER (Ed25519, P-256 or RSA)."""

    key_id: bytes
    public: bytes


LONGEST_PATTERN = 32
_CLASSES = {"#": string.digits, "@": string.ascii_uppercase, "?": string.digits + string.ascii_uppercase}


class OrderPattern(msgspec.Struct, frozen=True):
    r"""What a site's order numbers look like, character by character.

    `#` is a digit, `@` a letter A-Z, `?` either; a backslash takes the next character literally, and everything else
    stands for itself, capitals and small letters alike: `@##` fits `A17` and `a17`, `ORD-######` fits `ord-004711`.
    No regular expressions: a pattern takes as many steps as it has characters, whatever is held up to the camera.
    Raises `ValueError` for a pattern that is empty, longer than 32 characters or not printable ASCII.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse a pattern that could fit nothing or that can't be read."""
        if not 0 < len(self.text) <= LONGEST_PATTERN or not self.text.isascii() or not self.text.isprintable():
            msg = f"an order pattern has 1 to {LONGEST_PATTERN} printable ASCII characters: {self.text!r}"
            raise ValueError(msg)
        self.cells()

    def cells(self) -> tuple[str, ...]:
        """The characters that fit, place by place, in capitals."""
        found = []
        characters = iter(self.text)
        for character in characters:
            if character == "\\":
                literal = next(characters, "")
                if not literal:
                    msg = f"an order pattern can't end in a lone backslash: {self.text!r}"
                    raise ValueError(msg)
                found.append(literal.upper())
            else:
                found.append(_CLASSES.get(character, character.upper()))
        return tuple(found)


class Trust(msgspec.Struct, frozen=True):
    """Everything that formats other than `OP1:` are judged by. The default trusts nobody and knows no pattern.

    `site` is this site's tag (`kiosk.model.opascode.site_tag`) and `rotating_key` its key of rotating codes, b"" where
    there are none; `rotating_tolerance` is how far a phone's clock may be off. `pretix_keys` are raw Ed25519 keys of 32
    bytes. `revoked` and `blocked` hold `code_digest`s of whole codes.
    """

    site: int = 0
    rotating_key: bytes = b""
    rotating_tolerance: DurationMs = DurationMs(30_000)
    pretix_keys: tuple[bytes, ...] = ()
    revoked: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    rail_keys: tuple[RailKey, ...] = ()
    claims_keys: tuple[ClaimsKey, ...] = ()
    order_patterns: tuple[OrderPattern, ...] = ()


def code_digest(payload: bytes) -> str:
    """SHA-256 of a whole code (hex): how lists of revoked and blocked codes name it without holding it."""
    return hashlib.sha256(payload).hexdigest()
