"""`python -m tests.fuzz.fuzz_payload SECONDS FOLDER`: any bytes against `read_payload`, starting from valid codes and from what is in them."""

import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cbor2

from tests.fuzz.fuzzer import fuzz, instrumented

with instrumented("kiosk.scanning.formats", "kiosk.model"):
    from kiosk.model.customer import IssuerKey
    from kiosk.model.ids import EpochMs
    from kiosk.scanning.formats import Broken, Foreign, Plain, Signed, read_payload

from tests.unit.kiosk.scanning.formats.issuers import (
    CLAIMS,
    NOW,
    OFFER,
    OPAS,
    PRETIX_FIELDS,
    RECORDS,
    base45,
    envelope,
    every_code,
    pretix,
    protobuf,
    rail_v1,
    sign1,
    trust,
)

_KEYS = {"7": IssuerKey("7", OPAS.public_key().public_bytes_raw(), EpochMs(0))}
_GENUINE = frozenset(every_code())


class Wrong(Exception):
    """What `read_payload` must not do."""


_WRAPPERS: tuple[tuple[Callable[[bytes], bytes], tuple[bytes, ...]], ...] = (
    (bytes, every_code()),
    (lambda data: b"HC1:" + base45(zlib.compress(data, 1)), (cbor2.dumps(sign1(cbor2.dumps(CLAIMS))),)),
    (lambda data: envelope(sign1(data)), (cbor2.dumps({**CLAIMS, -65537: OFFER}),)),
    (pretix, (protobuf(PRETIX_FIELDS),)),
    (rail_v1, (RECORDS,)),
)
"""How the bytes after the first are wrapped, and valid ones to start from: no fuzzer guesses its way through base45, zlib
and a signature, so the readers behind them get their bytes from an issuer who signs anything."""


def seeds() -> Iterator[bytes]:
    """Valid inputs of `check`."""
    for number, (_, contents) in enumerate(_WRAPPERS):
        yield from (bytes((number,)) + content for content in contents)


def check(data: bytes) -> None:
    """The first byte chooses the wrapper, the rest is its content."""
    if data:
        wrap, _ = _WRAPPERS[data[0] % len(_WRAPPERS)]
        check_payload(wrap(data[1:]))


def check_payload(payload: bytes) -> None:
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
    fuzz(check, seeds(), int(sys.argv[1]), Path(sys.argv[2]))
