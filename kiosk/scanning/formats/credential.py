"""The keyed hash by which a plain code is known without being kept."""

import hashlib
import hmac

from kiosk.model.ids import CredentialHash


def credential_hash(site_key: bytes, payload: bytes) -> CredentialHash:
    """HMAC-SHA-256 of the exact payload under the site's key, as 64 hex digits."""
    return CredentialHash(hmac.new(site_key, payload, hashlib.sha256).hexdigest())
