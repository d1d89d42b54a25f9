"""Tickets and codes of other houses, as typed values, and the named reasons for which such a code is not accepted.

What stands in a code is personal data and was written by somebody else: the `repr` of every value here names the type
alone, so that a log line or a traceback can't carry a passenger's name or a terminal's control characters.
"""

from datetime import date
from enum import StrEnum

from kiosk.model.ids import EpochMs
from kiosk.model.outcome import Outcome
from kiosk.model.quiet import Quiet
from kiosk.model.rail import RailContent, RailHead, RailRecord


class Format(StrEnum):
    """Whose layout a code follows."""

    PRETIX = "pretix_sig1"
    BCBP = "bcbp"
    RAIL = "uic918"
    GS1 = "gs1"
    CLAIMS = "cwt"
    ORDER_NUMBER = "order_number"


class Reason(StrEnum):
    """Why a code of a known format is not accepted."""

    TRUNCATED = "truncated"
    """It ends before its fields do."""
    TRAILING = "trailing"
    """Bytes are left over after its last field."""
    BAD_ENCODING = "bad_encoding"
    """Its base45, base64, CBOR, protobuf or percent encoding breaks the rules."""
    BAD_TEXT = "bad_text"
    """A field holds a character that it may not hold."""
    BAD_NUMBER = "bad_number"
    BAD_DATE = "bad_date"
    """A day or a time that no calendar has."""
    BAD_LENGTH = "bad_length"
    """A field is shorter or longer than its format allows, or two lengths contradict each other."""
    BAD_CHECK_DIGIT = "bad_check_digit"
    BAD_COMPRESSION = "bad_compression"
    TOO_LARGE = "too_large"
    """It would unpack to more than any ticket holds."""
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    """More fields, records or legs than the format allows."""
    MISSING_FIELD = "missing_field"
    REPEATED_FIELD = "repeated_field"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_VERSION = "unknown_version"
    """Well-formed as far as can be told, in a version or with an algorithm that is not read here."""
    BAD_SIGNATURE = "bad_signature"
    """No key that could have signed it did."""
    REVOKED = "revoked"
    BLOCKED = "blocked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"

    @property
    def outcome(self) -> Outcome:
        """What the person who shows such a code is told."""
        return _OUTCOMES.get(self, Outcome.UNREADABLE)


_OUTCOMES = {
    Reason.UNKNOWN_VERSION: Outcome.UNKNOWN,
    Reason.BAD_SIGNATURE: Outcome.FORGED,
    Reason.REVOKED: Outcome.REVOKED,
    Reason.BLOCKED: Outcome.BLOCKED,
    Reason.NOT_YET_VALID: Outcome.WRONG_DAY,
    Reason.EXPIRED: Outcome.EXPIRED,
}


class Proof(StrEnum):
    """What is known of a ticket's signature. A bad one is no proof but `Reason.BAD_SIGNATURE`."""

    NONE = "none"
    """The format has no signature, or this ticket left it out."""
    UNCHECKED = "unchecked"
    """There is one, but no key for it here: such a ticket counts only if it is known by its keyed hash."""
    GOOD = "good"


class PretixTicket(Quiet, frozen=True):
    """An offline ticket of pretix. Ids are pretix's own; 0 stands for none."""

    seed: str
    item: int
    variation: int
    subevent: int
    valid_from: EpochMs | None
    valid_until: EpochMs | None
    proof: Proof


class Leg(Quiet, frozen=True):
    """One flight of a boarding pass. Texts are as printed, without padding; "" where the pass says nothing.

    `day` is the day of the year (1-366) and `flies_on` the date it must mean, both None for an open date. The fields from
    `airline_code` on are conditional items. `airline_data` is for the carrier's own use.
    """

    pnr: str
    origin: str
    destination: str
    carrier: str
    flight: str
    day: int | None
    flies_on: date | None
    compartment: str
    seat: str
    sequence: str
    status: str
    airline_code: str = ""
    document: str = ""
    selectee: str = ""
    document_check: str = ""
    marketing_carrier: str = ""
    loyalty_carrier: str = ""
    loyalty_number: str = ""
    discount: str = ""
    baggage: str = ""
    fast_track: str = ""
    airline_data: str = ""


class BoardingPass(Quiet, frozen=True):
    """An IATA bar coded boarding pass. `security` is kept as it stands; only its airline could check it."""

    passenger: str
    electronic: bool
    legs: tuple[Leg, ...]
    version: str = ""
    description: str = ""
    checked_in_at: str = ""
    issued_at: str = ""
    issued_on: date | None = None
    document_type: str = ""
    issuer: str = ""
    bag_tags: tuple[str, ...] = ()
    security_type: str = ""
    security: str = ""


class RailTicket(Quiet, frozen=True):
    """A UIC 918.3 / 918.9 ticket. `issuer` is the RICS company code, `version` 1 or 2 of the envelope.

    `content` is None where there is none, in a version that is not known here, or not as its schema has it; what went
    wrong is then `content_problem`. Such a ticket is still known by its keyed hash.
    """

    version: int
    issuer: str
    key_id: str
    signature: bytes
    records: tuple[RailRecord, ...]
    head: RailHead | None
    proof: Proof
    content: RailContent | None = None
    content_problem: Reason | None = None


class Gs1Element(Quiet, frozen=True):
    """One application identifier and its value; `day` where the value is a date."""

    ai: str
    value: str
    day: date | None = None


class Gs1Item(Quiet, frozen=True):
    """What a GS1 element string or Digital Link says. `host` is the link's, "" for an element string; never opened."""

    elements: tuple[Gs1Element, ...]
    host: str = ""

    def value(self, ai: str) -> str | None:
        """The value of an application identifier, None if it isn't there."""
        return next((element.value for element in self.elements if element.ai == ai), None)

    @property
    def bracketed(self) -> str:
        """The elements as people write them: `(01)09506000134352(10)ABC`. The same for a barcode and its link."""
        return "".join(f"({element.ai}){element.value}" for element in self.elements)


class SignedClaims(Quiet, frozen=True):
    """A CBOR web token under COSE_Sign1. `content` is the CBOR of the claim that carries the certificate or offer."""

    prefix: str
    algorithm: int
    key_id: bytes
    issuer: str
    subject: str
    issued_at: EpochMs | None
    valid_from: EpochMs | None
    valid_until: EpochMs | None
    token_id: bytes
    content: bytes
    proof: Proof


class OrderNumber(Quiet, frozen=True):
    """A plain order number that fits one of the site's patterns, in capitals and without blanks around it."""

    number: str


ForeignTicket = PretixTicket | BoardingPass | RailTicket | Gs1Item | SignedClaims | OrderNumber
