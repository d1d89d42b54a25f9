"""Opens the agent's ends of the database, each with a connection of its own so that each can have its own thread."""

from kiosk.store.database import Database, Place, Use
from kiosk.store.inbox import Inbox
from kiosk.store.link import LinkState
from kiosk.store.outbox import Outbox


class AgentStore:
    """Outbox and link state for one thread, the inbox for one other."""

    def __init__(self, place: Place) -> None:
        """Open the database, or build it. Raises `StoreError` and its families."""
        self._upkeep = Database(place, Use.UPKEEP)
        try:
            self._downlink = Database(place, Use.DOWNLINK)
        except BaseException:
            self._upkeep.close()
            raise
        self.outbox = Outbox(self._upkeep)
        self.link = LinkState(self._upkeep)
        self.inbox = Inbox(self._downlink)

    def close(self) -> None:
        """Let go of the database."""
        self._downlink.close()
        self._upkeep.close()
