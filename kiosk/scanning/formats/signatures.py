"""Checking signatures with keys that a site trusts; the home of `cryptography` here. A broken key verifies nothing."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kiosk.model.trust import Digest

_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_SALT_BYTES = 32
_HASHES: dict[Digest, hashes.HashAlgorithm] = {
    Digest.SHA1: hashes.SHA1(),  # noqa: S303 - UIC 918.3 version 1 signs with it
    Digest.SHA224: hashes.SHA224(),
    Digest.SHA256: hashes.SHA256(),
}


def ed25519_key(public: bytes) -> Ed25519PublicKey | None:
    """The key in 32 raw bytes, None for anything else."""
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return None


def is_ed25519(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `key` signed `message` (RFC 8032)."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def is_eddsa_der(public: bytes, signature: bytes, message: bytes) -> bool:
    """The same with a key in DER, as COSE's EdDSA (RFC 9053 section 2.2)."""
    key = _der_key(public)
    return isinstance(key, Ed25519PublicKey) and is_ed25519(key, signature, message)


def is_es256(public: bytes, signature: bytes, message: bytes) -> bool:
    """ECDSA with SHA-256 (RFC 9053 section 2.1): r, then s, each as long as a number of the curve, mostly P-256."""
    key = _der_key(public)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, _CURVES):
        return False
    if len(signature) != 2 * ((key.key_size + 7) // 8):
        return False
    try:
        key.verify(dss_der(signature), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def is_ps256(public: bytes, signature: bytes, message: bytes) -> bool:
    """RSASSA-PSS with SHA-256 and a salt of 32 bytes (RFC 8230 section 2)."""
    key = _der_key(public)
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA256()), _SALT_BYTES), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def is_dsa(public: bytes, digest: Digest, signature: bytes, message: bytes) -> bool:
    """DSA (FIPS 186-4) over `digest` with a signature in DER."""
    key = _der_key(public)
    if not isinstance(key, dsa.DSAPublicKey):
        return False
    try:
        key.verify(signature, message, _HASHES[digest])
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def dss_der(signature: bytes) -> bytes:
    """A signature of r and s, of equal length and one behind the other, as a DER sequence."""
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


def _der_key(public: bytes) -> object:
    try:
        return load_der_public_key(public)
    except (ValueError, UnsupportedAlgorithm):
        return None
