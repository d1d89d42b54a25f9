"""Why a record does not take an event."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons, of all kinds of records."""

    NOT_FOUND = "not_found"
    ALREADY_USED = "already_used"
    NOT_VALID = "not_valid"
    WRONG_STATE = "wrong_state"
    NOTHING_TO_UNDO = "nothing_to_undo"
