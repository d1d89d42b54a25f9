"""What `opas scan` prints: a table for people at a terminal, one JSON object a line for programs."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.scanning.found import Found

Line = dict[str, str | float]
Show = Callable[[Line], str]
_NAME, _SYMBOLOGY, _DECODER, _TEXT = 32, 10, 10, 80


def found_line(name: str, found: "Found", took: float) -> Line:
    """One code: its exact bytes in base64, its text, the milliseconds that the picture took."""
    return {
        "file": name,
        "symbology": found.symbology.value,
        "text": found.text,
        "bytes": base64.b64encode(found.payload).decode("ascii"),
        "ms": took,
        "decoder": found.decoder,
    }


def error_line(name: str, error: str) -> Line:
    """A picture that gave no code, and why."""
    return {"file": name, "error": error}


def as_json(line: Line) -> str:
    """ASCII only: a code or file name can hold what would steer the terminal; JSON escapes it."""
    return json.dumps(line, ensure_ascii=True)


def table_head() -> str:
    """The first row of the table."""
    return f"{'file':{_NAME}}  {'symbology':{_SYMBOLOGY}}  {'read by':{_DECODER}}  {'ms':>7}  text"


def as_row(line: Line) -> str:
    """A row of the table; what would steer the terminal is shown as its escape."""
    name = plain(str(line["file"]))
    name = name if len(name) <= _NAME else "…" + name[1 - _NAME :]
    if "error" in line:
        return f"{name:{_NAME}}  {'–':{_SYMBOLOGY}}  {'–':{_DECODER}}  {'':>7}  {plain(str(line['error']))}"
    symbology, decoder = str(line["symbology"]), str(line["decoder"])
    row = f"{name:{_NAME}}  {symbology:{_SYMBOLOGY}}  {decoder:{_DECODER}}  {line['ms']:>7.1f}  "
    text = plain(str(line["text"]))
    return row + (text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…")


def plain(text: str) -> str:
    """The text with everything that does not print as itself escaped."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
