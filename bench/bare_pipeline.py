"""The least that could answer: insert what was asked, find it by polling, insert the answer.

No rules, no ranking. Its poll interval and its wake-up are the local carrier's: a hint within the process,
else every 0.5 s.
"""

import asyncio
from uuid import UUID, uuid4

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.eventstore.log import POLL_SECONDS, wait_for_hint

TABLES = """
CREATE TABLE asked (seq bigserial PRIMARY KEY, id uuid NOT NULL UNIQUE, body bytea NOT NULL);
CREATE TABLE answered (seq bigserial PRIMARY KEY, id uuid NOT NULL UNIQUE, body bytea NOT NULL);
"""
BATCH = 500


class BarePipeline:
    """Its two paths, and the task between them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """`pool` leads to a database with TABLES."""
        self._pool = pool
        self._hint = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/asked", self._ask, methods=["POST"]),
                Route("/answered/{id:uuid}", self._answer),
            ]
        )

    async def run(self) -> None:
        """Answer for ever."""
        last = 0
        while True:
            self._hint.clear()
            rows = await self._pool.fetch(
                "SELECT seq, id, body FROM asked WHERE seq > $1 ORDER BY seq LIMIT $2", last, BATCH
            )
            for row in rows:
                await self._pool.execute(
                    "INSERT INTO answered (id, body) VALUES ($1, $2)", row["id"], row["body"]
                )
                last = row["seq"]
            if not rows:
                await wait_for_hint(self._hint, POLL_SECONDS)

    async def _ask(self, request: Request) -> Response:
        asked = uuid4()
        await self._pool.execute("INSERT INTO asked (id, body) VALUES ($1, $2)", asked, await request.body())
        self._hint.set()
        return Response(f'{{"id":"{asked}"}}', 201, media_type="application/json")

    async def _answer(self, request: Request) -> Response:
        asked: UUID = request.path_params["id"]
        body = await self._pool.fetchval("SELECT body FROM answered WHERE id = $1", asked)
        return Response(status_code=404) if body is None else Response(body, media_type="application/json")
