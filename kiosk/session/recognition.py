"""Whose or what a code is, from local data and signatures alone."""

from typing import TypeVar

import msgspec

from kiosk.guidance.operations import Recognised, next_ticket
from kiosk.model import rotatingcode
from kiosk.model.code import Code
from kiosk.model.customer import Credential, IssuerKey, Ref, RefKind, Subject
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, SiteId, SubjectId
from kiosk.model.opascode import CodeKind, OpasCode, site_tag
from kiosk.model.order import PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.records import Collection, Record
from kiosk.model.sitekey import credential_hash, rotating_key
from kiosk.model.ticket import Departure, Journey, Ticket
from kiosk.model.trust import Trust
from kiosk.scanning.formats import Broken, Foreign, Plain, Signed, read_payload
from kiosk.store import DeviceStore

_R = TypeVar("_R", bound=Record)
_KIND_OF = {CodeKind.LOYALTY: RefKind.SUBJECT, CodeKind.ORDER: RefKind.ORDER, CodeKind.TICKET: RefKind.TICKET}


class Recogniser:
    """Finds what a code points at in this device's store. `trust` says whose codes count beside Opas's own."""

    def __init__(self, store: DeviceStore, site: SiteId, site_key: bytes, trust: Trust | None = None) -> None:
        self._store = store
        self._site = site
        self._site_key = site_key
        self._trust = msgspec.structs.replace(
            trust or Trust(), site=site_tag(site), rotating_key=rotating_key(site_key)
        )

    def recognise(self, code: Code, now: EpochMs, max_age_minutes: int) -> tuple[Ref | None, Recognised]:
        """What `code` points at, and what is known of it.

        A code that nobody here knows is `UNKNOWN` only while this device's data is at most `max_age_minutes` old;
        after that the honest outcome is `DATA_TOO_OLD`.
        """
        ref, problem = self._find(code, now)
        known = None if ref is None else self.known(ref, now)
        if known is None:
            return None, Recognised(problem=self._honest(problem or Outcome.UNKNOWN, now, max_age_minutes))
        # A genuine code that is not good now still says whose it is, so the answer can name the day.
        live = code.payload.startswith(rotatingcode.PREFIX)
        return ref, msgspec.structs.replace(known, problem=problem, live=live)

    def known(self, ref: Ref, now: EpochMs) -> Recognised | None:
        """Everything that this device holds about `ref`; None when that is nothing."""
        match ref.kind:
            case RefKind.TICKET:
                ticket = self._get(Collection.TICKETS, ref.id, Ticket)
                return None if ticket is None else self._of_subject(RefKind.TICKET, ticket.subject, ticket, now)
            case RefKind.ORDER:
                order = self._get(Collection.ORDERS, ref.id, PickupOrder)
                if order is None:
                    return None
                subject = self._get(Collection.SUBJECTS, order.subject, Subject)
                return Recognised(shown=RefKind.ORDER, subject=subject, orders=(order,))
            case RefKind.SUBJECT:
                if self._store.get(Collection.SUBJECTS, ref.id) is None:
                    return None
                return self._of_subject(RefKind.SUBJECT, SubjectId(ref.id), None, now)

    def _find(self, code: Code, now: EpochMs) -> tuple[Ref | None, Outcome | None]:
        keys = {key.id: key for key in self._store.all(Collection.KEYS) if isinstance(key, IssuerKey)}
        match read_payload(code.payload, keys, now, self._trust):
            case Signed(code=signed):
                return self._signed(signed, None)
            case Broken(reason=reason, code=signed) if signed is not None:
                return self._signed(signed, reason)
            case Broken(reason=reason):
                return None, reason
            case Foreign(problem=problem) if problem is not None:
                return None, problem.outcome
            case Foreign(names=names):
                return self._plain(*names)
            case Plain(payload=payload):
                return self._plain(payload)

    def _signed(self, signed: OpasCode, problem: Outcome | None) -> tuple[Ref | None, Outcome | None]:
        if signed.site not in {0, site_tag(self._site)}:
            return None, Outcome.WRONG_SITE
        return Ref(_KIND_OF[signed.kind], signed.identifier), problem

    def _plain(self, *names: bytes) -> tuple[Ref | None, Outcome | None]:
        """What the first of `names` that is known here stands for."""
        for name in names:
            credential = self._get(Collection.CREDENTIALS, credential_hash(self._site_key, name), Credential)
            if credential is not None:
                return credential.ref, Outcome.REVOKED if credential.revoked else None
        return None, Outcome.UNKNOWN

    def _of_subject(self, shown: RefKind, subject_id: SubjectId, ticket: Ticket | None, now: EpochMs) -> Recognised:
        if ticket is None:
            owned = self._store.of_subject(Collection.TICKETS, subject_id)
            ticket = next_ticket(tuple(each for each in owned if isinstance(each, Ticket)), now)
        journey = None if ticket is None else self._get(Collection.JOURNEYS, ticket.journey, Journey)
        departure = None if ticket is None else self._get(Collection.DEPARTURES, ticket.departure, Departure)
        orders = self._store.of_subject(Collection.ORDERS, subject_id)
        return Recognised(
            shown=shown,
            subject=self._get(Collection.SUBJECTS, subject_id, Subject),
            ticket=ticket,
            journey=journey,
            departure=departure,
            orders=tuple(order for order in orders if isinstance(order, PickupOrder)),
        )

    def _get(self, collection: Collection, key: str | None, kind: type[_R]) -> _R | None:
        record = None if key is None else self._store.get(collection, key)
        return record if isinstance(record, kind) else None

    def _honest(self, problem: Outcome, now: EpochMs, max_age_minutes: int) -> Outcome:
        if problem is not Outcome.UNKNOWN:
            return problem
        as_of = self._store.freshness().as_of
        if as_of is None or now - as_of > max_age_minutes * MS_PER_MINUTE:
            return Outcome.DATA_TOO_OLD
        return problem
