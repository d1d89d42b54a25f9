"""From the bytes of a compiled pack to a `Pack` that every part of the guidance can trust."""

import hashlib
from typing import Any

import msgspec

from kiosk.errors import PackError
from kiosk.guidance.references import flaws_of
from kiosk.model.ids import PackVersion
from kiosk.model.pack import FORMAT, Pack

MAX_PACK_BYTES = 2_000_000
_DIGEST_CHARACTERS = 12
_FITS_A_LINE = 60
_REBUILD = "Build the pack again with `opas pack build` and publish that file unchanged."


def canonical(body: object) -> bytes:
    """The one JSON form of `body`: keys sorted, no spaces, UTF-8."""
    return msgspec.json.encode(body, order="sorted")


def version_of(body: dict[str, Any]) -> PackVersion:
    """The version that a pack's content calls for: its id and the start of the SHA-256 of all but the version."""
    rest = {key: value for key, value in body.items() if key != "version"}
    return PackVersion(f"{rest.get('id')}-{hashlib.sha256(canonical(rest)).hexdigest()[:_DIGEST_CHARACTERS]}")


def load_pack(body: bytes) -> Pack:
    """The pack in `body`, checked in form, version and references. Raises `PackError` for anything else.

    The time is bounded: a pack over `MAX_PACK_BYTES` is refused unread, one that nests too deep where it does.
    """
    content, form = _decode(body)
    if content.get("format") != FORMAT:
        raise PackError(
            f"The content pack has format {_short(content.get('format'))}; this app reads format {FORMAT}.",
            "Update the app on this device, or build the pack with the same release as the app.",
        )
    if form != body:
        raise PackError("The content pack is not in canonical form, so its version proves nothing.", _REBUILD)
    if content.get("version") != version_of(content):
        raise PackError("The content pack's version does not belong to its content.", _REBUILD)
    try:
        pack = msgspec.convert(content, Pack)
    except msgspec.ValidationError as error:
        raise PackError(f"The content pack does not fit its schema: {error}.", _REBUILD) from error
    for flaw in flaws_of(pack):
        raise PackError(f"The content pack is wrong in {flaw.table}, {_short(flaw.key)}: {flaw.what}", flaw.todo)
    return pack


def _decode(body: bytes) -> tuple[dict[str, Any], bytes]:
    """The content and its canonical form."""
    if len(body) > MAX_PACK_BYTES:
        todo = "Take out what the site does not need; split a large site into several."
        raise PackError(f"The content pack has {len(body)} bytes; at most {MAX_PACK_BYTES} are read.", todo)
    try:
        content = msgspec.json.decode(body)
        form = canonical(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PackError(f"The content pack is not JSON: {error}.", _REBUILD) from error
    except RecursionError as error:
        raise PackError("The content pack nests too deep.", _REBUILD) from error
    if not isinstance(content, dict):
        raise PackError("The content pack is not a JSON object.", _REBUILD)
    return content, form


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _FITS_A_LINE else f"{text[:_FITS_A_LINE]}…"
