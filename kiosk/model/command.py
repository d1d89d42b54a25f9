"""What a person asks of a touchpoint with a tap: imperative, from a screen to the session."""

import msgspec

from kiosk.model.ids import CaseId, Lang, OrderId


class _Command(msgspec.Struct, frozen=True, tag=True):
    """The base of all commands."""


class CallHelp(_Command, frozen=True):
    """Ask for a person to come here."""


class ReadAloud(_Command, frozen=True):
    """Speak the step; again to stop."""


class EnlargeText(_Command, frozen=True):
    """The next larger text size, after the largest back to the normal one."""


class ChooseLanguage(_Command, frozen=True):
    """Go on in this language."""

    lang: Lang


class KeepScreen(_Command, frozen=True):
    """Somebody is still reading: start the clearing time anew."""


class EndVisit(_Command, frozen=True):
    """Back to the attract screen, now."""


class DeclineOffer(_Command, frozen=True):
    """The offer on the screen is not for me, now and later."""


class StartOrder(_Command, frozen=True):
    """Staff: begin to prepare."""

    order: OrderId


class ReadyOrder(_Command, frozen=True):
    """Staff: it can be collected."""

    order: OrderId


class HandOver(_Command, frozen=True):
    """Staff: the customer has it."""

    order: OrderId


class HandOverPart(_Command, frozen=True):
    """Staff: the customer has a part of it."""

    order: OrderId


class CallCustomer(_Command, frozen=True):
    """Staff: it is this customer's turn."""

    order: OrderId


class Postpone(_Command, frozen=True):
    """Staff: it takes longer, and the customer is told until when."""

    order: OrderId


class ReportFault(_Command, frozen=True):
    """Staff: something in it is faulty."""

    order: OrderId


class SwapItem(_Command, frozen=True):
    """Staff: what was faulty is swapped."""

    order: OrderId


class PromiseCall(_Command, frozen=True):
    """Staff: the customer will be called about it."""

    order: OrderId


class KeepPromise(_Command, frozen=True):
    """Staff: the customer was called."""

    order: OrderId


class UndoOrder(_Command, frozen=True):
    """Staff: take back the order's last step."""

    order: OrderId


class TakeCase(_Command, frozen=True):
    """Staff: I go there."""

    case: CaseId


class CloseCase(_Command, frozen=True):
    """Staff: it is solved."""

    case: CaseId


Command = (
    CallHelp
    | ReadAloud
    | EnlargeText
    | ChooseLanguage
    | KeepScreen
    | EndVisit
    | DeclineOffer
    | StartOrder
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
    | TakeCase
    | CloseCase
)
