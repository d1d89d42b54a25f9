"""One touchpoint's conversation with the people before it: from a code or a tap to the view that answers it.

Everything here runs on one thread of its own, so that neither a slow disk nor a long query ever freezes the glass.
"""

from kiosk.session.loop import SessionThread
from kiosk.session.parts import Parts

__all__ = ["Parts", "SessionThread"]
