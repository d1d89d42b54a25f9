"""What can go wrong, in a few families. Every error says what is wrong and what to do about it.

OpasError
├── ConfigurationError    a file or variable is missing, unreadable or wrong
├── StoreError            the device's database
│   ├── StoreLocked       another process holds it
│   ├── StoreFull         no room is left
│   └── StoreCorrupt      it is damaged
├── SourceError           a camera or scanner
├── PackError             a content pack is broken or too new
├── LinkError             broker or hub can't be reached or refuse us
└── DisplayError          no window can be opened
"""


class OpasError(Exception):
    """Base of all errors that reach an operator. `exit_status` follows sysexits.h."""

    exit_status = 70

    def __init__(self, what: str, todo: str) -> None:
        """`what` names the file or address and what is wrong with it, `todo` what the reader should do."""
        super().__init__(what, todo)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        """Both sentences, for a log or a terminal."""
        return f"{self.what}\n  What to do: {self.todo}"


class ConfigurationError(OpasError):
    """A file or variable is missing, unreadable or wrong."""

    exit_status = 78


class StoreError(OpasError):
    """The device's database can't be used."""

    exit_status = 74


class StoreLocked(StoreError):
    """Another process holds the database for too long."""

    exit_status = 75


class StoreFull(StoreError):
    """No room is left for the database."""


class StoreCorrupt(StoreError):
    """The database is damaged."""


class SourceError(OpasError):
    """A camera or scanner can't be used."""

    exit_status = 69


class PackError(OpasError):
    """A content pack is broken, or made for a newer app."""

    exit_status = 65


class LinkError(OpasError):
    """Broker or hub can't be reached, or refuse this device."""

    exit_status = 69


class DisplayError(OpasError):
    """No window can be opened."""

    exit_status = 69
