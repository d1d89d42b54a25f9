"""What can stop the hub, each with what is wrong and what to do; `exit_status` follows sysexits.h.

HubError              an `OpasError`, so that every command of Opas complains in the same way
├── SettingsError   the configuration file is missing, unreadable or wrong
├── AddressInUse    another program holds a port of ours
├── DataError       the data folder or the database can't be used
│   ├── DataInUse   another hub runs on it
│   └── DataFull    no room is left
└── Refused         a request that can't be done as asked, for the one who asked
"""

from kiosk.errors import OpasError


class HubError(OpasError):
    """Base of all errors that reach the hub's operator."""


class SettingsError(HubError):
    """The configuration file is missing, unreadable or wrong."""

    exit_status = 78


class AddressInUse(HubError):
    """An address to listen on is taken or not ours."""

    exit_status = 69


class DataError(HubError):
    """The data folder or the database can't be used."""

    exit_status = 74


class DataInUse(DataError):
    """Another hub runs on the same data."""

    exit_status = 75


class DataFull(DataError):
    """No room is left for the database."""


class Refused(HubError):
    """A request that can't be done as asked. `status` is the HTTP status, `field` where in the request, if known."""

    exit_status = 65

    def __init__(self, what: str, todo: str, *, status: int = 422, field: str = "") -> None:
        """As the base, with the HTTP status and the field as a path such as `$.tickets[3].valid_from`."""
        super().__init__(what, todo)
        self.status = status
        self.field = field
