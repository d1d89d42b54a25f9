"""What stands in a rail ticket: its head, its records, and the documents of its flexible content."""

from datetime import date
from enum import StrEnum

from kiosk.model.ids import EpochMs
from kiosk.model.quiet import Quiet


class RailHead(Quiet, frozen=True):
    """The U_HEAD record: who issued which ticket when (`issued_at` is UTC), and the languages of its texts."""

    issuer: str
    ticket: str
    issued_at: EpochMs
    flags: int
    languages: tuple[str, ...]


class RailRecord(Quiet, frozen=True):
    """One record of a rail ticket, its body (without the 12 bytes of header) as it stands."""

    name: str
    version: str
    body: bytes


class RailKind(StrEnum):
    """What a transport document of a rail ticket is."""

    RESERVATION = "reservation"
    OPEN_TICKET = "open_ticket"
    PASS = "pass"  # noqa: S105 - a ticket for many journeys
    STATION_PASSAGE = "station_passage"
    CAR_CARRIAGE = "car_carriage"
    VOUCHER = "voucher"
    CUSTOMER_CARD = "customer_card"
    COUNTER_MARK = "counter_mark"
    PARKING = "parking"
    FIP_TICKET = "fip_ticket"
    DELAY_CONFIRMATION = "delay_confirmation"
    OTHER = "other"

    @property
    def is_read(self) -> bool:
        """Whether more than its kind is read of it."""
        return self in _READ_KINDS


_READ_KINDS = {RailKind.RESERVATION, RailKind.OPEN_TICKET, RailKind.PASS, RailKind.STATION_PASSAGE}


class RailDocument(Quiet, frozen=True):
    """One transport document. Texts are "" and days None where it does not say, or is of a kind that is not read.

    Stations are names where the ticket has them, else their codes. `valid_from` and `valid_until` are the first and the
    last day, at the place of the journey; a reservation is for one day, and departs at a minute (0-1440) of it.
    """

    kind: RailKind
    reference: str
    product: str
    description: str
    origin: str
    destination: str
    train: str
    valid_from: date | None
    valid_until: date | None
    departs_at_minute: int | None


class RailContent(Quiet, frozen=True):
    """The flexible content (U_FLEX) of a rail ticket: `documents` of them, of which only the first is read.

    `issuer` is a RICS number or a text, `issued_at` UTC. A `specimen` entitles to nothing, and a ticket that is not
    `activated` not yet.
    """

    version: int
    issuer: str
    issuer_name: str
    issued_at: EpochMs
    pnr: str
    specimen: bool
    activated: bool
    travelers: tuple[str, ...]
    documents: int
    first: RailDocument | None
