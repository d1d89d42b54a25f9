"""Keys and certificates on disk: written whole and durable, keys for the hub's user only."""

import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.model.identity import Fingerprint, fingerprint_of
from sync.hub.errors import DataError

_OTHERS = 0o077


def write_durably(path: Path, content: bytes, mode: int) -> None:
    """Write a file in one move; it and its name are on the disk when this returns. Raises `DataError`."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise DataError(f"{path}: can't be written ({error.strerror}).", "Make room and give write access.") from error


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as it is stored."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def certificate_pem(*certificates: x509.Certificate) -> bytes:
    """Certificates as they are stored, one after the other."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """A private key. Raises `DataError` for one that others may read, or that is none."""
    try:
        if path.stat().st_mode & _OTHERS:
            todo = f"If nobody can have read it: chmod 600 {path}. Otherwise make a new authority and claim anew."
            raise DataError(f"{path}: the authority's key can be read by others.", todo)
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError) as error:
        todo = "Put back the backup of this file; without it no device can be claimed or renewed."
        raise DataError(f"{path}: is no key that can be read.", todo) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise DataError(f"{path}: is no elliptic-curve key.", "Put back the backup of this file.")
    return key


def read_certificate(path: Path) -> x509.Certificate:
    """A certificate. Raises `DataError`."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: is no certificate that can be read.", "Put back the backup of this file.") from error


def public_der(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as SubjectPublicKeyInfo in DER."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def fingerprint_of_certificate(certificate: x509.Certificate) -> Fingerprint:
    """The fingerprint of the key that a certificate is for."""
    encoding, kind = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return fingerprint_of(certificate.public_key().public_bytes(encoding, kind))
