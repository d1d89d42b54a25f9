"""A planted bug, to see that the fuzzer finds one: the same readers, and a check that fails far inside of them."""

import sys
from pathlib import Path

from tests.fuzz.fuzzer import fuzz, instrumented

with instrumented("kiosk.scanning.formats"):
    from kiosk.model.foreign import Reason
    from kiosk.scanning.formats import Foreign, read_payload

from tests.unit.kiosk.scanning.formats.issuers import NOW, every_code


class Planted(Exception):
    """What the fuzzer is to find."""


def check(payload: bytes) -> None:
    """Fail for a GS1 code whose check digit is wrong, which no seed has."""
    result = read_payload(payload, {}, NOW)
    if isinstance(result, Foreign) and result.problem is Reason.BAD_CHECK_DIGIT:
        raise Planted


if __name__ == "__main__":
    fuzz(check, every_code(), int(sys.argv[1]), Path(sys.argv[2]))
