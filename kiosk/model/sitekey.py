"""Keys derived from a site's secret, so that hashes and sealed names of one site mean nothing at another.

Derivation is HMAC-SHA-256 with the site key (32 random bytes, so no further extraction step as in RFC 5869 section
3.3) over a label.
"""

import hashlib
import hmac

from kiosk.model.ids import CredentialHash

_CREDENTIALS = b"opas/1/credentials"
_NAMES = b"opas/1/names"
_ROTATING = b"opas/1/rotating"


def credential_hash(site_key: bytes, payload: bytes) -> CredentialHash:
    """The keyed hash (hex) under which a plain code is known; the code itself is stored nowhere."""
    return CredentialHash(hmac.new(_derived(site_key, _CREDENTIALS), payload, hashlib.sha256).hexdigest())


def names_key(site_key: bytes) -> bytes:
    """The AES-256-GCM key (32 bytes) of sealed names."""
    return _derived(site_key, _NAMES)


def rotating_key(site_key: bytes) -> bytes:
    """The key (32 bytes) from which each credential's own secret of rotating codes is derived."""
    return _derived(site_key, _ROTATING)


def _derived(site_key: bytes, label: bytes) -> bytes:
    return hmac.new(site_key, label, hashlib.sha256).digest()
