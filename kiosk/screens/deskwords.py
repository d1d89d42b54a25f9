"""What the desk calls states, promises and acts."""

from kiosk.i18n import N2_, N_
from kiosk.model.case import CaseKind
from kiosk.model.command import (
    CallCustomer,
    Command,
    HandOver,
    HandOverPart,
    KeepPromise,
    Postpone,
    PromiseCall,
    ReadyOrder,
    ReportFault,
    StartOrder,
    SwapItem,
    UndoOrder,
)
from kiosk.model.customer import RefKind
from kiosk.model.ids import OrderId
from kiosk.model.order import OrderState, PromiseState
from kiosk.model.step import Tone
from kiosk.model.view import OrderAct, Trouble

STATES = {
    OrderState.ANNOUNCED: N_("To be started"),
    OrderState.ACCEPTED: N_("To be started"),
    OrderState.PREPARING: N_("Being prepared"),
    OrderState.READY: N_("Ready to collect"),
    OrderState.CUSTOMER_ARRIVED: N_("Ready to collect"),
    OrderState.CALLED: N_("Customer called"),
    OrderState.HANDING_OVER: N_("Being handed over"),
    OrderState.HANDED_OVER: N_("Handed over"),
    OrderState.PARTIAL: N_("Partly handed over"),
    OrderState.NOT_COLLECTED: N_("Not collected"),
    OrderState.RETURNED: N_("Returned"),
    OrderState.CANCELLED: N_("Order cancelled"),
    OrderState.PROBLEM: N_("Problem"),
}
PROMISES: dict[PromiseState, tuple[str, Tone | None]] = {
    PromiseState.MADE: (N_("by %(time)s"), None),
    PromiseState.DUE_SOON: (N_("due soon, %(time)s"), Tone.WAIT),
    PromiseState.BROKEN: (N_("promised %(time)s"), Tone.STOP),
    PromiseState.KEPT: (N_("in time, %(time)s"), Tone.GO),
    PromiseState.KEPT_LATE: (N_("late, %(time)s"), Tone.INFO),
    PromiseState.WITHDRAWN: (N_("withdrawn"), None),
}
_OfOrder = (
    StartOrder
    | ReadyOrder
    | HandOver
    | HandOverPart
    | CallCustomer
    | Postpone
    | ReportFault
    | SwapItem
    | PromiseCall
    | KeepPromise
    | UndoOrder
)
ACTS: dict[OrderAct, tuple[str, str, type[_OfOrder]]] = {
    OrderAct.START: (N_("Start"), "play", StartOrder),
    OrderAct.READY: (N_("It is ready"), "check", ReadyOrder),
    OrderAct.HAND_OVER: (N_("Hand over"), "bag", HandOver),
    OrderAct.PART: (N_("Only a part"), "minus", HandOverPart),
    OrderAct.CALL: (N_("Call"), "bell", CallCustomer),
    OrderAct.LATER: (N_("Later"), "time", Postpone),
    OrderAct.FAULTY: (N_("Faulty"), "warning", ReportFault),
    OrderAct.SWAP: (N_("Swapped"), "sync", SwapItem),
    OrderAct.PROMISE: (N_("Promise a call"), "time", PromiseCall),
    OrderAct.KEEP: (N_("We called"), "check", KeepPromise),
    OrderAct.UNDO: (N_("Undo"), "undo", UndoOrder),
}
TROUBLES = {
    Trouble.NO_CAMERA: N_("No camera: scan with the hand scanner"),
    Trouble.CAMERA_FROZEN: N_("The camera has stopped: scan with the hand scanner"),
    Trouble.CAMERA_BLIND: N_("The camera sees nothing: uncover it, or use the hand scanner"),
    Trouble.NO_SCANNER: N_("No scanner: check its plug"),
}
LEFT = N2_("%(n)d min", "%(n)d min")
LATE = N2_("%(n)d min late", "%(n)d min late")
NOW = N_("now")
ARRIVED = N_("Customer is here")
WAITING = N2_("%(n)d change waits for the hub", "%(n)d changes wait for the hub")
SINCE = N2_("has waited %(n)d minute", "has waited %(n)d minutes")
GO_THERE, SOLVED = N_("I am going"), N_("Solved")
ON_THE_WAY = N_("somebody is on the way")
FAULTY, CALL_PROMISED = N_("Something is faulty"), N_("A call is promised")
READY_LATER = N_("new time %(time)s")
OPEN_FOR = N2_("open for %(n)d minute", "open for %(n)d minutes")
TAKE_IT, IN_HAND = N_("I take it"), N_("somebody has it in hand")
CASES = {
    (CaseKind.CONTRADICTION, RefKind.TICKET): N_("One ticket, used twice"),
    (CaseKind.CONTRADICTION, RefKind.ORDER): N_("One order, handed over twice"),
    (CaseKind.CLAIM, RefKind.ORDER): N_("The promised call did not come"),
}
"""What a case is about; one of a kind that is not here has its kind's words."""
KINDS = {
    CaseKind.QUESTION: N_("Call for help"),
    CaseKind.CLAIM: N_("Claim"),
    CaseKind.RETURN: N_("Return"),
    CaseKind.CONTRADICTION: N_("Two screens contradict each other"),
}
MORE_CALLS = N2_("%(n)d more call for help", "%(n)d more calls for help")
SCAN = N_("Scan the customer's code to hand over")
NOTHING = N_("No orders are waiting")
DONE = N_("Handed over last")
CLOSE = N_("Close")
EARLIER, LATER = N_("More urgent"), N_("Less urgent")


def command_for(act: OrderAct, order: OrderId) -> Command:
    """The command that an act on an order sends."""
    return ACTS[act][2](order)
