"""From a code to its answer: recognise, operate, commit, and only then speak."""

import logging
import secrets
from dataclasses import dataclass, replace

import msgspec

from kiosk.guidance import Facts, Guide
from kiosk.guidance.operations import Recognised, Verdict, decided, operate
from kiosk.model.changes import Refusal
from kiosk.model.code import Code
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import AnswerShown, CodeScanned, OfferDeclined, TicketRedeemed
from kiosk.model.ids import DurationMs, EpochMs, Lang, MonotonicMs, PackVersion, ScanId
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.outcome import Operation, Outcome
from kiosk.model.pathway import PathwayState
from kiosk.model.records import Collection
from kiosk.model.step import Step
from kiosk.model.ticket import Decision, Departure, DepartureState
from kiosk.session.content import Content
from kiosk.session.parts import Parts
from kiosk.session.recognition import Recogniser
from kiosk.store import ChangeRefused

log = logging.getLogger(__name__)
_ASKING_S = 0.2
"""How long a queue at a gate waits for the site's broker where the gate's own word is enough,"""
_ASKING_HARD_S = 1.0
"""and where it is not."""
_OUTCOME_OF_REFUSAL = {Refusal.ALREADY_USED: Outcome.ALREADY_USED, Refusal.NOT_VALID: Outcome.REVOKED}


@dataclass(frozen=True)
class Answer:
    """One answered scan. `code` is None where nothing could be read."""

    scan: ScanId
    code: Code | None
    ref: Ref | None
    facts: Facts
    lang: Lang
    step: Step
    quiet: bool = False
    """Whether an offer was declined; then no other one takes its place."""

    @property
    def decoded_at(self) -> MonotonicMs:
        """When the code was read; 0 for none."""
        return MonotonicMs(0) if self.code is None else self.code.decoded_at


@dataclass(frozen=True)
class _Attempt:
    scan: ScanId
    code: Code
    ref: Ref | None

    def scanned(self, outcome: Outcome) -> CodeScanned:
        code = self.code
        decode_ms = DurationMs(max(0, code.decoded_at - code.captured_at))
        return CodeScanned(self.scan, outcome, code.symbology, code.decoder, decode_ms, self.ref)


class Answerer:
    """Answers scans at one touchpoint."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store
        self._recogniser = Recogniser(
            parts.store, parts.config.device.site, parts.config.site_key, parts.config.trust.resolved()
        )

    def answer(self, code: Code, content: Content, lang: Lang, *, follow: bool) -> Answer:
        """Carry out what this touchpoint does with `code` and say what comes next.

        It is said in `lang`, or, with `follow`, in the language that the subject is known to read. The change and its events are committed before the answer exists. Raises `StoreError` when they can't be.
        """
        guide = content.guide
        if guide is None:
            msg = "without content nothing can be answered"
            raise RuntimeError(msg)
        now = self._parts.clock.now().wall_ms
        scan = ScanId(secrets.token_hex(8))
        ref, recognised = self._recogniser.recognise(code, now, guide.settings.max_data_age_min)
        verdict = self._decided(
            operate(guide.touchpoint.operation or Operation.GUIDE, recognised, now), recognised, guide
        )
        outcome = self._commit(_Attempt(scan, code, ref), verdict, content.version)
        after = recognised if ref is None else self._recogniser.known(ref, now) or recognised
        facts = self._facts(after, outcome)
        lang = self._language(after, lang) if follow else lang
        return Answer(scan, code, ref, facts, lang, guide.step(facts, lang))

    def unreadable(self, guide: Guide, lang: Lang) -> Answer:
        """The answer to something that is held up but can't be read."""
        facts = self._facts(Recognised(), Outcome.UNREADABLE)
        return Answer(ScanId(secrets.token_hex(8)), None, None, facts, lang, guide.step(facts, lang))

    def again(self, answer: Answer, guide: Guide, lang: Lang) -> Answer:
        """The same answer from the records as they are now, in `lang`."""
        now = self._parts.clock.now().wall_ms
        known = None if answer.ref is None else self._recogniser.known(answer.ref, now)
        if known is None:
            # Who is known no more, being erased, is offered nothing.
            facts = msgspec.structs.replace(answer.facts, now=now, pathways=self._pathways(), offers=False)
        else:
            facts = msgspec.structs.replace(self._facts(known, answer.facts.outcome), offers=not answer.quiet)
        return replace(answer, facts=facts, lang=lang, step=guide.step(facts, lang))

    def up_to_date(self, answer: Answer, guide: Guide) -> Answer:
        """The same answer while nothing changed that it must not be wrong about: open ways, and what a person permits."""
        before = answer.facts
        ref = answer.ref
        known = None if ref is None else self._recogniser.known(ref, self._parts.clock.now().wall_ms)
        subject = None if known is None else known.subject
        if before.pathways == self._pathways() and before.subject == subject:
            return answer
        return self.again(answer, guide, answer.lang)

    def decline(self, answer: Answer, guide: Guide, pack: PackVersion) -> Answer:
        """Note that the offer shown is not for this person; the same answer without any."""
        subject, offer = answer.facts.subject, answer.step.offer
        if subject is not None and offer is not None:
            try:
                self._store.record((OfferDeclined(subject.id, offer.id),), pack)
            except ChangeRefused as refused:
                log.info("a declined offer could not be noted: %s", refused.refusal)
        return self.again(replace(answer, quiet=True), guide, answer.lang)

    def shown(self, answer: Answer, at: MonotonicMs, pack: PackVersion) -> None:
        """Note that an answer reached the glass."""
        step = answer.step
        taken = 0 if answer.code is None else max(0, at - answer.code.decoded_at)
        offer = "" if step.offer is None else step.offer.id
        body = AnswerShown(answer.scan, step.message, step.row, step.lang, DurationMs(taken), offer)
        self._store.record((body,), pack)

    def _decided(self, verdict: Verdict, recognised: Recognised, guide: Guide) -> Verdict:
        """The same with how sure its redemption is; refused where that is not enough for the ticket's product."""
        ticket = recognised.ticket
        if ticket is None or not any(isinstance(body, TicketRedeemed) for body in verdict.bodies):
            return verdict
        needed = guide.settings.sure_enough.get(ticket.product, Decision.OFFLINE_PROVISIONAL)
        wait_s = _ASKING_S if needed is Decision.OFFLINE_PROVISIONAL else _ASKING_HARD_S
        return decided(verdict, self._store.sureness(ticket.id, wait_s), needed)

    def _commit(self, attempt: _Attempt, verdict: Verdict, pack: PackVersion) -> Outcome:
        try:
            self._store.record((*verdict.bodies, attempt.scanned(verdict.outcome)), pack)
        except ChangeRefused as refused:
            # Another process changed the record between reading and writing: its state decides.
            outcome = _OUTCOME_OF_REFUSAL.get(refused.refusal, Outcome.INFORMED)
            log.info("a change was refused: %s", refused.refusal)
            self._store.record((attempt.scanned(outcome),), pack)
            return outcome
        return verdict.outcome

    def _facts(self, recognised: Recognised, outcome: Outcome) -> Facts:
        freshness = self._store.freshness()
        now = self._parts.clock.now().wall_ms
        return Facts(
            now=now,
            outcome=outcome,
            ticket=recognised.ticket,
            journey=recognised.journey,
            departure=recognised.departure,
            orders=recognised.orders,
            subject=recognised.subject,
            name="" if recognised.subject is None else self._store.name_of(recognised.subject),
            connected=freshness.connected,
            as_of=freshness.as_of,
            focus=recognised.orders[0].id if recognised.shown is RefKind.ORDER else None,
            next_departure=self._next_departure(recognised, now),
            pathways=self._pathways(),
            ahead=self._ahead(recognised),
        )

    def _pathways(self) -> tuple[PathwayState, ...]:
        """What the site's people say of its ways just now."""
        return tuple(each for each in self._store.all(Collection.PATHWAYS) if isinstance(each, PathwayState))

    def _ahead(self, recognised: Recognised) -> int:
        """How many customers came before this one, to the same place, and still wait there."""
        here = [order for order in recognised.orders if order.state is OrderState.CUSTOMER_ARRIVED]
        if not here:
            return 0
        first = min(here, key=lambda order: order.arrived_at or 0)
        waiting = {
            order.subject
            for order in self._store.all(Collection.ORDERS)
            if isinstance(order, PickupOrder)
            and order.state in {OrderState.CUSTOMER_ARRIVED, OrderState.CALLED}
            and order.place == first.place
            and (order.arrived_at or 0, order.id) < (first.arrived_at or 0, first.id)
        }
        return len(waiting - {first.subject})

    def _next_departure(self, recognised: Recognised, now: EpochMs) -> Departure | None:
        """The next departure that somebody who is too late for this one could still take."""
        missed = recognised.departure
        if missed is None:
            return None
        possible = [
            departure
            for departure in self._store.all(Collection.DEPARTURES)
            if isinstance(departure, Departure)
            and departure.destination == missed.destination
            and departure.departs_at > missed.departs_at
            and departure.check_in_until > now
            and departure.state is not DepartureState.CANCELLED
        ]
        return min(possible, key=lambda departure: departure.departs_at, default=None)

    def _language(self, recognised: Recognised, lang: Lang) -> Lang:
        wanted = None if recognised.subject is None else recognised.subject.lang
        return wanted if wanted in self._parts.config.screen.languages and wanted is not None else lang
