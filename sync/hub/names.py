"""Names of people: cut to what a screen must show, and sealed before they are stored."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.model.ids import SubjectId
from kiosk.model.sitekey import names_key

_NONCE_BYTES = 12


def shown_name(name: str) -> str:
    """First name and initial: `Anna Maria Korhonen` becomes `Anna K.`; a single name stays."""
    words = name.split()
    if len(words) <= 1:
        return "".join(words)
    return f"{words[0]} {words[-1][0].upper()}."


class Names:
    """Seals names under one site's key (AES-256-GCM, nonce first, the subject's id as associated data)."""

    def __init__(self, site_key: bytes) -> None:
        self._cipher = AESGCM(names_key(site_key))

    def seal(self, subject: SubjectId, name: str) -> bytes:
        """The sealed form; empty for an empty name."""
        if not name:
            return b""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, name.encode(), subject.encode())

    def open(self, subject: SubjectId, sealed: bytes) -> str | None:
        """The name, None when it was not sealed so."""
        if not sealed:
            return ""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], subject.encode()).decode()
        except (InvalidTag, ValueError):
            return None
