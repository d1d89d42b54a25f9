"""Subjects (pseudonyms), what they consented to, and the credentials that name them."""

from collections.abc import Iterable
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


class Consent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer, with the version of the text that was shown; `at` is when it was given, 0 where nobody has said."""

    purpose: Purpose
    state: ConsentState
    text_version: str
    at: EpochMs = EpochMs(0)


class Basis(StrEnum):
    """Where an interest is known from: the person said so, or somebody concluded it."""

    STATED = "stated"
    INFERRED = "inferred"


class Interest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody likes, or with `likes` false does not, by a topic's name such as `coffee`."""

    topic: str
    basis: Basis
    likes: bool = True


def consented(consents: Iterable[Consent], purpose: Purpose) -> bool:
    """Whether the last answer for `purpose` is a yes."""
    return [each.state for each in consents if each.purpose is purpose][-1:] == [ConsentState.GRANTED]


def permitted(consents: Iterable[Consent], interests: Iterable[Interest]) -> tuple[Interest, ...]:
    """The interests that may be held at all: stated ones for personalisation, inferred ones for profiling too."""
    answers = tuple(consents)
    if not consented(answers, Purpose.PERSONALISATION):
        return ()
    profiling = consented(answers, Purpose.PROFILING)
    return tuple(each for each in interests if each.basis is Basis.STATED or profiling)


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
    interests: tuple[Interest, ...] = ()
    """Only those that the consents permit."""
    declined: tuple[str, ...] = ()
    """Offers that are not for this person, by id, as they said on a screen."""


class RefKind(StrEnum):
    """What a code or credential points at."""

    SUBJECT = "subject"
    TICKET = "ticket"
    ORDER = "order"


class Ref(msgspec.Struct, frozen=True, gc=False):
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
