"""What the tests of one format ask for again and again."""

from typing import TypeVar

from kiosk.model.foreign import Format, Reason
from kiosk.model.ids import EpochMs
from kiosk.model.trust import Trust
from kiosk.scanning.formats import Foreign, Payload, read_payload
from tests.unit.kiosk.scanning.formats.issuers import NOW, trust

_T = TypeVar("_T")


def read(payload: bytes | str, whom: Trust | None = None, now: int = NOW) -> Payload:
    data = payload.encode() if isinstance(payload, str) else payload
    return read_payload(data, {}, EpochMs(now), trust() if whom is None else whom)


def foreign(payload: bytes | str, whom: Trust | None = None, now: int = NOW) -> Foreign:
    result = read(payload, whom, now)
    assert isinstance(result, Foreign)
    return result


def ticket(kind: type[_T], payload: bytes | str, whom: Trust | None = None, now: int = NOW) -> _T:
    """The ticket of a code that is in order."""
    result = foreign(payload, whom, now)
    assert result.problem is None
    assert isinstance(result.ticket, kind)
    return result.ticket


def refusal(form: Format, payload: bytes | str, whom: Trust | None = None, now: int = NOW) -> Reason:
    """Why a code of this format is refused."""
    result = foreign(payload, whom, now)
    assert result.format is form
    assert result.problem is not None
    return result.problem
