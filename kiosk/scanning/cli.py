"""`opas scan FILE…`: reads codes from pictures and prints one JSON object a line."""

import argparse
import base64
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.model.code import Symbology

if TYPE_CHECKING:
    from kiosk.scanning.chain import Chain
    from kiosk.scanning.found import Found

Line = dict[str, str | float]
_ALWAYS = ("qr", "aztec", "pdf417")
_OPTIONAL = ("datamatrix", "code128", "ean13")


def main(argv: Sequence[str]) -> int:
    """0 if each file held a code, 1 if some file could not be read or held none, 2 for wrong usage."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    from kiosk.scanning.chain import standard_chain  # noqa: PLC0415 - --help needs no OpenCV

    chain = standard_chain([Symbology(name) for name in (*_ALWAYS, *dict.fromkeys(options.also))])
    failed = False
    for name in options.files:
        for line in _lines(name, chain):
            failed = failed or "error" in line
            # ASCII only: a code or file name can hold what would steer the terminal; JSON escapes it.
            sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
        sys.stdout.flush()
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="opas scan",
        description="Read codes from pictures; print one JSON object a line for each code found, and one with `error` "
        "for a file that can't be read or holds none. QR, Aztec and PDF417 are always read.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a picture: PNG, JPEG, …")
    parser.add_argument(
        "--also", action="append", choices=_OPTIONAL, default=[], help="read this symbology too; can be repeated"
    )
    return parser


def _lines(name: str, chain: "Chain") -> Iterator[Line]:
    from kiosk.scanning.picture import gray_of, read_picture  # noqa: PLC0415 - --help needs no OpenCV

    try:
        picture = read_picture(Path(name))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        yield {"file": name, "error": f"this file can't be read: {reason}"}
        return
    if picture is None:
        yield {"file": name, "error": "this file is no picture, or is damaged"}
        return
    before = time.perf_counter()
    reading = chain.read_still(gray_of(picture))
    took = round((time.perf_counter() - before) * 1000, 3)
    if not reading.found:
        yield {"file": name, "error": "no code was found in this picture"}
    for found in reading.found:
        yield _line(name, found, took)


def _line(name: str, found: "Found", took: float) -> Line:
    return {
        "file": name,
        "symbology": found.symbology.value,
        "text": found.text,
        "bytes": base64.b64encode(found.payload).decode("ascii"),
        "ms": took,
        "decoder": found.decoder,
    }
