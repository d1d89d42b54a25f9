"""Certificates that were given out: kept, renewed, taken back."""

import msgspec
from cryptography import x509

from kiosk.model.identity import fingerprint_of
from kiosk.model.ids import DeviceId, EpochMs
from sync.hub.errors import Refused
from sync.hub.identity.authority import Authority, Issued, key_of, read_request
from sync.hub.identity.keyfiles import fingerprint_of_certificate
from sync.hub.identity.kinds import Holder, Kind, peer_of
from sync.hub.store.identity_rows import Certificate
from sync.hub.store.interface import Reading, Writing
from sync.wire.enrolment import REMOVED

HolderKey = tuple[Kind, str]
_MOST_UNUSED = 3
"""A holder that asks for one new certificate after the other, and uses none, keeps so many."""


class Life(msgspec.Struct, frozen=True):
    """Who signs, now, and for how many days."""

    authority: Authority
    now: EpochMs
    days: int


def keep(writing: Writing, issued: Issued, names: tuple[str, ...] = ()) -> None:
    """Write down a certificate that was issued."""
    holder = issued.holder
    writing.identities.add_certificate(
        Certificate(
            issued.serial,
            holder.kind.value,
            holder.name,
            holder.site,
            issued.fingerprint,
            " ".join(names),
            issued.pem,
            issued.not_before,
            issued.not_after,
        )
    )


def in_force(reading: Reading, key: HolderKey, now: EpochMs) -> tuple[Certificate, ...]:
    """The certificates of a holder that count now, oldest first."""
    return tuple(
        each for each in reading.identities.certificates_of(*key) if each.gone_at is None and each.not_after > now
    )


def shown_by(reading: Reading, serial: str, kind: Kind, now: EpochMs) -> Certificate:
    """The certificate that somebody has shown. Raises `Refused` when it does not count, or is for something else."""
    found = reading.identities.certificate(serial)
    if found is None or found.kind != kind:
        todo = "Use a certificate that this hub gave for this."
        raise Refused("This certificate is not known here, or is for something else.", todo, status=403)
    if found.gone_at is not None:
        what = f"The certificate of {found.name} counts no more: {found.why}."
        raise Refused(what, "Claim the device anew if it shall come back.", status=403, field=REMOVED)
    if found.not_after <= now:
        raise Refused(f"The certificate of {found.name} has run out.", "Claim the device anew.", status=403)
    return found


def adopt(writing: Writing, pem: str, now: EpochMs) -> Certificate | None:
    """A certificate of ours (PEM, its chain and time checked by TLS) that is not written down here, taken in after all.

    A hub that was put back from a backup lacks what was renewed since. Only for a device that was in, at the same site,
    when the backup was made; None for any other.
    """
    certificate = x509.load_pem_x509_certificate(pem.encode())
    peer = peer_of(certificate)
    if peer is None or peer.holder.kind is not Kind.DEVICE:
        return None
    name = DeviceId(peer.holder.name)
    known = writing.identities.certificate(peer.serial)
    if known is not None:
        return known
    device = writing.devices_of([name]).get(name)
    if device is None or device.site != peer.holder.site or not in_force(writing, (Kind.DEVICE, name), now):
        return None
    first, last = (
        EpochMs(int(when.timestamp() * 1000))
        for when in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    )
    found = Certificate(
        peer.serial, Kind.DEVICE.value, name, device.site, fingerprint_of_certificate(certificate), "", pem, first, last
    )
    writing.identities.add_certificate(found)
    return found


def note_use(writing: Writing, shown: Certificate, now: EpochMs) -> None:
    """It works: the ones before it are needed no more."""
    writing.identities.mark_used(shown.serial, now)
    for each in writing.identities.certificates_of(shown.kind, shown.name):
        if each.serial != shown.serial and each.not_before <= shown.not_before:
            writing.identities.take_back(each.serial, now, "it was renewed")


def renew(writing: Writing, shown: Certificate, csr: str, life: Life) -> str:
    """Another certificate for the holder of `shown`, under a new key; the same again for the same key. Raises `Refused`."""
    request = read_request(csr)
    fingerprint = fingerprint_of(key_of(request))
    if fingerprint == shown.fingerprint:
        raise Refused("The request is for the key in use.", "Make a new key for the new certificate.", field="csr")
    held = in_force(writing, (Kind(shown.kind), shown.name), life.now)
    for each in held:
        if each.fingerprint == fingerprint:
            return each.pem
    unused = [each for each in held if each.used_at is None and each.serial != shown.serial]
    for each in unused[: len(unused) - _MOST_UNUSED + 1]:
        writing.identities.take_back(each.serial, life.now, "it was never used")
    holder, names = Holder(Kind(shown.kind), shown.name, shown.site), tuple(shown.names.split())
    if names:
        issued = life.authority.issue_server(request, holder, life.now, names)
    else:
        issued = life.authority.issue(request, holder, life.now, life.days)
    keep(writing, issued, names)
    return issued.pem


def take_all_back(writing: Writing, key: HolderKey, now: EpochMs, why: str) -> int:
    """Let none of a holder's certificates count any more; how many did."""
    held = [each for each in writing.identities.certificates_of(*key) if each.gone_at is None]
    for each in held:
        writing.identities.take_back(each.serial, now, why)
    return len(held)
