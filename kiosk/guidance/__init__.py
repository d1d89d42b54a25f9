"""Pure decisions: the facts of a scan and a content pack in, the one next step out."""

from kiosk.errors import PackError
from kiosk.guidance.facts import Facts
from kiosk.guidance.guide import Guide, NotInPack
from kiosk.guidance.load import load_pack

__all__ = ["Facts", "Guide", "NotInPack", "PackError", "load_pack"]
