"""Words of the house itself, as opposed to the content pack's: what boards and desks call things."""

from kiosk.i18n import N_, Texts
from kiosk.model.changes import Refusal
from kiosk.model.ids import EpochMs, Lang
from kiosk.model.ticket import Departure, DepartureState

ONE_AT_A_TIME = N_("Two codes are in view. Hold up one at a time.")
_DEPARTURE = {
    DepartureState.ON_TIME: N_("On time"),
    DepartureState.DELAYED: N_("Delayed"),
    DepartureState.BOARDING: N_("Boarding"),
    DepartureState.GATE_CLOSED: N_("Gate closed"),
    DepartureState.DEPARTED: N_("Departed"),
    DepartureState.CANCELLED: N_("Cancelled"),
}
_REFUSAL = {
    Refusal.NOT_FOUND: N_("This order is not known here any more."),
    Refusal.ALREADY_USED: N_("This has been used already."),
    Refusal.NOT_VALID: N_("This is not valid any more."),
    Refusal.WRONG_STATE: N_("Somebody else has moved this order on. The list is up to date now."),
    Refusal.NOTHING_TO_UNDO: N_("There is nothing left to undo for this order."),
}


def departure_words(texts: Texts, lang: Lang, departure: Departure, now: EpochMs) -> str:
    """The state of a departure as a board says it; the clock closes the gate where nobody has said so."""
    state = departure.state
    delay = 0 if departure.expected_at is None else departure.expected_at - departure.departs_at
    if state in {DepartureState.ON_TIME, DepartureState.DELAYED, DepartureState.BOARDING}:
        if now >= departure.departs_at + delay:
            state = DepartureState.DEPARTED
        elif now >= departure.gate_closes_at + max(0, delay):
            state = DepartureState.GATE_CLOSED
        elif delay > 0 and state is DepartureState.ON_TIME:
            state = DepartureState.DELAYED
    return texts.get(lang, _DEPARTURE[state])


def refusal_words(texts: Texts, lang: Lang, refusal: Refusal) -> str:
    """Why the desk's act was not taken."""
    return texts.get(lang, _REFUSAL[refusal])
