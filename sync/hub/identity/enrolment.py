"""A device asks to be let in, and goes on asking until somebody has claimed it.

Nothing secret goes over in either direction: the certificate is public, and the site's key is fetched with it, by
whoever holds the private key. So whoever asks in a device's name gets nothing but that device's own certificate.
"""

import hmac

from kiosk.model.identity import NONCE_BYTES, ClaimCode, claim_code, fingerprint_of
from kiosk.model.ids import DurationMs, EpochMs
from sync.hub.errors import Refused
from sync.hub.identity.authority import key_of, read_request
from sync.hub.store.identity_rows import Enrolment
from sync.hub.store.interface import Writing
from sync.wire.enrolment import Enrol, Enrolled, EnrolState

CODE_LIFE = DurationMs(15 * 60_000)
ASK_AGAIN_S = 3
_REMEMBERED_MS = 86_400_000
"""For so long somebody who types an old code is told that it is old."""
_CLAIMED_MS = 90 * _REMEMBERED_MS
"""For so long a device that was away can still fetch what it was claimed as."""
_MOST_WAITING = 500


def ask(writing: Writing, form: Enrol, now: EpochMs) -> Enrolled:
    """Take a request in, or say how it stands with one that is known. Raises `Refused`."""
    request = read_request(form.csr)
    key, nonce = key_of(request), _nonce(form.nonce)
    fresh = Enrolment(
        fingerprint_of(key), claim_code(key, nonce), form.csr, form.was[:63], now, EpochMs(now + CODE_LIFE)
    )
    known = writing.identities.enrolment(fresh.fingerprint)
    if known is not None and (known.device is not None or known.code == fresh.code):
        return _stands(writing, known, now)
    _take_in(writing, fresh, now)
    kept = writing.identities.enrolment(fresh.fingerprint)
    return _stands(writing, fresh if kept is None else kept, now)


def of_code(writing: Writing, code: ClaimCode, now: EpochMs) -> tuple[Enrolment, ...]:
    """All that came with this code lately. The comparison takes the same time whatever is typed."""
    recent = writing.identities.recent(EpochMs(now - _REMEMBERED_MS))
    return tuple(each for each in recent if hmac.compare_digest(each.code, code))


def _take_in(writing: Writing, fresh: Enrolment, now: EpochMs) -> None:
    writing.identities.forget_enrolments(EpochMs(now - _REMEMBERED_MS), EpochMs(now - _CLAIMED_MS))
    if len(writing.identities.waiting(now)) >= _MOST_WAITING:
        todo = "Wait a quarter of an hour, or claim those that are waiting."
        raise Refused("Too many devices are waiting to be claimed.", todo, status=429)
    others = [
        each
        for each in of_code(writing, fresh.code, now)
        if each.fingerprint != fresh.fingerprint and each.device is None and each.expires_at > now
    ]
    # Chance makes two equal codes once in a million fleets. Somebody who saw the code on the screen might try: then
    # neither is believed, and the device shows another one.
    for each in (*others, fresh):
        writing.identities.put_enrolment(_with(each, contested=bool(others)))


def _with(enrolment: Enrolment, *, contested: bool) -> Enrolment:
    return Enrolment(
        enrolment.fingerprint,
        enrolment.code,
        enrolment.csr,
        enrolment.was,
        enrolment.asked_at,
        enrolment.expires_at,
        contested or enrolment.contested,
    )


def _stands(writing: Writing, known: Enrolment, now: EpochMs) -> Enrolled:
    if known.serial is not None:
        certificate = writing.identities.certificate(known.serial)
        if certificate is not None and certificate.gone_at is None and certificate.not_after > now:
            return Enrolled(EnrolState.CLAIMED, certificate=certificate.pem)
        # Claimed, and taken back before the device came for it.
        return Enrolled(EnrolState.CONTESTED)
    if known.contested:
        return Enrolled(EnrolState.CONTESTED)
    if now >= known.expires_at:
        return Enrolled(EnrolState.EXPIRED)
    return Enrolled(EnrolState.WAITING, -((now - known.expires_at) // 1000), ASK_AGAIN_S)


def _nonce(text: str) -> bytes:
    try:
        nonce = bytes.fromhex(text)
    except ValueError:
        nonce = b""
    if len(nonce) != NONCE_BYTES:
        raise Refused("That is no nonce.", f"Send {NONCE_BYTES} random bytes in hex.", field="nonce")
    return nonce
