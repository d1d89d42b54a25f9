"""The live feed: the page's sections, sent as server-sent events whenever something happened."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from sync.hub.pulse import Pulse
from sync.hub.web.page import Drawing
from sync.hub.web.views import PageView

_LOOK_S = 0.25
"""At most four pictures a second, however much happens."""
_AT_LEAST_EVERY_S = 5.0
_RETRY_MS = 2_000


class Feed:
    """Hands every listener the newest picture; it is drawn once, however many listen."""

    def __init__(self, look: Callable[[], PageView], drawing: Drawing, pulse: Pulse) -> None:
        self._look = look
        self._drawing = drawing
        self._pulse = pulse
        self._closing = False
        self._drawn: tuple[int, float, bytes] | None = None
        self._turn = asyncio.Lock()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closing = True

    async def stream(self) -> AsyncIterator[bytes]:
        """One listener's stream; it ends when the listener goes or the hub stops."""
        yield f"retry: {_RETRY_MS}\n\n".encode()
        loop = asyncio.get_running_loop()
        seen, sent_at = -1, 0.0
        while not self._closing:
            count = self._pulse.count
            if count != seen or loop.time() - sent_at >= _AT_LEAST_EVERY_S:
                yield await self._picture(count)
                seen, sent_at = count, loop.time()
            await asyncio.sleep(_LOOK_S)

    async def _picture(self, count: int) -> bytes:
        now = asyncio.get_running_loop().time()
        async with self._turn:
            if self._drawn is None or self._drawn[0] != count or now - self._drawn[1] >= _AT_LEAST_EVERY_S:
                self._drawn = (count, now, await run_in_threadpool(self._draw))
            return self._drawn[2]

    def _draw(self) -> bytes:
        page = self._look()
        at = datetime.fromisoformat(page.at.iso).timestamp() * 1000
        data = json.dumps({"at": round(at), "sections": self._drawing.sections(page)})
        return f"event: page\ndata: {data}\n\n".encode()
