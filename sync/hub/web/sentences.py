"""An event in a few words, for people who have never seen its type. Names nobody: events know pseudonyms only."""

from collections.abc import Callable
from typing import Any

from kiosk.model.case import CaseKind
from kiosk.model.event import (
    AnswerShown,
    CheckedIn,
    CodeScanned,
    CustomerArrived,
    CustomerCalled,
    DatabaseRebuilt,
    EventBody,
    EventsDropped,
    FaultReported,
    HealthChanged,
    HelpCalled,
    HelpGiven,
    HelpTaken,
    ItemSwapped,
    OfferDeclined,
    OrderHandedOver,
    OrderPartlyHandedOver,
    OrderPostponed,
    OrderReadied,
    OrderStarted,
    OrderUndone,
    PackActivated,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    TicketRedeemed,
    TouchpointStarted,
)
from kiosk.model.ticket import Decision
from sync.hub.web.words import HEALTH, OUTCOME

SURE = {
    Decision.ONLINE_CONFIRMED: "confirmed with the hub",
    Decision.SITE_CONFIRMED: "confirmed at the site",
    Decision.OFFLINE_PROVISIONAL: "decided by the device alone",
}
_CALLED = {
    CaseKind.QUESTION: "Help called",
    CaseKind.CLAIM: "A claim to be settled",
    CaseKind.RETURN: "A return to be settled",
    CaseKind.CONTRADICTION: "A contradiction to be settled",
}
_SHORT = 8


def sentence(body: EventBody) -> str:
    """What happened."""
    return SENTENCES[type(body)](body)


def shortened(key: str) -> str:
    """The end of an identifier, enough to tell it from its neighbours."""
    return key if len(key) <= _SHORT else f"…{key[-_SHORT:]}"


def _health(body: HealthChanged) -> str:
    said = f"Health: {HEALTH[body.health].lower()}"
    return f"{said} ({body.problem})" if body.problem else said


def _called(body: HelpCalled) -> str:
    return f"{_CALLED[body.kind]} at {body.place} ({body.lang})"


SENTENCES: dict[type[EventBody], Callable[[Any], str]] = {
    CodeScanned: lambda body: f"Code read: {OUTCOME[body.outcome]} ({body.symbology}, {body.decode_ms} ms)",
    AnswerShown: lambda body: f"Answer on the screen after {body.glass_ms} ms: {body.message} ({body.lang})",
    CheckedIn: lambda body: f"Passenger checked in, ticket {shortened(body.ticket)}",
    TicketRedeemed: lambda body: f"Ticket {shortened(body.ticket)} used, {SURE[body.decision]}",
    OrderStarted: lambda body: f"Order {shortened(body.order)} started",
    OrderReadied: lambda body: f"Order {shortened(body.order)} ready",
    CustomerArrived: lambda body: f"Customer of order {shortened(body.order)} is here",
    OrderHandedOver: lambda body: f"Order {shortened(body.order)} handed over",
    OrderUndone: lambda body: f"Last step of order {shortened(body.order)} taken back",
    OrderPartlyHandedOver: lambda body: f"Part of order {shortened(body.order)} handed over",
    OrderPostponed: lambda body: f"Order {shortened(body.order)} got an honest later time",
    CustomerCalled: lambda body: f"Customer of order {shortened(body.order)} called to the desk",
    FaultReported: lambda body: f"Something in order {shortened(body.order)} is faulty",
    ItemSwapped: lambda body: f"Swapped on the spot, order {shortened(body.order)}",
    PromiseMade: lambda body: f"A call is promised about order {shortened(body.order)}",
    PromiseKept: lambda body: f"The promised call about order {shortened(body.order)} was made",
    PromiseBroken: lambda body: f"The promised call about order {shortened(body.order)} did not come in time",
    HelpCalled: _called,
    OfferDeclined: lambda body: f"Offer {body.offer} is not for {shortened(body.subject)}",
    HelpTaken: lambda _: "Call for help taken in hand",
    HelpGiven: lambda _: "Call for help solved",
    PackActivated: lambda body: f"Content {body.version} is shown now",
    TouchpointStarted: lambda body: f"App {body.release} started, first picture after {body.first_frame_ms} ms",
    HealthChanged: _health,
    DatabaseRebuilt: lambda body: f"Database rebuilt: {body.reason}; the old one is kept as {body.aside}",
    EventsDropped: lambda body: (
        f"No room on the device: {body.count} reports dropped ({', '.join(sorted(body.classes))})"
    ),
}
