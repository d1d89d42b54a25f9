"""What a device and the hub's device port say to each other until the device has a certificate, and when it renews it."""

from enum import StrEnum

import msgspec

from kiosk.model.identity import Fingerprint
from kiosk.model.ids import DeviceId, EpochMs, SiteId


class Enrol(msgspec.Struct, frozen=True):
    """POST /v1/enrolments, again and again until it is answered: a request for a certificate (PKCS #10, PEM).

    `nonce` is hex of 16 bytes; with the request's key it makes the claim code. `was` is the device whose data lie on
    this one already, empty for a fresh card.
    """

    csr: str
    nonce: str
    was: str = ""
    release: str = ""


class EnrolState(StrEnum):
    """How it stands with a request."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    EXPIRED = "expired"
    """Nobody claimed it in time: come with a new nonce."""
    CONTESTED = "contested"
    """Another device came with the same code: come with a new key and nonce."""


class Enrolled(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer. `certificate` (PEM, with the issuing authority's) is there once somebody has claimed the device."""

    state: EnrolState
    expires_in_s: int = 0
    ask_again_s: int = 0
    certificate: str = ""


class Renewal(msgspec.Struct, frozen=True):
    """POST /v1/identity/renewal, with the certificate in force: a request with a new key."""

    csr: str


class Renewed(msgspec.Struct, frozen=True):
    """The new certificate (PEM, with the issuing authority's). The old one counts until the new one has been shown."""

    certificate: str


class Identity(msgspec.Struct, frozen=True):
    """GET /v1/identity: what the holder of the certificate shown is, and what it needs to know. Times are the hub's.

    `site_key` is base64 of the site's secret. `renew` asks for a new certificate now.
    """

    device: DeviceId
    site: SiteId
    role: str
    name: str
    site_key: str
    broker_host: str
    broker_port: int
    fingerprint: Fingerprint
    not_before: EpochMs
    not_after: EpochMs
    now: EpochMs
    renew: bool = False


REMOVED = "removed"
"""The `field` of a refusal that is final: this certificate will never be good again."""
