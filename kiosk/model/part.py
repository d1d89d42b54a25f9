"""What all parts of a content pack have in common."""

import msgspec


class Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The base of all parts of a pack: an unknown field is a mistake or a newer format, never skipped."""
