"""Subjects (pseudonyms), what they consented to, and the credentials that name them."""

from enum import StrEnum

import msgspec

from kiosk.model.ids import CredentialHash, EpochMs, Lang, SiteId, SubjectId


class Purpose(StrEnum):
    """What personal data may be used for beyond the service itself."""

    PERSONALISATION = "personalisation"
    PROFILING = "profiling"
    MARKETING = "marketing"


class ConsentState(StrEnum):
    """A person's answer."""

    GRANTED = "granted"
    DENIED = "denied"
    REVOKED = "revoked"


class Consent(msgspec.Struct, frozen=True):
    """One answer, with the version of the text that was shown."""

    purpose: Purpose
    state: ConsentState
    text_version: str


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pseudonym and the little that a screen must show of it.

    `sealed_name` is the AES-GCM ciphertext (nonce first, base64 on the wire) of a first name and an initial, under the
    site's field key and with the subject's id as associated data.
    """

    id: SubjectId
    site: SiteId
    sealed_name: bytes = b""
    lang: Lang | None = None
    step_free: bool = False
    member_since: EpochMs | None = None
    consents: tuple[Consent, ...] = ()


class RefKind(StrEnum):
    """What a code or credential points at."""

    SUBJECT = "subject"
    TICKET = "ticket"
    ORDER = "order"


class Ref(msgspec.Struct, frozen=True):
    """A pointer to a record."""

    kind: RefKind
    id: str


class Credential(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plain (unsigned) code that is known here: a keyed hash of its bytes (HMAC-SHA-256, hex) and what it stands for."""

    id: CredentialHash
    site: SiteId
    ref: Ref
    revoked: bool = False


class IssuerKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """A public Ed25519 key (32 bytes) that signs Opas codes; `id` is the key id in the code, as decimal text."""

    id: str
    public: bytes
    valid_from: EpochMs
    valid_until: EpochMs | None = None
    revoked: bool = False
