"""What a code's bytes say: pure functions from bytes to a typed ticket or a named reason, one file a format."""

from kiosk.scanning.formats.payload import read_payload
from kiosk.scanning.formats.result import Broken, Foreign, Payload, Plain, Signed

__all__ = ["Broken", "Foreign", "Payload", "Plain", "Signed", "read_payload"]
