"""Sites and devices as an administrator makes them: keys and tokens are made here and shown once."""

import hashlib
import re
import secrets

import msgspec

from kiosk.model.changes import Target
from kiosk.model.customer import IssuerKey
from kiosk.model.ids import DeviceId, EpochMs, SiteId
from kiosk.model.pack import TouchpointKind
from kiosk.model.records import Collection, decode_record, encode_record
from sync.hub.errors import DataError, Refused
from sync.hub.issuing import Issuer
from sync.hub.store.interface import Reading, Writing
from sync.hub.store.rows import Device, RecordChange, Site

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SITE_KEY_BYTES = 32
_TOKEN_BYTES = 32


class SiteForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a site."""

    name: str


class DeviceForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a device."""

    site: SiteId
    role: TouchpointKind
    name: str = ""


def put_site(writing: Writing, site: SiteId, form: SiteForm, issuer: Issuer, now: EpochMs) -> Site:
    """Add a site with a key of its own, or rename it. Raises `Refused`."""
    _check_id("site", site)
    known = writing.site(site)
    name = _name(form.name) or site
    if known is None:
        known = Site(site, name, secrets.token_bytes(_SITE_KEY_BYTES))
    known = msgspec.structs.replace(known, name=name)
    writing.put_site(known)
    publish_keys(writing, site, issuer, now)
    return known


def publish_keys(writing: Writing, site: SiteId, issuer: Issuer, now: EpochMs) -> bool:
    """Give a site every public key that it lacks; whether there was any.

    Raises `DataError` when the site knows another key under the same number: no device would believe what this one signs.
    """
    targets = [Target(Collection.KEYS, key.id) for key in issuer.public]
    held = writing.records(site, targets)
    for key, target in zip(issuer.public, targets, strict=True):
        body = held[target].body if target in held else None
        known = None if body is None else decode_record(Collection.KEYS, body)
        if isinstance(known, IssuerKey) and known.public != key.public:
            todo = "Copy issuer-*.json from the first hub's data folder, or from its backup, into this hub's."
            raise DataError(f"issuer-{key.id}.json: is not the key that the devices of site {site} know.", todo)
    changes = [
        RecordChange(Collection.KEYS, key.id, encode_record(key))
        for key, target in zip(issuer.public, targets, strict=True)
        if target not in held
    ]
    writing.put_records(site, changes, now)
    return bool(changes)


def put_device(writing: Writing, device: DeviceId, form: DeviceForm) -> str:
    """Add a device or change it; returns its new token, which is stored as a hash only. Raises `Refused`."""
    _check_id("device", device)
    need_site(writing, form.site)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    writing.put_device(Device(device, form.site, form.role.value, _name(form.name) or device), token_hash(token))
    return token


def need_site(reading: Reading, site: SiteId) -> Site:
    """The site. Raises `Refused` when there is none."""
    found = reading.site(site)
    if found is None:
        raise Refused("There is no such site.", "Make it first: PUT /v1/sites/<site>.", status=404)
    return found


def token_hash(token: str) -> str:
    """The form in which a token is stored; it is random, so a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_id(kind: str, text: str) -> None:
    if not _ID.fullmatch(text):
        todo = "Use lower-case letters, digits and hyphens, 63 at most."
        raise Refused(f"That is no name for a {kind}.", todo)


def _name(text: str) -> str:
    return "".join(character for character in text if character.isprintable()).strip()[:80]
