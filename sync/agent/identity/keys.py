"""Keys and certificates of one device. The private key is made here and leaves this machine in no form."""

import itertools

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.errors import LinkError
from kiosk.model.ids import EpochMs

_NOT_OURS = "Claim the device anew. If this happens again, somebody stands between it and the hub."


class Held(msgspec.Struct, frozen=True):
    """What a device's certificate says; times in milliseconds since 1970."""

    device: str
    not_before: EpochMs
    not_after: EpochMs


def new_key() -> str:
    """A fresh private key (P-256), PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def request_for(key: str) -> str:
    """A request for a certificate for `key` (PKCS #10, PEM). What it is to say, the hub knows."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(_private(key), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def public_der(key: str) -> bytes:
    """The public half (SubjectPublicKeyInfo in DER)."""
    return _der(_private(key).public_key())


def pin_of(certificate: bytes) -> str:
    """SHA-256 of a certificate (PEM), hex. Raises `ValueError` when it is none."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex()


def checked(key: str, chain: str, trusted: bytes) -> bytes:
    """Key and certificates as one PEM, when the first certificate is for `key` and leads to `trusted`.

    Raises `LinkError`: a certificate for somebody else's key, or of another authority, must not be taken over.
    """
    try:
        certificates = [*x509.load_pem_x509_certificates(chain.encode()), x509.load_pem_x509_certificate(trusted)]
        fits = _der(certificates[0].public_key()) == public_der(key)
        for below, above in itertools.pairwise(certificates):
            below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise LinkError("The hub sent a certificate that its own authority did not issue.", _NOT_OURS) from error
    if not fits:
        raise LinkError("The hub sent a certificate for another key than this device's.", _NOT_OURS)
    return key.encode() + chain.encode()


def held(pem: bytes) -> Held:
    """What the certificate in a PEM of key and certificates says. Raises `ValueError` when there is none."""
    certificate = x509.load_pem_x509_certificates(pem)[0]
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    device = str(names[0].value) if names else ""
    return Held(device, EpochMs(int(first.timestamp() * 1000)), EpochMs(int(last.timestamp() * 1000)))


def key_in(pem: bytes) -> str:
    """The private key in a PEM of key and perhaps certificates. Raises `ValueError` when there is none."""
    end = b"-----END PRIVATE KEY-----\n"
    key = pem[: pem.index(end) + len(end)].decode()
    _private(key)
    return key


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    loaded = serialization.load_pem_private_key(key.encode(), None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        msg = "no elliptic-curve key"
        raise ValueError(msg)  # noqa: TRY004 - a file that holds the wrong thing, as one that holds none
    return loaded


def _der(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        msg = "no elliptic-curve key"
        raise ValueError(msg)  # noqa: TRY004 - as above
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
