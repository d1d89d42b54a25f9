"""Opens the agent's ends of the database, each with a connection of its own so that each can have its own thread."""

from collections.abc import Callable
from contextlib import ExitStack, closing

from kiosk.store.claims import Claims
from kiosk.store.database import Database, Place, Use
from kiosk.store.doorbell import AGENT_BELL, Doorbell
from kiosk.store.inbox import Inbox
from kiosk.store.link import LinkState
from kiosk.store.lock import AGENT_LOCK, Sole
from kiosk.store.outbox import Outbox
from kiosk.store.wishes import Wishes


class AgentStore:
    """Outbox, claims and link state for one thread, the inbox for one other."""

    def __init__(self, place: Place) -> None:
        """Open the database, or build it. Raises `StoreError` and its families; a second agent is kept away."""
        with ExitStack() as opened:
            self._upkeep = opened.enter_context(closing(Database(place, Use.UPKEEP)))
            self._downlink = opened.enter_context(closing(Database(place, Use.DOWNLINK)))
            opened.enter_context(closing(Sole(place.path.with_name(AGENT_LOCK), "agent")))
            self._opened = opened.pop_all()
        self._bell = place.path.with_name(AGENT_BELL)
        self.outbox = Outbox(self._upkeep)
        self.link = LinkState(self._upkeep)
        self.claims = Claims(self._upkeep)
        self.wishes = Wishes(self._upkeep)
        self.inbox = Inbox(self._downlink)

    def doorbell(self, on_ring: Callable[[], None]) -> Doorbell:
        """Listen for the app, which rings when it has written something."""
        return Doorbell(self._bell, on_ring)

    def close(self) -> None:
        """Let go of the database."""
        self._opened.close()
