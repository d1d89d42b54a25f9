"""One byte range of a body, so that a device on a bad line goes on where it stopped (RFC 9110 section 14)."""

import re

from fastapi.responses import Response

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_PARTIAL = 206
_UNSATISFIABLE = 416


def partial(body: bytes, wanted: str, headers: dict[str, str], media_type: str = "application/json") -> Response:
    """The asked range of `body`, which is of `media_type`; all of it for a header that is not one range, as the RFC allows."""
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or not (match[1] or match[2]):
        return Response(body, media_type=media_type, headers=headers)
    if match[1]:
        first = int(match[1])
        last = min(int(match[2]), len(body) - 1) if match[2] else len(body) - 1
    else:
        first, last = max(0, len(body) - int(match[2])), len(body) - 1
    if first > last:
        return Response(status_code=_UNSATISFIABLE, headers={**headers, "Content-Range": f"bytes */{len(body)}"})
    return Response(
        body[first : last + 1],
        _PARTIAL,
        media_type=media_type,
        headers={**headers, "Content-Range": f"bytes {first}-{last}/{len(body)}"},
    )
