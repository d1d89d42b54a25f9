"""`python -m tests.fuzz.fuzz_payload SECONDS FOLDER`: any bytes against `read_payload`, starting from valid codes."""

import sys
from pathlib import Path

from tests.fuzz.fuzzer import fuzz, instrumented

with instrumented("kiosk.scanning.formats", "kiosk.model"):
    from kiosk.model.customer import IssuerKey
    from kiosk.model.ids import EpochMs
    from kiosk.scanning.formats import Broken, Foreign, Plain, Signed, read_payload

from tests.unit.kiosk.scanning.formats.issuers import NOW, OPAS, every_code, trust

_KEYS = {"7": IssuerKey("7", OPAS.public_key().public_bytes_raw(), EpochMs(0))}
_GENUINE = frozenset(every_code())


class Wrong(Exception):
    """What `read_payload` must not do."""


def check(payload: bytes) -> None:
    """Any bytes give a value; only what the issuers made is accepted as ours; a refusal has a reason."""
    result = read_payload(payload, _KEYS, NOW, trust())
    if isinstance(result, Signed) and payload not in _GENUINE:
        raise Wrong("a code that nobody issued was accepted")
    if isinstance(result, Foreign) and result.problem is None and result.ticket is None:
        raise Wrong("neither a ticket nor a reason")
    if not isinstance(result, Signed | Broken) and repr(result) not in {"Foreign(…)", "Plain(…)"}:
        raise Wrong("what stands in a code would be printed")
    if isinstance(result, Plain) and result.payload != payload:
        raise Wrong("the bytes are not those that were read")


if __name__ == "__main__":
    fuzz(check, every_code(), int(sys.argv[1]), Path(sys.argv[2]))
