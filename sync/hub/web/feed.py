"""The live feed: the page's sections, sent as server-sent events whenever something happened."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import msgspec
from starlette.concurrency import run_in_threadpool

from sync.hub.pulse import Pulse
from sync.hub.web.fleet import Wanted
from sync.hub.web.page import Drawing
from sync.hub.web.views import PageView

_LOOK_S = 0.25
"""At most four pictures a second, however much happens."""
_AT_MOST = 0.2
"""The share of its time that drawing may take: with very many devices the pictures come more slowly."""
_MOST_KEPT = 16
_AT_LEAST_EVERY_S = 5.0
_RETRY_MS = 2_000


class _Drawn(msgspec.Struct, frozen=True):
    """A picture of what had happened up to `count`; when the next one may be drawn, and when it must."""

    count: int
    next_at: float
    stale_at: float
    picture: bytes


class Feed:
    """Hands every listener the newest picture of what it wants; it is drawn once, however many want the same."""

    def __init__(self, look: Callable[[Wanted], PageView], drawing: Drawing, pulse: Pulse) -> None:
        self._look = look
        self._drawing = drawing
        self._pulse = pulse
        self._closing = False
        self._drawn: dict[Wanted, _Drawn] = {}
        self._turn = asyncio.Lock()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closing = True

    async def stream(self, wanted: Wanted) -> AsyncIterator[bytes]:
        """One listener's stream of what it wants; it ends when the listener goes or the hub stops."""
        yield f"retry: {_RETRY_MS}\n\n".encode()
        loop = asyncio.get_running_loop()
        seen, sent_at = -1, 0.0
        while not self._closing:
            count = self._pulse.count
            if count != seen or loop.time() - sent_at >= _AT_LEAST_EVERY_S:
                drawn = await self._picture(count, wanted)
                # One that is not due for another drawing yet shows less than has happened.
                if drawn.count != seen or loop.time() - sent_at >= _AT_LEAST_EVERY_S:
                    yield drawn.picture
                    seen, sent_at = drawn.count, loop.time()
            await asyncio.sleep(_LOOK_S)

    async def _picture(self, count: int, wanted: Wanted) -> _Drawn:
        loop = asyncio.get_running_loop()
        async with self._turn:
            began = loop.time()
            drawn = self._drawn.pop(wanted, None)
            if drawn is None or (drawn.count != count and began >= drawn.next_at) or began >= drawn.stale_at:
                picture = await run_in_threadpool(self._draw, wanted)
                ended = loop.time()
                drawn = _Drawn(count, ended + (ended - began) / _AT_MOST, began + _AT_LEAST_EVERY_S, picture)
            # The one that was wanted last stands last.
            self._drawn[wanted] = drawn
            while len(self._drawn) > _MOST_KEPT:
                del self._drawn[next(iter(self._drawn))]
            return drawn

    def _draw(self, wanted: Wanted) -> bytes:
        page = self._look(wanted)
        at = datetime.fromisoformat(page.at.iso).timestamp() * 1000
        data = json.dumps({"at": round(at), "sections": self._drawing.sections(page)})
        return f"event: page\ndata: {data}\n\n".encode()
