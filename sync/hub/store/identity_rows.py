"""Devices that ask to be let in, and the certificates that were given out: one table class for both databases.

Its SQL is what SQLite and PostgreSQL have in common; each passes its own way to execute a statement with `?` in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import LiteralString, TypeVar

import msgspec

from kiosk.model.identity import ClaimCode, Fingerprint
from kiosk.model.ids import DeviceId, EpochMs, SiteId


class Enrolment(msgspec.Struct, frozen=True):
    """A key whose holder wants to become a device. `was` is the device that it has been before, empty for a fresh one.

    `contested`: another key came with the same code. What follows is set once it is claimed.
    """

    fingerprint: Fingerprint
    code: ClaimCode
    csr: str
    was: str
    asked_at: EpochMs
    expires_at: EpochMs
    contested: bool = False
    device: DeviceId | None = None
    site: SiteId | None = None
    role: str | None = None
    serial: str | None = None
    claimed_at: EpochMs | None = None


class Certificate(msgspec.Struct, frozen=True):
    """A certificate that was given out. `names` are those of a server, with blanks between them.

    `used_at` is when it was first shown here; `gone_at` since when it counts no more, and `why`; `renew`: its holder
    shall come for another one soon.
    """

    serial: str
    kind: str
    name: str
    site: str
    fingerprint: Fingerprint
    names: str
    pem: str
    not_before: EpochMs
    not_after: EpochMs
    used_at: EpochMs | None = None
    gone_at: EpochMs | None = None
    why: str = ""
    renew: bool = False


class Standing(msgspec.Struct, frozen=True):
    """How the certificates of all holders of one kind stand, each holder's by the last one that it has come with.

    `overdue` ones are valid, but should have been renewed by now. `next_end` is when the next valid one ends.
    """

    kind: str
    valid: int
    overdue: int
    expired: int
    next_end: EpochMs | None


class Term(msgspec.Struct, frozen=True):
    """Until when the newest certificate of one holder is valid, and when it was first shown here."""

    not_after: EpochMs
    used_at: EpochMs | None


Value = str | int | bool | None
_TermRow = tuple[str, int, str, EpochMs, EpochMs | None, EpochMs | None]
_Row = TypeVar("_Row", Enrolment, Certificate, Standing)
Rows = Iterable[Sequence[object]]


Execute = Callable[[LiteralString, Sequence[Value]], Rows]
"""Runs a statement and gives its rows."""

_ENROLMENT = (
    "SELECT fingerprint, code, csr, was, asked_at, expires_at, contested, device, site, role, serial, claimed_at"
    " FROM enrolments"
)
_ENROLMENT_OF = f"{_ENROLMENT} WHERE fingerprint = ?"
_RECENT = f"{_ENROLMENT} WHERE expires_at > ? ORDER BY asked_at"
_WAITING = f"{_ENROLMENT} WHERE device IS NULL AND expires_at > ? ORDER BY asked_at"
_ENROLMENT_PUT = """
INSERT INTO enrolments
    (fingerprint, code, csr, was, asked_at, expires_at, contested, device, site, role, serial, claimed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (fingerprint) DO UPDATE SET
    code = excluded.code, csr = excluded.csr, was = excluded.was, asked_at = excluded.asked_at,
    expires_at = excluded.expires_at, contested = excluded.contested, device = excluded.device, site = excluded.site,
    role = excluded.role, serial = excluded.serial, claimed_at = excluded.claimed_at
"""
_ENROLMENTS_FORGET = "DELETE FROM enrolments WHERE expires_at < ? AND (device IS NULL OR expires_at < ?)"
_CERTIFICATE = (
    "SELECT serial, kind, name, site, fingerprint, names, pem, not_before, not_after, used_at, gone_at, why, renew"
    " FROM certificates"
)
_CERTIFICATE_OF = f"{_CERTIFICATE} WHERE serial = ?"
_CERTIFICATES = f"{_CERTIFICATE} WHERE gone_at IS NULL ORDER BY kind, name, not_before"
_CERTIFICATES_OF = f"{_CERTIFICATE} WHERE kind = ? AND name = ? ORDER BY not_before, serial"
_TERMS = "SELECT name, not_before, serial, not_after, used_at, gone_at FROM certificates WHERE kind = ?"
_GONE = "SELECT serial, gone_at FROM certificates WHERE gone_at IS NOT NULL AND not_after > ? ORDER BY serial"
_STAMP = """
SELECT count(*), count(gone_at), coalesce(max(not_before), 0), coalesce(max(gone_at), 0) FROM certificates
"""
# From the index alone, one entry for each certificate that counts. One with less than a fifth of its life left is overdue:
# its holder comes for another one before 77 % of it have passed.
_STANDINGS = """
SELECT kind, count(CASE WHEN ends > ? AND ends - (ends - begins) / 5 > ? THEN 1 END),
       count(CASE WHEN ends > ? AND ends - (ends - begins) / 5 <= ? THEN 1 END),
       count(CASE WHEN ends <= ? THEN 1 END), min(CASE WHEN ends > ? THEN ends END)
FROM (
    SELECT kind, name, coalesce(max(CASE WHEN used_at IS NOT NULL THEN not_before END), max(not_before)) AS begins,
           coalesce(max(CASE WHEN used_at IS NOT NULL THEN not_after END), max(not_after)) AS ends
    FROM certificates WHERE gone_at IS NULL GROUP BY kind, name
) AS held GROUP BY kind ORDER BY kind
"""
_CERTIFICATE_ADD = """
INSERT INTO certificates
    (serial, kind, name, site, fingerprint, names, pem, not_before, not_after, used_at, gone_at, why, renew)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_USED = "UPDATE certificates SET used_at = ? WHERE serial = ? AND used_at IS NULL"
_GO = "UPDATE certificates SET gone_at = ?, why = ? WHERE serial = ? AND gone_at IS NULL"
_RENEW = "UPDATE certificates SET renew = ? WHERE kind = ? AND name = ? AND gone_at IS NULL"


class IdentityRows:
    """Both tables, inside a transaction that somebody else opened; those that change something need a writing one."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def enrolment(self, fingerprint: Fingerprint) -> Enrolment | None:
        """What the holder of this key asked."""
        found = self._enrolments(_ENROLMENT_OF, (fingerprint,))
        return found[0] if found else None

    def recent(self, since: EpochMs) -> tuple[Enrolment, ...]:
        """All whose code was good after `since`, claimed or not, oldest first."""
        return self._enrolments(_RECENT, (since,))

    def waiting(self, now: EpochMs) -> tuple[Enrolment, ...]:
        """All that nobody has claimed yet and whose code is still good, oldest first."""
        return self._enrolments(_WAITING, (now,))

    def put_enrolment(self, enrolment: Enrolment) -> None:
        """Write one as given."""
        self._execute(_ENROLMENT_PUT, _values(enrolment))

    def forget_enrolments(self, before: EpochMs, claimed_before: EpochMs) -> None:
        """Drop those whose code ran out before `before`, and where it was claimed, before `claimed_before`."""
        self._execute(_ENROLMENTS_FORGET, (before, claimed_before))

    def certificate(self, serial: str) -> Certificate | None:
        """One certificate."""
        found = self._certificates(_CERTIFICATE_OF, (serial,))
        return found[0] if found else None

    def certificates(self) -> tuple[Certificate, ...]:
        """All that nobody has taken back; some may have run out."""
        return self._certificates(_CERTIFICATES, ())

    def certificates_of(self, kind: str, name: str) -> tuple[Certificate, ...]:
        """All that one holder was ever given, oldest first."""
        return self._certificates(_CERTIFICATES_OF, (kind, name))

    def terms(self, kind: str) -> Mapping[str, Term | None]:
        """By name, for everybody who was ever given one; None where all of them were taken back."""
        found: dict[str, Term | None] = {}
        rows = msgspec.convert(list(self._execute(_TERMS, (kind,))), list[_TermRow])
        for name, _, _, not_after, used_at, gone_at in sorted(rows):
            if gone_at is None:
                found[name] = Term(not_after, used_at)
            else:
                found.setdefault(name, None)
        return found

    def gone(self, now: EpochMs) -> tuple[tuple[str, EpochMs], ...]:
        """Serial number and time of all that were taken back before they ran out."""
        return tuple((str(serial), EpochMs(int(str(at)))) for serial, at in self._execute(_GONE, (now,)))

    def stamp(self) -> tuple[object, ...]:
        """Another one whenever a certificate was given out or taken back; cheap beside reading them all."""
        return next((tuple(row) for row in self._execute(_STAMP, ())), ())

    def standings(self, now: EpochMs) -> tuple[Standing, ...]:
        """How the certificates stand, by kind of holder; no certificate is read for it."""
        return tuple(_read(row, Standing) for row in self._execute(_STANDINGS, (now,) * 6))

    def add_certificate(self, certificate: Certificate) -> None:
        """Keep a new one."""
        self._execute(_CERTIFICATE_ADD, _values(certificate))

    def mark_used(self, serial: str, at: EpochMs) -> None:
        """It was shown here; only the first time counts."""
        self._execute(_USED, (at, serial))

    def take_back(self, serial: str, at: EpochMs, why: str) -> None:
        """It counts no more."""
        self._execute(_GO, (at, why, serial))

    def ask_renewal(self, kind: str, name: str) -> None:
        """The holder shall come for another one soon."""
        self._execute(_RENEW, (1, kind, name))

    def _enrolments(self, statement: LiteralString, values: Sequence[Value]) -> tuple[Enrolment, ...]:
        return tuple(_read(row, Enrolment) for row in self._execute(statement, values))

    def _certificates(self, statement: LiteralString, values: Sequence[Value]) -> tuple[Certificate, ...]:
        return tuple(_read(row, Certificate) for row in self._execute(statement, values))


def _values(row: Enrolment | Certificate) -> tuple[Value, ...]:
    """The values of a row; yes and no are kept as 1 and 0, which both databases know."""
    return tuple(int(value) if isinstance(value, bool) else value for value in msgspec.structs.astuple(row))


def _read(row: Sequence[object], kind: type[_Row]) -> _Row:
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind, strict=False)
