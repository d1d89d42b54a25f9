"""zlib with an end: what unpacks to more than a ticket holds is refused before it takes memory."""

import zlib

from kiosk.model.foreign import Reason
from kiosk.scanning.formats.cursor import Bad, require


def inflate(data: bytes, most: int) -> bytes:
    """The content of one whole zlib stream (RFC 1950) of at most `most` bytes and nothing behind it."""
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise Bad(Reason.BAD_COMPRESSION) from error
    require(len(content) <= most, Reason.TOO_LARGE)
    require(stream.eof, Reason.BAD_COMPRESSION)
    require(not stream.unused_data, Reason.TRAILING)
    return content
