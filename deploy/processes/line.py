"""Connections to the process of a service: HTTP/1.1, one request at a time on each, used again when at rest.

A proxy passes bytes on and looks at nothing but where an answer ends. A client library that makes objects of
every request and answer took most of the gateway's time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 120.0
"""How long nobody may be there, and how long a service may be silent."""
REST_SECONDS = 4.0
"""A connection is dropped before the service drops it: a request on a dead one would be lost."""
MOST = 1_000
"""An open stream of events holds one."""
READ = 64 * 1024
_INFORMATIONAL = 200

Headers = list[tuple[bytes, bytes]]


class BrokenError(ConnectionError):
    """The line broke, or what came was no HTTP, before the answer was whole."""


class Answer(NamedTuple):
    """How an answer begins."""

    status: int
    headers: Headers


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """It is open, and nothing was asked."""
        self._reader, self._writer = reader, writer
        self._parser = HttpResponseParser(self)
        self._rests_since = monotonic()
        self._begin(bodiless=False)

    def _begin(self, *, bodiless: bool) -> None:
        self._status, self._headers, self._parts = 0, Headers(), list[bytes]()
        self._answered = self.whole = self._again = False
        self._bodiless = bodiless

    @property
    def fit(self) -> bool:
        """Whether another request may be sent on it."""
        rested = monotonic() - self._rests_since
        return self.whole and self._again and rested < REST_SECONDS and not self._reader.at_eof()

    async def ask(self, head: bytes, body: AsyncIterator[bytes], *, bodiless: bool = False) -> Answer:
        """Send; gives how the answer begins. `bodiless` when it has none whatever it says, as that to a HEAD.

        BrokenError, OSError, TimeoutError. What `body` raises goes through, and the line is of no more use.
        """
        self._begin(bodiless=bodiless)
        with suppress(ConnectionError):  # the service may have answered before it had all of the body
            self._writer.write(head)
            async for chunk in body:
                self._writer.write(chunk)
                await self._writer.drain()
        while not self._answered:
            await self._read()
        return Answer(self._status, self._headers)

    async def body(self) -> AsyncIterator[tuple[bytes, bool]]:
        """The answer's body as it comes, each part with whether more will come. As `ask`."""
        while not self.whole:
            if self._parts:
                yield self._taken(), True
            await self._read()
        self._rests_since = monotonic()
        yield self._taken(), False

    def close(self) -> None:
        """End it."""
        self._writer.close()

    async def closed(self) -> None:
        """Return once it has ended."""
        with suppress(OSError):
            await self._writer.wait_closed()

    def _taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)

    async def _read(self) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            data = await self._reader.read(READ)
        if not data:
            raise BrokenError("it ended")
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            raise BrokenError(type(error).__name__) from error

    def on_header(self, name: bytes, value: bytes) -> None:
        """One more of the parser's."""
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The answer has begun, unless it was only said that it will."""
        self._status = self._parser.get_status_code()
        self._answered = self._status >= _INFORMATIONAL
        self.whole = self._answered and self._bodiless
        if not self._answered:
            self._headers = []

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """It is whole."""
        if self._answered:
            self.whole, self._again = True, self._parser.should_keep_alive()


class Lines:
    """All connections to one service."""

    def __init__(self, base: str) -> None:
        """At `base`, `http://HOST:PORT`; nobody is called yet."""
        url = urlsplit(base)
        self.host = url.netloc
        self._sealed = url.scheme == "https"
        self._place = url.hostname or "", url.port or (443 if self._sealed else 80)
        self._resting: list[Line] = []
        self._free = asyncio.Semaphore(MOST)

    async def take(self) -> Line:
        """One that nobody else uses; OSError, TimeoutError when nobody is there or all are in use."""
        async with asyncio.timeout(CONNECT_SECONDS):
            await self._free.acquire()
            try:
                while self._resting:
                    line = self._resting.pop()
                    if line.fit:
                        return line
                    line.close()
                return Line(*await asyncio.open_connection(*self._place, ssl=self._sealed or None))
            except BaseException:
                self._free.release()
                raise

    def give_back(self, line: Line) -> None:
        """To whoever is next, if it is fit for that."""
        self._free.release()
        if line.fit:
            self._resting.append(line)
        else:
            line.close()

    async def close(self) -> None:
        """End those at rest."""
        resting, self._resting = self._resting, []
        for line in resting:
            line.close()
        await asyncio.gather(*(line.closed() for line in resting))
