"""An administrator says which device it is whose code stands on a screen."""

import msgspec

from kiosk.model.identity import ClaimCode, Fingerprint, read_code, shown
from kiosk.model.ids import DeviceId, EpochMs, SiteId
from kiosk.model.pack import TouchpointKind
from sync.hub.errors import Refused
from sync.hub.fleet import DeviceForm, put_device
from sync.hub.identity.authority import Authority, read_request
from sync.hub.identity.enrolment import of_code
from sync.hub.identity.holding import in_force, keep, take_all_back
from sync.hub.identity.kinds import Holder, Kind
from sync.hub.store.identity_rows import Enrolment
from sync.hub.store.interface import Writing

RESERVED = frozenset({"hub", "site", "broker", "unclaimed"})
"""What a device can't be called: these stand for others in topics and certificates."""
_READ_AGAIN = "Read it from the device's screen again: each code is good for a quarter of an hour."


class ClaimForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code as it was typed or scanned, and what the device shall be. `replace` turns out one that has the name."""

    code: str
    site: SiteId
    device: DeviceId
    role: TouchpointKind
    name: str = ""
    replace: bool = False


class Claimed(msgspec.Struct, frozen=True):
    """What came of it."""

    device: DeviceId
    site: SiteId
    role: str
    fingerprint: Fingerprint
    not_after: EpochMs


class Issuing(msgspec.Struct, frozen=True):
    """Who signs, and for how many days."""

    authority: Authority
    days: int


class NoSuchCode(Refused):
    """A code that no waiting device shows."""


def claim(writing: Writing, form: ClaimForm, issuing: Issuing, now: EpochMs) -> Claimed:
    """Give the waiting device its name, its site and a certificate. Raises `Refused`, `NoSuchCode` for a wrong code.

    The same claim again has the same answer and does nothing; another one with the same code is refused.
    """
    enrolment = _found(writing, form, now)
    if enrolment.device is not None:
        return _again(writing, enrolment, form)
    _check(writing, enrolment, form, now)
    if form.replace:
        take_all_back(writing, (Kind.DEVICE, form.device), now, "another device took its name")
    put_device(writing, form.device, DeviceForm(form.site, form.role, form.name))
    holder = Holder(Kind.DEVICE, form.device, form.site)
    issued = issuing.authority.issue(read_request(enrolment.csr), holder, now, issuing.days)
    keep(writing, issued)
    writing.identities.put_enrolment(
        msgspec.structs.replace(
            enrolment, device=form.device, site=form.site, role=form.role.value, serial=issued.serial, claimed_at=now
        )
    )
    return Claimed(form.device, form.site, form.role.value, enrolment.fingerprint, issued.not_after)


def _found(writing: Writing, form: ClaimForm, now: EpochMs) -> Enrolment:
    read = read_code(form.code)
    if read is None:
        todo = "Type the eight letters and digits from the device's screen, as in K7QF-3M9X."
        raise NoSuchCode("That is no claim code.", todo, field="code")
    code, told = read
    found = of_code(writing, code, now)
    if not found:
        raise NoSuchCode(f"No device that waits shows the code {shown(code)}.", _READ_AGAIN, status=404, field="code")
    if len(found) > 1 or found[0].contested:
        todo = "Claim neither: the right device shows another code in a moment. Find out who else asks."
        raise NoSuchCode(f"Two devices came with the code {shown(code)}.", todo, status=409, field="code")
    if told is not None and told != found[0].fingerprint:
        todo = (
            "Scan the code on the device's own screen. If this happens again, somebody stands between it and the hub."
        )
        raise NoSuchCode("The scanned code belongs to another key.", todo, status=409, field="code")
    _check_time(found[0], code, now)
    return found[0]


def _check_time(enrolment: Enrolment, code: ClaimCode, now: EpochMs) -> None:
    if enrolment.device is None and now >= enrolment.expires_at:
        raise NoSuchCode(f"The code {shown(code)} has run out.", _READ_AGAIN, status=410, field="code")


def _again(writing: Writing, enrolment: Enrolment, form: ClaimForm) -> Claimed:
    held = None if enrolment.serial is None else writing.identities.certificate(enrolment.serial)
    asked = (form.device, form.site, form.role.value)
    if held is None or asked != (enrolment.device, enrolment.site, enrolment.role):
        todo = "To change what that device is, take it out with `opas fleet revoke` and claim it anew."
        what = f"This code was used already, for {enrolment.device} at {enrolment.site}."
        raise Refused(what, todo, status=409, field="code")
    return Claimed(form.device, form.site, form.role.value, enrolment.fingerprint, held.not_after)


def _check(writing: Writing, enrolment: Enrolment, form: ClaimForm, now: EpochMs) -> None:
    if form.device in RESERVED or any(in_force(writing, (kind, form.device), now) for kind in (Kind.HUB, Kind.BROKER)):
        raise Refused(f"{form.device} is no name for a device.", "Choose another one.", field="device")
    if enrolment.was and enrolment.was != form.device:
        what = f"That device holds the data of {enrolment.was}, perhaps with events that nobody else has."
        todo = f"Claim it as {enrolment.was}, or clear its data folder first."
        raise Refused(what, todo, status=409, field="device")
    if not form.replace and in_force(writing, (Kind.DEVICE, form.device), now):
        todo = "Give this one another name, or say that it replaces the other, which is refused from then on."
        raise Refused(f"There is a device {form.device} already.", todo, status=409, field="device")
