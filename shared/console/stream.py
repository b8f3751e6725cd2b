"""A stream of events to a browser (SSE): what has changed as it changes, and signs of life in between.

It ends with the access token, when the sign-in has ended, and for whoever is too slow to take what is sent;
the page comes back and goes on where it was.
"""

import asyncio
import time
from uuid import UUID

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.console.live import Live
from shared.console.live import Scope as Within
from shared.console.session import VisitContext
from shared.eventstore.log import wait_for_hint

BEAT_SECONDS = 10.0
"""Between two signs of life."""
SLOW_SECONDS = 10.0
"""So long a browser may take to make room for more."""
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}


class Stream(Response):
    """To one browser, from what it knows as `mark` on."""

    def __init__(self, live: Live, visit: VisitContext, within: Within, mark: str) -> None:
        """What is of these."""
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._live, self._visit, self._within, self._mark = live, visit, within, mark

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Until it ends, or nobody listens any more."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        left = asyncio.create_task(_left(receive))
        try:
            await self._tell(send, left)
        except TimeoutError:
            return
        finally:
            left.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _tell(self, send: Send, left: asyncio.Task[None]) -> None:
        """TimeoutError when the browser is too slow."""
        account, language = UUID(self._visit.principal.sub), self._visit.language
        with self._live.seat(account, self._visit.version) as seat:
            left.add_done_callback(lambda _: seat.bell.set())
            while not seat.over and not left.done() and (rest := self._visit.ends - time.time()) > 0:
                seat.bell.clear()
                told = self._live.told(self._within, language, self._mark) or ": \n\n"
                self._mark = self._live.mark
                async with asyncio.timeout(SLOW_SECONDS):
                    await send({"type": "http.response.body", "body": told.encode(), "more_body": True})
                await wait_for_hint(seat.bell, min(BEAT_SECONDS, rest))


async def _left(receive: Receive) -> None:
    """Until the browser has gone, or the program is told to end."""
    while (await receive())["type"] != "http.disconnect":
        pass
