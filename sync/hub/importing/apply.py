"""An import, taken over in one transaction: references checked, records merged, codes signed."""

import base64
from typing import TypeVar

import msgspec

from kiosk.model.changes import Target
from kiosk.model.customer import ConsentState, Credential, Purpose, Ref, RefKind, Subject, consented
from kiosk.model.ids import EpochMs, HubVersion, SubjectId
from kiosk.model.opascode import CodeKind, OpasCode, site_tag
from kiosk.model.order import PickupOrder
from kiosk.model.records import COLLECTION_OF, Collection, Record, decode_record, encode_record
from kiosk.model.rotatingcode import credential_secret
from kiosk.model.sitekey import credential_hash, rotating_key
from kiosk.model.ticket import Departure, Journey, Ticket
from sync.hub.errors import Refused
from sync.hub.importing.merge import merged_departure, merged_journey, merged_order, merged_subject, merged_ticket
from sync.hub.importing.places import Places
from sync.hub.importing.request import ImportRequest, ImportSubject
from sync.hub.issuing import Issuer
from sync.hub.names import Names, shown_name
from sync.hub.store.interface import Writing
from sync.hub.store.rows import RecordChange, Site

_R = TypeVar("_R", bound=Record)
_COLLECTION_OF_REF = {
    RefKind.SUBJECT: Collection.SUBJECTS,
    RefKind.TICKET: Collection.TICKETS,
    RefKind.ORDER: Collection.ORDERS,
}


class IssuedCode(msgspec.Struct, frozen=True, omit_defaults=True):
    """A signed code: `payload` is the text to print.

    A rotating ticket has no such text, but a `secret` (base64 of 32 bytes) for the holder's phone, which draws the code
    from it (layout: `kiosk.model.rotatingcode`). The hub derives it again at every import and stores it nowhere.
    """

    kind: str
    id: str
    payload: str = ""
    secret: str = ""


class Ungranted(msgspec.Struct, frozen=True):
    """A grant in the import that does not count: the person has answered otherwise since."""

    subject: SubjectId
    purpose: Purpose


class Imported(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of an import."""

    version: HubVersion
    codes: tuple[IssuedCode, ...]
    ungranted: tuple[Ungranted, ...] = ()


def take_over(
    writing: Writing, site: Site, request: ImportRequest, now: EpochMs
) -> tuple[HubVersion, tuple[Ungranted, ...]]:
    """Lay `request` over the site's records; what does not change is not written. Raises `Refused`."""
    laid = _Import(writing, site, request)
    return laid.write(now), laid.ungranted()


def issue(request: ImportRequest, site: Site, issuer: Issuer) -> tuple[IssuedCode, ...]:
    """One signed code for each subject, ticket and order, the same at every import.

    Codes of tickets and orders are good at this site only, those of people at every site that knows them.
    """
    tag = site_tag(site.id)
    codes = [
        OpasCode(CodeKind.LOYALTY, issuer.key_id, item.id, item.member_since or EpochMs(0), None)
        for item in request.subjects
    ]
    codes += [
        OpasCode(CodeKind.TICKET, issuer.key_id, item.id, item.valid_from, item.valid_until, tag)
        for item in request.tickets
    ]
    codes += [OpasCode(CodeKind.ORDER, issuer.key_id, order.id, EpochMs(0), None, tag) for order in request.orders]
    rotating = {item.id for item in request.tickets if item.rotating}
    return tuple(_secret(site, code) if code.identifier in rotating else _signed(issuer, code) for code in codes)


def _signed(issuer: Issuer, code: OpasCode) -> IssuedCode:
    return IssuedCode(code.kind.name.lower(), code.identifier, payload=issuer.sign(code).decode("ascii"))


def _secret(site: Site, code: OpasCode) -> IssuedCode:
    secret = credential_secret(rotating_key(site.key), code.kind, code.identifier)
    return IssuedCode(code.kind.name.lower(), code.identifier, secret=base64.b64encode(secret).decode("ascii"))


class _Import:
    """One import on its way into one transaction."""

    def __init__(self, writing: Writing, site: Site, request: ImportRequest) -> None:
        self._writing = writing
        self._site = site
        self._request = request
        self._names = Names(site.key)
        self._places = Places(writing, site)
        self._bodies: dict[Target, bytes] = {
            target: stored.body
            for target, stored in writing.records(site.id, _targets(request, site.key)).items()
            if stored.body is not None
        }
        self._new: dict[Target, Record] = {}

    def write(self, now: EpochMs) -> HubVersion:
        """Merge everything, in the order in which things refer to each other."""
        site, request = self._site.id, self._request
        for person in request.subjects:
            before = self._before(Collection.SUBJECTS, person.id, Subject)
            self._put(merged_subject(person, before, site, self._sealed(person, before)))
        for turn, departure in enumerate(request.departures):
            sailing = self._before(Collection.DEPARTURES, departure.id, Departure)
            if sailing is None or sailing.gate != departure.gate:
                self._places.need(departure.gate, f"$.departures[{turn}].gate")
            self._put(merged_departure(departure, site))
        self._tickets()
        for number, order in enumerate(request.orders):
            self._need(Collection.SUBJECTS, order.subject, f"$.orders[{number}].subject")
            begun = self._before(Collection.ORDERS, order.id, PickupOrder)
            if begun is None or begun.place != order.place:
                self._places.need(order.place, f"$.orders[{number}].place")
            self._put(merged_order(order, begun, site))
        for number, card in enumerate(request.cards):
            self._need(_COLLECTION_OF_REF[card.ref.kind], card.ref.id, f"$.cards[{number}].ref.id")
            hashed = credential_hash(self._site.key, card.payload.encode())
            self._put(Credential(hashed, site, Ref(card.ref.kind, card.ref.id), card.revoked))
        changes = [
            RecordChange(target.collection, target.key, body)
            for target, record in self._new.items()
            if (body := encode_record(record)) != self._bodies.get(target)
        ]
        self._writing.put_records(site, changes, now)
        return self._writing.advance() if changes else self._site.version

    def ungranted(self) -> tuple[Ungranted, ...]:
        """The grants that do not count."""
        people = (self._now(Collection.SUBJECTS, item.id, Subject) for item in self._request.subjects)
        found = {person.id: person.consents for person in people if person is not None}
        return tuple(
            Ungranted(item.id, each.purpose)
            for item in self._request.subjects
            for each in item.consents
            if each.state is ConsentState.GRANTED and not consented(found[item.id], each.purpose)
        )

    def _tickets(self) -> None:
        for number, item in enumerate(self._request.tickets):
            self._need(Collection.SUBJECTS, item.subject, f"$.tickets[{number}].subject")
            departure = None
            if item.departure is not None:
                self._need(Collection.DEPARTURES, item.departure, f"$.tickets[{number}].departure")
                departure = self._now(Collection.DEPARTURES, item.departure, Departure)
            self._put(merged_ticket(item, self._before(Collection.TICKETS, item.id, Ticket), self._site.id))
            before = self._before(Collection.JOURNEYS, item.id, Journey)
            journey = merged_journey(item, before, self._site.id, departure)
            if journey is not None:
                self._put(journey)

    def _sealed(self, item: ImportSubject, before: Subject | None) -> bytes:
        name = shown_name(item.name)
        if before is not None and self._names.open(item.id, before.sealed_name) == name:
            # Sealed anew it would differ, and travel to every device for nothing.
            return before.sealed_name
        return self._names.seal(item.id, name)

    def _before(self, collection: Collection, key: str, kind: type[_R]) -> _R | None:
        body = self._bodies.get(Target(collection, key))
        record = None if body is None else decode_record(collection, body)
        return record if isinstance(record, kind) else None

    def _now(self, collection: Collection, key: str, kind: type[_R]) -> _R | None:
        record = self._new.get(Target(collection, key))
        return record if isinstance(record, kind) else self._before(collection, key, kind)

    def _need(self, collection: Collection, key: str, field: str) -> None:
        target = Target(collection, key)
        if target not in self._new and target not in self._bodies:
            todo = f"Import it before or together with this, under {collection.value}."
            raise Refused(f"There is no such record in {collection.value} at this site.", todo, field=field)

    def _put(self, record: Record) -> None:
        self._new[Target(COLLECTION_OF[type(record)], record.id)] = record


def _targets(request: ImportRequest, site_key: bytes) -> list[Target]:
    """Everything that the request writes or names."""
    found = [Target(Collection.SUBJECTS, item.id) for item in request.subjects]
    found += [Target(Collection.DEPARTURES, item.id) for item in request.departures]
    for ticket in request.tickets:
        found += [Target(Collection.TICKETS, ticket.id), Target(Collection.JOURNEYS, ticket.id)]
        found.append(Target(Collection.SUBJECTS, ticket.subject))
        if ticket.departure is not None:
            found.append(Target(Collection.DEPARTURES, ticket.departure))
    for order in request.orders:
        found += [Target(Collection.ORDERS, order.id), Target(Collection.SUBJECTS, order.subject)]
    for card in request.cards:
        found.append(Target(_COLLECTION_OF_REF[card.ref.kind], card.ref.id))
        found.append(Target(Collection.CREDENTIALS, credential_hash(site_key, card.payload.encode())))
    return list(dict.fromkeys(found))
