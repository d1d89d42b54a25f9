"""Everything the two HTTP ports need to let devices in, renew them and turn them out."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.model.clock import Clock
from kiosk.model.ids import DeviceId, EpochMs, SiteId
from sync.hub.errors import DataError, Refused
from sync.hub.fleet import need_site, token_hash
from sync.hub.identity import claiming, enrolment, holding
from sync.hub.identity.authority import Authority, Gone, own_request, read_request
from sync.hub.identity.claiming import Claimed, ClaimForm, Issuing
from sync.hub.identity.holding import Life
from sync.hub.identity.keyfiles import key_pem
from sync.hub.identity.kinds import Holder, Kind, serial_of
from sync.hub.store.identity_rows import Certificate
from sync.hub.store.interface import HubStore, Reading
from sync.hub.store.rows import Device
from sync.wire.enrolment import Enrol, Enrolled, Identity

_ACCESS_KEPT_MS = 60_000
"""Every broker asks every two seconds. What follows no certificate, such as a device that was moved, it hears within a minute."""


class BrokerOfDevices(msgspec.Struct, frozen=True):
    """The broker as devices reach it."""

    host: str
    port: int


class Terms(msgspec.Struct, frozen=True):
    """How long a device's certificate lasts, and which broker devices are told. Without `tls` there is nothing to enrol."""

    tls: bool
    days: int
    broker: BrokerOfDevices


class Account(msgspec.Struct, frozen=True, order=True):
    """Somebody who may use the broker: `rights` is device, hub or site; a device's claims are its site's.

    A site's broker comes to the central one with the rights of its `devices`.
    """

    rights: str
    user: str
    site: str
    devices: tuple[str, ...] = ()


class Access(msgspec.Struct, frozen=True):
    """What a broker is to know: the list of certificates that count no more (PEM), and who may do what.

    `revision` is another one when any of it changed.
    """

    revision: str
    revocations: str
    accounts: tuple[Account, ...]


class _Kept(msgspec.Struct, frozen=True):
    """What was last told to a broker, and when."""

    stamp: tuple[object, ...]
    at: EpochMs
    access: Access


class Registry:
    """Each method is one transaction. `changed` is called with the site whose devices changed."""

    def __init__(
        self, store: HubStore, clock: Clock, authority: Authority, terms: Terms, changed: Callable[[SiteId], None]
    ) -> None:
        self.store = store
        self.clock = clock
        self.authority = authority
        self.terms = terms
        self._changed = changed
        self._accesses: dict[str, _Kept] = {}

    def ask(self, form: Enrol) -> Enrolled:
        """See `enrolment.ask`."""
        with self.store.writing() as writing:
            return enrolment.ask(writing, form, self._now())

    def claim(self, form: ClaimForm) -> Claimed:
        """See `claiming.claim`."""
        if not self.terms.tls:
            todo = "Set identity.tls and identity.names in hub.toml and start the hub again."
            raise Refused("This hub gives out no certificates.", todo, status=409)
        with self.store.writing() as writing:
            claimed = claiming.claim(writing, form, Issuing(self.authority, self.terms.days), self._now())
        self._changed(form.site)
        return claimed

    def identity(self, shown: Certificate, device: Device) -> Identity:
        """What the device whose certificate was shown needs to know; from now on that certificate is the one in force."""
        now = self._now()
        if shown.used_at is None:
            with self.store.writing() as writing:
                holding.note_use(writing, shown, now)
        with self.store.reading() as reading:
            key = need_site(reading, device.site).key
        return Identity(
            device.id,
            device.site,
            device.role,
            device.name,
            base64.b64encode(key).decode(),
            self.terms.broker.host,
            self.terms.broker.port,
            shown.fingerprint,
            shown.not_before,
            shown.not_after,
            now,
            shown.renew,
        )

    def renew(self, shown: Certificate, csr: str) -> str:
        """See `holding.renew`."""
        with self.store.writing() as writing:
            return holding.renew(writing, shown, csr, Life(self.authority, self._now(), self.terms.days))

    def revoke(self, device: DeviceId) -> int:
        """Turn a device out for good: its certificates and its token count no more; how many certificates did."""
        with self.store.writing() as writing:
            known = writing.devices_of([device]).get(device)
            if known is None:
                raise Refused(f"There is no device {device}.", "`opas fleet list` names them all.", status=404)
            taken = holding.take_all_back(writing, (Kind.DEVICE, device), self._now(), "the device was taken out")
            # Nobody knows what hashes to that.
            writing.put_device(known, token_hash(f"none {self._now()} {device}"))
        self._changed(known.site)
        return taken

    def rotate(self, device: DeviceId) -> None:
        """Have a device come for a new certificate. Raises `Refused` for one that has none."""
        with self.store.writing() as writing:
            if not holding.in_force(writing, (Kind.DEVICE, device), self._now()):
                todo = "`opas fleet list` shows who has one."
                raise Refused(f"{device} has no certificate that counts.", todo, status=404)
            writing.identities.ask_renewal(Kind.DEVICE, device)

    def admit_broker(self, name: str, csr: str, names: tuple[str, ...], site: SiteId | None = None) -> str:
        """A certificate for a broker that is called by `names` (PEM), the one of a site where that is said.

        Its older ones count until this is shown.
        """
        if not name.isascii() or not name.replace("-", "").isalnum():
            raise Refused(f"{name!a} is no name for a broker.", "Use letters, digits and hyphens.", field="name")
        with self.store.writing() as writing:
            if site is not None:
                need_site(writing, site)
            holder = Holder(Kind.BROKER, name, site or "")
            issued = self.authority.issue_server(read_request(csr), holder, self._now(), names)
            holding.keep(writing, issued, names)
        return issued.pem

    def access(self, shown: Certificate) -> Access:
        """What the broker that has shown its certificate is to know."""
        now = self._now()
        if shown.used_at is None:
            with self.store.writing() as writing:
                holding.note_use(writing, shown, now)
        with self.store.reading() as reading:
            stamp = reading.identities.stamp()
            known = self._accesses.get(shown.site)
            if known is not None and known.stamp == stamp and 0 <= now - known.at < _ACCESS_KEPT_MS:
                return known.access
            access = self._access_now(reading, shown.site, now)
        self._accesses[shown.site] = _Kept(stamp, now, access)
        return access

    def _access_now(self, reading: Reading, site: str, now: EpochMs) -> Access:
        registered = {device.id: device.site for device in reading.devices()}
        held = [each for each in reading.identities.certificates() if each.not_after > now]
        gone, day = reading.identities.gone(now), _day(now)
        told = _accounts(held, registered, site)
        revision = hashlib.sha256(msgspec.json.encode((day, gone, told))).hexdigest()
        listed = self.authority.revocations([Gone(serial, at) for serial, at in gone], day)
        return Access(revision, listed.decode(), told)

    def counts(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate is one that was given out and not taken back."""
        with self.store.reading() as reading:
            found = reading.identities.certificate(serial_of(certificate))
        return found is not None and found.gone_at is None

    def own_pem(self, name: str, names: tuple[str, ...] = ()) -> bytes:
        """A fresh key and certificate of the hub itself, as one PEM: with `names` as a server, else for the broker."""
        key = ec.generate_private_key(ec.SECP256R1())
        holder = Holder(Kind.HUB, name)
        request, now = own_request(key), self._now()
        with self.store.reading() as reading:
            if holding.in_force(reading, (Kind.DEVICE, name), now):
                # It would have the hub's rights at the broker.
                todo = "Give the hub another name there as broker.user, or take that device out."
                raise DataError(f"{name} is the name of a device.", todo)
        if names:
            issued = self.authority.issue_server(request, holder, now, names)
        else:
            issued = self.authority.issue(request, holder, now, self.terms.days)
            with self.store.writing() as writing:
                holding.keep(writing, issued)
        return key_pem(key) + issued.pem.encode()

    def _now(self) -> EpochMs:
        return self.clock.now().wall_ms


def _accounts(held: Sequence[Certificate], registered: Mapping[DeviceId, SiteId], site: str) -> tuple[Account, ...]:
    """Who may use a broker: all, or at the broker of `site` its devices. In one order, each once."""
    devices = {
        Account(each.kind, each.name, each.site)
        for each in held
        if each.kind == Kind.DEVICE and registered.get(DeviceId(each.name)) == each.site
    }
    if site:
        return tuple(sorted(account for account in devices if account.site == site))
    others = {Account(each.kind, each.name, "") for each in held if each.kind == Kind.HUB}
    for each in held:
        if each.kind == Kind.BROKER and each.site:
            own = tuple(sorted(account.user for account in devices if account.site == each.site))
            others.add(Account("site", each.name, each.site, own))
    return tuple(sorted(devices | others))


def _day(now: EpochMs) -> EpochMs:
    """The beginning of the day: a list that says the same as before is the same list for a day."""
    return EpochMs(now - now % 86_400_000)
