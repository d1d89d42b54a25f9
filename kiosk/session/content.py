"""The content pack in force, and the moment when a new one takes over: between two visits, never during one."""

import logging

from kiosk.errors import PackError
from kiosk.guidance import Guide, NotInPack, load_pack
from kiosk.model.clock import Instant
from kiosk.model.event import PackActivated
from kiosk.model.ids import DeviceId, MonotonicMs, PackVersion
from kiosk.model.view import Trouble
from kiosk.store import DeviceStore, StoredPack

log = logging.getLogger(__name__)
NO_PACK = PackVersion("")


class Content:
    """Holds the guide of the active pack. `trouble` says why there is none."""

    def __init__(self, store: DeviceStore, device: DeviceId) -> None:
        self._store = store
        self._device = device
        self.guide: Guide | None = None
        self.version = NO_PACK
        self.trouble: Trouble | None = Trouble.NO_CONTENT

    def load(self) -> None:
        """Take up the pack that was active when the device stopped, then a staged one if there is one."""
        active = self._store.active_pack()
        if active is not None:
            self._take(active)
        self.adopt()

    def adopt(self) -> bool:
        """Let a staged pack take over. A broken one is refused and the running one stays. Returns whether it did."""
        staged = self._store.staged_pack()
        if staged is None:
            return False
        if not self._take(staged):
            return False
        self._store.activate(staged.version)
        self._store.record((PackActivated(staged.version),), staged.version)
        log.info("content pack %s is active", staged.version)
        return True

    def changes_at(self, now: Instant) -> MonotonicMs | None:
        """When the pack in force says something else by its own effective times; None when it never does."""
        change = None if self.guide is None else self.guide.changes_at(now.wall_ms)
        return None if change is None else MonotonicMs(now.mono_ms + change - now.wall_ms)

    def _take(self, pack: StoredPack) -> bool:
        try:
            guide = Guide(load_pack(pack.body), self._device)
        except NotInPack as error:
            self._refuse(pack, error, Trouble.NOT_IN_PACK)
        except PackError as error:
            self._refuse(pack, error, Trouble.NO_CONTENT)
        else:
            self.guide, self.version, self.trouble = guide, pack.version, None
            return True
        return False

    def _refuse(self, pack: StoredPack, error: PackError, trouble: Trouble) -> None:
        log.error("content pack %s is refused: %s", pack.version, error)
        self._store.reject(pack.version, error.what)
        if self.guide is None:
            self.trouble = trouble
