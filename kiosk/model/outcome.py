"""What a scan came to. Every screen answers every member."""

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of one presented code at one touchpoint."""

    CHECKED_IN = "checked_in"
    ADMITTED = "admitted"
    ARRIVED = "arrived"
    """The customer of an order is here; the desk knows."""
    HANDED_OVER = "handed_over"
    INFORMED = "informed"
    """Known and in order; nothing was to be done here but to show the next step."""
    NOT_READY = "not_ready"
    """An order shown at the desk before it is ready to be handed over."""
    NOT_CHECKED_IN = "not_checked_in"
    """A ticket shown at the gate before check-in."""
    TOO_LATE = "too_late"
    """Check-in or the gate has closed for this departure."""

    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    FORGED = "forged"
    WRONG_DAY = "wrong_day"
    WRONG_SITE = "wrong_site"
    ALREADY_USED = "already_used"
    EXPIRED = "expired"
    OLD_PICTURE = "old_picture"
    """A genuine code, but a picture of it: of a rotating code's earlier moment, or a still one where only rotating count."""
    REVOKED = "revoked"
    BLOCKED = "blocked"
    DATA_TOO_OLD = "data_too_old"
    """This device can't be sure: it has not heard from the hub for too long to know a code, or nobody but itself stands
    for a ticket whose product asks for more."""


class Operation(StrEnum):
    """What a touchpoint does with a valid code; the content pack says which."""

    CHECK_IN = "check_in"
    ADMIT = "admit"
    HAND_OVER = "hand_over"
    GUIDE = "guide"
