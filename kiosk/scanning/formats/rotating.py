"""Opas's rotating codes (layout: `kiosk.model.rotatingcode`): the right digits, and drawn just now."""

from kiosk.model.foreign import Reason
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import MalformedCode, OpasCode
from kiosk.model.outcome import Outcome
from kiosk.model.rotatingcode import credential_secret, is_genuine, unpack
from kiosk.model.trust import Trust
from kiosk.scanning.formats.result import Broken, Signed
from kiosk.scanning.formats.times import out_of_time


def read_rotating(payload: bytes, trust: Trust, now_ms: EpochMs) -> Signed | Broken:
    """The code in a payload that starts with the prefix.

    A genuine code of an earlier step, which is what a screenshot shows, is OLD_PICTURE; one of a later step, from a phone
    whose clock is fast beyond the tolerance, WRONG_DAY. Another site's code can't be checked here: WRONG_SITE.
    """
    try:
        code = unpack(payload)
    except MalformedCode:
        return Broken(Outcome.UNREADABLE)
    if not trust.rotating_key:
        return Broken(Outcome.UNKNOWN)
    if code.site != trust.site:
        return Broken(Outcome.WRONG_SITE)
    if not is_genuine(code, credential_secret(trust.rotating_key, code.kind, code.identifier)):
        return Broken(Outcome.FORGED)
    told = OpasCode(code.kind, 0, code.identifier, code.since, code.until, code.site)
    problem = out_of_time(code.since, code.until, now_ms, trust.rotating_tolerance)
    if problem is None:
        return Signed(told)
    return Broken(Outcome.OLD_PICTURE if problem is Reason.EXPIRED else problem.outcome, told)
