"""What a person can do about a code that is held up and not read yet."""

from enum import StrEnum


class Hint(StrEnum):
    """Each is one short sentence beside the live picture."""

    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    TOO_DARK = "too_dark"
    GLARE = "glare"
    TILTED = "tilted"
    TURN_UP = "turn_up"
    """The phone's screen is much darker than the room."""
    MOVING = "moving"
