"""Values of other people's data that no log line and no traceback prints."""

import msgspec


class Quiet(msgspec.Struct, frozen=True):
    """A value whose `repr` gives nothing of it away."""

    def __repr__(self) -> str:
        """Only the type's name."""
        return f"{type(self).__name__}(…)"
