"""The hub's own certificate authority: a root that can be put away, and an issuing one below it.

Four files in one folder: `ca-root.pem`, `ca-root.key`, `ca-issuing.pem`, `ca-issuing.key`. The root's key is needed at
the first start only, and to make another issuing authority; it may be moved to a safe place afterwards.
"""

import contextlib
import ipaddress
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.model.identity import Fingerprint, fingerprint_of
from kiosk.model.ids import EpochMs
from sync.hub.errors import DataError, Refused
from sync.hub.identity.keyfiles import (
    certificate_pem,
    key_pem,
    public_der,
    read_certificate,
    read_key,
    write_durably,
)
from sync.hub.identity.kinds import Holder, serial_of

_ROOT_DAYS = 365 * 25
_ISSUING_DAYS = 365 * 15
SERVER_DAYS = 365
_CRL_DAYS = 365
"""A broker that has not heard from the hub for so long refuses everybody."""
_BEFORE = timedelta(days=1)
"""The clocks of hub and broker need not agree to the second."""
_NOBODY_ELSE, _ANYBODY = 0o600, 0o644
_MOST_CSR_BYTES = 8_000


class Issued(msgspec.Struct, frozen=True):
    """A certificate of ours: `pem` is it and the issuing authority's; times in milliseconds since 1970."""

    holder: Holder
    serial: str
    fingerprint: Fingerprint
    pem: str
    not_before: EpochMs
    not_after: EpochMs


class Gone(msgspec.Struct, frozen=True):
    """A certificate that counts no more."""

    serial: str
    at: EpochMs


class Authority:
    """Signs what devices, brokers and hubs ask for. Times come from the caller."""

    def __init__(self, root: x509.Certificate, issuing: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._root = root
        self._issuing = issuing
        self._key = key

    @property
    def root_pem(self) -> bytes:
        """The certificate that devices and brokers trust."""
        return certificate_pem(self._root)

    @property
    def chain_pem(self) -> bytes:
        """Issuing and root certificate, for a broker's `cafile`."""
        return certificate_pem(self._issuing, self._root)

    @property
    def pin(self) -> str:
        """SHA-256 of the root certificate, in hex: what a fresh device is told to trust."""
        return self._root.fingerprint(hashes.SHA256()).hex()

    @property
    def ends(self) -> dict[str, EpochMs]:
        """When its own certificates run out, `root` and `issuing`."""
        return {"root": _ms(self._root.not_valid_after_utc), "issuing": _ms(self._issuing.not_valid_after_utc)}

    def issue(self, request: x509.CertificateSigningRequest, holder: Holder, now: EpochMs, days: int) -> Issued:
        """A certificate for a client of the broker and of the device port. Only the key is taken from the request."""
        return self._issue(_public(request), holder, (now, days), [])

    def issue_server(
        self, request: x509.CertificateSigningRequest, holder: Holder, now: EpochMs, names: Sequence[str]
    ) -> Issued:
        """A certificate for one who is called by `names`, each a host name or an address. Raises `Refused`."""
        if not names:
            raise Refused("The server has no name.", "Say by which host name or address devices call it.")
        return self._issue(_public(request), holder, (now, SERVER_DAYS), [_name(name) for name in names])

    def revocations(self, gone: Iterable[Gone], now: EpochMs) -> bytes:
        """The list of certificates that count no more, in PEM."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._issuing.subject)
            .last_update(_time(now) - _BEFORE)
            .next_update(_time(now) + timedelta(days=_CRL_DAYS))
            .add_extension(_authority_key(self._issuing), critical=False)
        )
        for each in gone:
            revoked = x509.RevokedCertificateBuilder().serial_number(int(each.serial, 16))
            builder = builder.add_revoked_certificate(revoked.revocation_date(_time(each.at)).build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def _issue(
        self, key: ec.EllipticCurvePublicKey, holder: Holder, life: tuple[EpochMs, int], names: list[x509.GeneralName]
    ) -> Issued:
        now, days = life
        first, last = _time(now) - _BEFORE, _time(now) + timedelta(days=days)
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if names else [])]
        builder = _builder(
            holder.name, self._issuing.subject, key, (first, min(last, self._issuing.not_valid_after_utc))
        )
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([*names, *holder.uris()]), critical=False)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(_authority_key(self._issuing), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return Issued(
            holder,
            serial_of(certificate),
            fingerprint_of(public_der(key)),
            certificate_pem(certificate, self._issuing).decode(),
            _ms(certificate.not_valid_before_utc),
            _ms(certificate.not_valid_after_utc),
        )


def open_authority(folder: Path, now: EpochMs) -> Authority:
    """The authority whose files lie in `folder`; made at the first start. Raises `DataError`.

    Half an authority, as a kill in the middle of the first start leaves it, is made anew: nobody can know it yet.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        todo = "Give the hub's user write access, or name another folder as identity.ca."
        raise DataError(f"{folder}: can't be written ({error.strerror}).", todo) from error
    issuing = folder / "ca-issuing.pem"
    if not issuing.exists():
        _make(folder, now)
    key = read_key(folder / "ca-issuing.key")
    certificate = read_certificate(issuing)
    if certificate.public_key() != key.public_key():
        raise DataError(f"{issuing}: does not belong to ca-issuing.key.", "Put both back from one backup.")
    root = read_certificate(folder / "ca-root.pem")
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise DataError(f"{issuing}: was not issued by ca-root.pem.", "Put both back from one backup.") from error
    return Authority(root, certificate, key)


def read_request(pem: str) -> x509.CertificateSigningRequest:
    """A request for a certificate whose sender holds the key: its signature is checked. Raises `Refused`."""
    if len(pem) > _MOST_CSR_BYTES:
        raise Refused("The request is too long.", "Send nothing but a PKCS #10 request in PEM.", field="csr")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        good = request.is_signature_valid
        _public(request)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        todo = "Send a PKCS #10 request for an elliptic-curve key on P-256, in PEM."
        raise Refused("That is no request for a certificate.", todo, field="csr") from error
    if not good:
        raise Refused("The request is not signed with its own key.", "Sign it with the key it names.", field="csr")
    return request


def key_of(request: x509.CertificateSigningRequest) -> bytes:
    """The public key of a request that was read by `read_request`, as SubjectPublicKeyInfo in DER."""
    return public_der(_public(request))


def own_request(key: ec.EllipticCurvePrivateKey) -> x509.CertificateSigningRequest:
    """A request of the hub to itself."""
    return x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())


def _make(folder: Path, now: EpochMs) -> None:
    root_key, issuing_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certify("Opas root", root_key.public_key(), (None, root_key), (now, _ROOT_DAYS))
    issuing = _certify("Opas issuing", issuing_key.public_key(), (root, root_key), (now, _ISSUING_DAYS))
    write_durably(folder / "ca-root.key", key_pem(root_key), _NOBODY_ELSE)
    write_durably(folder / "ca-root.pem", certificate_pem(root), _ANYBODY)
    write_durably(folder / "ca-issuing.key", key_pem(issuing_key), _NOBODY_ELSE)
    # Last of all: where it stands, the other three do.
    write_durably(folder / "ca-issuing.pem", certificate_pem(issuing), _ANYBODY)


def _certify(
    name: str,
    key: ec.EllipticCurvePublicKey,
    signer: tuple[x509.Certificate | None, ec.EllipticCurvePrivateKey],
    life: tuple[EpochMs, int],
) -> x509.Certificate:
    above, signing_key = signer
    now, days = life
    issuer = x509.Name([_common(name)]) if above is None else above.subject
    builder = _builder(name, issuer, key, (_time(now) - _BEFORE, _time(now) + timedelta(days=days)))
    builder = builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=1 if above is None else 0), critical=True
    )
    builder = builder.add_extension(_usage(signs=True), critical=True)
    if above is not None:
        builder = builder.add_extension(_authority_key(above), critical=False)
    return builder.sign(signing_key, hashes.SHA256())


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([_common(name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(life[0])
        .not_valid_after(life[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(above: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    held = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(held)


def _public(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    key = request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused(
            "The key is of a kind that is not used here.", "Make an elliptic-curve key on P-256.", field="csr"
        )
    return key


def _common(name: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.COMMON_NAME, name)


def _name(text: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(text))
    try:
        return x509.DNSName(text)
    except ValueError as error:
        raise Refused(f"{text!a} is no host name.", "Write it in ASCII.", field="names") from error


def _time(at: EpochMs) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)


def _ms(when: datetime) -> EpochMs:
    return EpochMs(int(when.timestamp() * 1000))
